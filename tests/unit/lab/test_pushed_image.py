"""What the lab's registry says of the workspace image, and what is made of it; the registry is a stand-in."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from lab.instance import LabInstance
from lab.pushed_image import declare_image, image_health, pushed_image

_DIGEST = "sha256:" + "0123456789abcdef" * 4
_MANIFEST = {"config": {"digest": "sha256:c0"}, "layers": [{"size": 3 << 20}, {"size": 1 << 20}]}
_LABELS = {"dev.spt-flow.target": "slim", "dev.spt-flow.base": "Debian 12", "dev.spt-flow.missing": "gh wash"}

Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def lab(tmp_path: Path) -> LabInstance:
    return LabInstance(name="unit", directory=tmp_path, slot=7)


def _registry(monkeypatch: pytest.MonkeyPatch, answer: Answer) -> None:
    real = httpx.Client

    def client(**options: Any) -> httpx.Client:  # noqa: ANN401 - whatever httpx takes
        return real(**options, transport=httpx.MockTransport(answer))

    monkeypatch.setattr(httpx, "Client", client)


def _with_labels(labels: dict[str, str] | None) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.host == "10.98.7.50"
        if request.url.path == "/v2/spt-flow/workspace/manifests/latest":
            return httpx.Response(200, text=json.dumps(_MANIFEST), headers={"Docker-Content-Digest": _DIGEST})
        assert request.url.path == "/v2/spt-flow/workspace/blobs/sha256:c0"
        return httpx.Response(200, json={"config": {"Labels": labels}})

    return answer


class _Notes:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def left_out(self, what: str, reason: str) -> None:
        self.lines.append(f"{what}: {reason}")


def test_an_image_tells_of_itself_by_its_labels(lab: LabInstance, monkeypatch: pytest.MonkeyPatch) -> None:
    _registry(monkeypatch, _with_labels(_LABELS))
    found = pushed_image(lab)
    assert found is not None
    assert (found.target, found.base, found.missing, found.size) == ("slim", "Debian 12", ("gh", "wash"), 4 << 20)
    health = image_health(lab)
    assert health.healthy
    assert health.detail == (
        "slim on Debian 12, 4 MiB compressed, "
        f"registry.coder.svc.cluster.local:5000/spt-flow/workspace@{_DIGEST}; without gh, wash"
    )


def test_a_slim_image_and_each_missing_tool_are_a_line(lab: LabInstance, monkeypatch: pytest.MonkeyPatch) -> None:
    _registry(monkeypatch, _with_labels(_LABELS))
    notes: Any = _Notes()
    declare_image(notes, lab)
    assert notes.lines[0] == "workspace image: slim target; make image builds the full one"
    assert [line.partition(" ")[0] for line in notes.lines[1:]] == ["gh", "wash"]


def test_a_full_image_with_everything_is_no_line(lab: LabInstance, monkeypatch: pytest.MonkeyPatch) -> None:
    _registry(monkeypatch, _with_labels({**_LABELS, "dev.spt-flow.target": "full", "dev.spt-flow.missing": ""}))
    notes: Any = _Notes()
    declare_image(notes, lab)
    assert notes.lines == []
    assert "without" not in image_health(lab).detail


def test_an_image_of_somebody_elses_says_nothing(lab: LabInstance, monkeypatch: pytest.MonkeyPatch) -> None:
    _registry(monkeypatch, _with_labels(None))
    found = pushed_image(lab)
    assert found is not None
    assert (found.target, found.missing) == ("unknown", ())


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        (httpx.Response(404), "not in the registry"),
        (httpx.Response(500), "the registry cannot be asked (HTTPStatusError)"),
        (httpx.Response(200, text="no JSON"), "the registry cannot be asked (JSONDecodeError)"),
        (httpx.Response(200, json={}), "the registry cannot be asked (KeyError)"),
    ],
)
def test_a_registry_without_it_is_not_healthy(
    answer: httpx.Response, detail: str, lab: LabInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    _registry(monkeypatch, lambda _: answer)
    health = image_health(lab)
    assert (health.healthy, health.detail, health.next_command) == (False, detail, "make up")
    notes: Any = _Notes()
    declare_image(notes, lab)
    assert notes.lines == []
