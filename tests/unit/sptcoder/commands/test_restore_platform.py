"""`sptcoder restore --from platform`: who has rights on the cluster restores, others learn whom to ask."""

import json
from pathlib import Path

import pytest

from tests.standins.coderd.server import Coderd
from tests.support.coder_workspaces import add_workspace
from tests.support.posix import posix_only
from tests.unit.sptcoder.commands.conftest import Typing

pytestmark = posix_only

_KUBECTL = """#!/bin/sh
folder=$(dirname "$0")
printf '%s\\n' "$*" >> "$folder/calls"
case "$*" in
*can-i*) cat "$folder/rights"; test "$(cat "$folder/rights")" = yes || { cat "$folder/reason" >&2; exit 1; } ;;
*"get cronjob"*) echo '{"metadata": {"name": "home-snapshots", "uid": "u", "labels": {}}, "spec": {"jobTemplate": \
{"spec": {"template": {"spec": {"containers": [{"name": "job", "args": ["home-snapshots"]}]}}}}}}' ;;
*create*) cat > "$folder/job"; echo made ;;
*"get job"*) echo '{"status": {"'$(cat "$folder/ends")'": 1}}' ;;
*logs*) cat "$folder/log" ;;
esac
"""
_RESTORED = {
    "event": "restored",
    "claim": "c",
    "snapshot": "5" * 64,
    "of": "2026-11-22T06:35:47+00:00",
    "seconds": 1.5,
    "level": "info",
}


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a kubectl in front of any other that plays a cluster which may be worked on, and return its folder."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "kubectl").write_text(_KUBECTL)
    (folder / "kubectl").chmod(0o755)
    for name, text in {"rights": "yes", "reason": "", "ends": "succeeded", "log": json.dumps(_RESTORED)}.items():
        (folder / name).write_text(text)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


def _args(cluster: Path) -> list[str]:
    job = json.loads((cluster / "job").read_text())
    args: list[str] = job["spec"]["template"]["spec"]["containers"][0]["args"]
    return args


def test_with_rights_the_clusters_own_job_restores_the_workspaces_claim(
    coderd: Coderd, typed: Typing, cluster: Path
) -> None:
    identity = add_workspace(coderd.platform, "shop")
    done = typed("restore", "shop", "--from", "platform:2026-11-22", "--kube-context", "prod.example.com")
    assert (done.code, done.stdout) == (0, "")
    assert "The volume c is made" in done.stderr
    assert "Next:  sptcoder restart shop" in done.stderr
    assert _args(cluster) == ["restore-home", "--claim", f"coder-{identity}-home", "--from", "2026-11-22"]
    calls = (cluster / "calls").read_text().splitlines()
    assert all(line.startswith("--context prod.example.com ") for line in calls)


def test_the_template_tells_the_claim_and_another_name_may_be_given(
    coderd: Coderd, typed: Typing, cluster: Path
) -> None:
    identity = add_workspace(coderd.platform, "shop")
    fact = {"key": "volume", "value": "workspaces/its-own"}
    resources = coderd.platform.workspaces[identity]["latest_build"]["resources"]
    resources.append({"name": "home", "type": "kubectl_manifest", "metadata": [fact]})
    done = typed("restore", "shop", "--from", "platform", "--to", "copy", "--json")
    assert done.code == 0
    assert json.loads(done.stdout)["restored"]["claim"] == "c"
    assert _args(cluster) == ["restore-home", "--claim", "its-own", "--from", "latest", "--to", "copy"]


@pytest.mark.parametrize(
    ("rights", "reason", "said"),
    [
        ("no", "", "your kubeconfig has no rights on it"),
        ("", "The connection to the server was refused", "cannot be asked: The connection to the server was refused"),
    ],
)
def test_without_rights_nothing_is_asked_for_but_the_words_are_there(
    coderd: Coderd, typed: Typing, cluster: Path, *, rights: str, reason: str, said: str
) -> None:
    add_workspace(coderd.platform, "shop")
    (cluster / "rights").write_text(rights)
    (cluster / "reason").write_text(reason)
    done = typed("restore", "shop", "--from", "platform:latest", "--json")
    assert done.code == 1
    assert said in done.stderr
    found = json.loads(done.stdout)["error"]["next"]
    assert found == "ask those who run https://coder.example.com for: make restore PVC=coder-ID-home FROM=latest"
    assert not (cluster / "job").exists()
    assert len((cluster / "calls").read_text().splitlines()) == 1


def test_without_kubectl_it_is_the_same(
    coderd: Coderd, typed: Typing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    add_workspace(coderd.platform, "shop", owner="sam")
    done = typed("restore", "sam/shop", "--from", "platform", "--to", "copy")
    assert done.code == 1
    assert "there is no kubectl here" in done.stderr
    assert "make restore PVC=coder-ID-home FROM=latest TO=copy" in done.stderr


def test_a_volume_that_is_there_stays_and_a_copy_is_offered(coderd: Coderd, typed: Typing, cluster: Path) -> None:
    add_workspace(coderd.platform, "shop", owner="sam")
    (cluster / "ends").write_text("failed")
    reason = "The claim 'c' is there, and a restore writes over nothing: name another one."
    (cluster / "log").write_text(json.dumps({"event": "failed", "reason": reason}))
    done = typed("restore", "sam/shop", "--from", "platform")
    assert done.code == 2
    assert "sptcoder restore sam/shop --from platform:latest --to coder-ID-home-restored" in done.stderr


def test_a_job_that_fails_otherwise_gives_its_reason(coderd: Coderd, typed: Typing, cluster: Path) -> None:
    add_workspace(coderd.platform, "shop")
    (cluster / "ends").write_text("failed")
    (cluster / "log").write_text(json.dumps({"event": "failed", "reason": "There is of these days: none."}))
    done = typed("restore", "shop", "--from", "platform")
    assert done.code == 1
    assert "Nothing was restored: There is of these days: none." in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("a.home.tar", "--from", "platform"),
        ("a.home.tar", "--to", "copy"),
        ("a.home.tar", "--kube-context", "x"),
        ("--from", "elsewhere"),
        ("--from", "platform:"),
        ("--from", "platforms"),
    ],
)
def test_what_makes_no_sense_is_a_misuse(coderd: Coderd, typed: Typing, cluster: Path, words: tuple[str, ...]) -> None:
    add_workspace(coderd.platform, "shop")
    assert typed("restore", "shop", *words).code == 2
    assert not (cluster / "calls").exists()
    assert coderd.requests == []
