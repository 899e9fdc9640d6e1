"""The Template component under the real engine, pushing to the stand-in: what makes it push, and what stays secret."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pulumi
import pytest

from components.template import Template
from sptcoder.templates.settings import TemplateSettings
from tests.standins.coderd.server import Coderd
from tests.support.pulumi_engine import PulumiEngine

_TOKEN = "canary-51c9-token"  # noqa: S105 - of the stand-in
_ROTATED = "canary-77d1-token"


@pytest.fixture
def coderd() -> Iterator[Coderd]:
    with Coderd() as server:
        server.platform.token = _TOKEN
        server.platform.jobs.script.polls = 0
        yield server


def _program(coderd: Coderd, folder: Path, *, token: str = _TOKEN, minutes: int = 120) -> Callable[[], None]:
    def declare() -> None:
        milliseconds = minutes * 60_000
        template = Template(
            "demo",
            {
                "name": "demo",
                "directory": folder,
                "url": coderd.url,
                "session_token": pulumi.Output.secret(token),
                "settings": TemplateSettings(default_ttl_ms=milliseconds, activity_bump_ms=milliseconds),
            },
        )
        pulumi.export("version", template.version_name)

    return declare


def test_a_push_when_something_changed(engine: PulumiEngine, coderd: Coderd, tmp_path: Path) -> None:
    folder = tmp_path / "template"
    folder.mkdir()
    (folder / "main.tf").write_text("# one")
    assert engine.preview(_program(coderd, folder)) == {"create": 3}
    assert coderd.requests == [], "a preview asks nothing of the server"
    first = engine.up(_program(coderd, folder))["version"]

    coderd.requests.clear()
    engine.up(_program(coderd, folder))
    assert engine.operations == {"same": 3}
    assert coderd.requests == []

    (folder / "main.tf").write_text("# two")
    assert engine.preview(_program(coderd, folder)) == {"same": 2, "replace": 1}
    assert engine.up(_program(coderd, folder))["version"] != first
    assert len(coderd.platform.versions) == 2

    engine.up(_program(coderd, folder, minutes=30))
    assert engine.operations == {"same": 2, "update": 1}
    (template,) = coderd.platform.templates.values()
    assert template["default_ttl_ms"] == 1_800_000
    assert len(coderd.platform.versions) == 2

    coderd.platform.token = _ROTATED
    coderd.requests.clear()
    engine.up(_program(coderd, folder, minutes=30, token=_ROTATED))
    assert engine.operations == {"same": 2, "update": 1}
    assert coderd.count("GET") == len(coderd.requests), "a new token alone must change nothing on the server"

    engine.destroy()
    assert list(coderd.platform.templates) == [template["id"]], "nothing is removed from the server"
    for token in (_TOKEN, _ROTATED):
        assert engine.files_with(token) == []
        assert token not in engine.transcript


def test_a_failing_push_shows_the_last_error_lines(engine: PulumiEngine, coderd: Coderd, tmp_path: Path) -> None:
    folder = tmp_path / "template"
    folder.mkdir()
    (folder / "main.tf").write_text("# one")
    coderd.platform.jobs.script.import_status = "failed"
    with pytest.raises(Exception, match="Error: no such thing"):
        engine.up(_program(coderd, folder))
    assert coderd.platform.templates == {}
    assert _TOKEN not in engine.transcript
