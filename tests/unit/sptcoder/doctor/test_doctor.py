"""`doctor` explains each failure a user can meet; every test brings one about."""

import json
import re
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from core.errors import CommandNotFoundError, UsageError
from sptcoder.cli.run import run
from sptcoder.config import Context, config_path, edit_document
from sptcoder.doctor.examination import examine
from sptcoder.doctor.explanations import EXPLANATIONS
from sptcoder.doctor.finding import Finding, State
from sptcoder.templates.archive import pack_template
from sptcoder.templates.bundled import bundled_templates
from sptcoder.updates.release import remember
from sptcoder.version import VERSION
from tests.standins.coderd.fault import Fault
from tests.standins.coderd.server import Coderd

CANARY = "canary-4711-secret"
Put = Callable[..., None]


@pytest.fixture
def home(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("CI", "NO_COLOR", "SSH_AUTH_SOCK"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sptcoder.session.session._FIRST_PATIENCE", 0.3)
    monkeypatch.setattr("sptcoder.session.sign_in._PATIENCE", 0.3)
    monkeypatch.setattr("sptcoder.doctor.connection.ask_offer", lambda *_: None)
    return own_home


@pytest.fixture
def healthy(home: Path, coderd: Coderd) -> Coderd:
    """Be signed in to a server with every template and a linked login."""
    del home
    _sign_in(coderd.url, coderd.platform.token)
    for template in bundled_templates():
        coderd.platform.templates[template.name] = {
            "id": str(uuid.uuid4()),
            "name": template.name,
            "organization_id": "o",
            "active_version_id": "0b",
        }
    coderd.platform.versions = {name: _version(coderd, "") for name in ("0b", "0c")}
    coderd.platform.logins = [{"id": "github", "display_name": "GitHub"}]
    coderd.platform.links = [{"provider_id": "github", "authenticated": True}]
    return coderd


@pytest.fixture
def put(healthy: Coderd) -> Put:
    """Give the user a workspace."""

    def add(name: str, status: str, *, error: str = "", agents: list[dict[str, Any]] | None = None) -> None:
        healthy.platform.workspaces[name] = {
            "id": name,
            "name": name,
            "owner_id": "u",
            "owner_name": "spt-ci",
            "template_id": "t",
            "template_name": "spt-flow",
            "latest_build": {
                "id": "b",
                "transition": "start",
                "status": status,
                "job": {"id": "j", "status": "failed" if error else "succeeded", "error": error},
                "resources": [{"name": "pod", "type": "kubectl_manifest", "agents": agents or []}],
            },
        }

    return add


def _sign_in(url: str, token: str) -> None:
    here = Context(name="here", url=url, token=SecretStr(token))
    edit_document(lambda document: document.having(here))


def _of_kind(kind: str, context: str | None = None) -> Finding:
    """Return the one finding of a kind; each kind has an explanation."""
    assert kind in EXPLANATIONS
    found = [finding for finding in examine(context) if finding.kind == kind]
    assert len(found) == 1, found
    assert "\n" not in found[0].text
    return found[0]


def _matter(name: str) -> list[Finding]:
    return [finding for finding in examine() if finding.matter == name]


@pytest.mark.usefixtures("healthy")
def test_a_healthy_machine_has_no_problem() -> None:
    found = list(examine())
    assert [finding.text for finding in found if finding.state is State.PROBLEM] == []
    said = {finding.matter: finding.text for finding in found}
    assert said["sign-in"] == "as spt-ci, until 2999-01-01 00:00 UTC"
    assert said["templates"] == "coder-devcontainer-kubernetes, spt-flow, spt-flow-ci"
    assert said["git logins"] == "your account is linked to GitHub"
    assert said["workspaces"] == "0 of yours, none with a fault"


@pytest.mark.usefixtures("home")
def test_no_config() -> None:
    signed = [finding for finding in examine() if finding.kind == "not-signed-in"]
    assert [finding.state for finding in signed] == [State.NOTE, State.PROBLEM]
    assert {finding.next_command for finding in signed} == {"sptcoder init"}


def test_a_bad_config(home: Path) -> None:
    (home / ".spt-flow.yaml").write_text(f"token: {CANARY}: :")
    finding = _of_kind("bad-configuration")
    assert finding.state is State.PROBLEM
    assert CANARY not in finding.text


@pytest.mark.skipif(sys.platform == "win32", reason="a user's folder is the user's own there")
def test_a_config_that_others_may_read(healthy: Coderd) -> None:
    del healthy
    config_path().chmod(0o644)
    finding = _matter("configuration")[-1]
    assert finding.state is State.PROBLEM
    assert finding.next_command == f"chmod 600 {config_path()}"


def test_the_config_in_the_home(home: Path, coderd: Coderd) -> None:
    legacy = home / ".spt-flow.yaml"
    legacy.touch(mode=0o600)
    legacy.write_text(f"url: {coderd.url}\ntoken: {coderd.platform.token}\n")
    legacy.chmod(0o600)
    assert [finding.state for finding in _matter("configuration")] == [State.NOTE]
    assert _matter("server")[0].state is State.FINE


@pytest.mark.usefixtures("home")
def test_expired_token(coderd: Coderd) -> None:
    _sign_in(coderd.url, CANARY)
    finding = _of_kind("expired-token")
    assert finding.state is State.PROBLEM
    assert finding.next_command == f"sptcoder init --url {coderd.url} --context here"
    assert CANARY not in finding.text


def test_a_token_that_ends_soon(healthy: Coderd) -> None:
    healthy.platform.session_ends = "2026-01-01T00:00:00Z"
    assert _of_kind("expired-token").state is State.NOTE


@pytest.mark.usefixtures("home")
def test_unreachable_server() -> None:
    _sign_in("http://127.0.0.1:1", CANARY)
    assert _of_kind("unreachable").state is State.PROBLEM


@pytest.mark.usefixtures("home")
def test_tls(coderd: Coderd) -> None:
    _sign_in(coderd.url.replace("http:", "https:"), CANARY)
    assert _of_kind("tls").next_command == f"sptcoder init --url {coderd.url}"


@pytest.mark.usefixtures("home")
def test_not_a_coder(coderd: Coderd) -> None:
    coderd.faults = [Fault("GET", "/api/v2/buildinfo", "proxy", times=99, status=200)]
    _sign_in(coderd.url, CANARY)
    assert _of_kind("not-coder").state is State.PROBLEM


def test_version_skew(healthy: Coderd) -> None:
    healthy.platform.version = "v3.0.0"
    assert _of_kind("version-skew").state is State.PROBLEM


def test_version_skew_in_the_middle(healthy: Coderd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(healthy.platform), "_external_auth", lambda *_, **__: healthy.platform._healthz())
    assert _of_kind("version-skew").state is State.PROBLEM


def test_template_missing(healthy: Coderd) -> None:
    del healthy.platform.templates["spt-flow-ci"]
    finding = _of_kind("template-missing")
    assert finding.next_command == "sptcoder template push spt-flow-ci, or ask a template admin to"


@pytest.mark.parametrize("is_changed", [False, True])
def test_a_template_of_another_age(healthy: Coderd, monkeypatch: pytest.MonkeyPatch, *, is_changed: bool) -> None:
    """FR12: what the server has is compared with what comes with this program."""
    request = bundled_templates()[0].request()
    content = pack_template(request.directory, request.overlays).data + b"x" * is_changed
    healthy.platform.versions["0b"] = _version(healthy, "f")
    monkeypatch.setattr("sptcoder.api.template_versions.TemplateVersions.download", lambda *_: content)
    for name in ("spt-flow-ci", "coder-devcontainer-kubernetes"):
        template = next(one for one in healthy.platform.templates.values() if one["name"] == name)
        template["active_version_id"] = "0c"
    texts = [finding.text for finding in _matter("templates")[1:]]
    assert texts == ["the server's template 'spt-flow' is not the one that comes with this program"] * is_changed


def _version(server: Coderd, file_id: str) -> dict[str, Any]:
    job = {**server.platform.jobs.add("succeeded"), "file_id": file_id}
    return {"id": "0b", "name": "n", "template_id": "t", "job": job}


def test_quota_reached(put: Put) -> None:
    put("shop", "failed", error='pods "x" is forbidden: exceeded quota: workspaces, requested: cpu=4')
    assert _of_kind("quota").text == "there was no room for 'shop': a quota is reached"


def test_build_failed(put: Put) -> None:
    put("shop", "failed", error="terraform apply:\n  exit status 1")
    finding = _of_kind("build-failed")
    assert finding.text == "the start of 'shop' failed: terraform apply: exit status 1"
    assert finding.next_command == "sptcoder logs shop"


@pytest.mark.parametrize("status", ["timeout", "disconnected"])
def test_agent_never_connects(put: Put, status: str) -> None:
    put("shop", "running", agents=[{"id": "a", "name": "main", "status": status}])
    assert _of_kind("agent-silent").text == f"'shop' was built, but its agent does not connect ({status})"


def test_clone_refused(put: Put, healthy: Coderd, monkeypatch: pytest.MonkeyPatch) -> None:
    put("shop", "running", agents=[{"id": "a", "name": "m", "status": "connected", "lifecycle_state": "start_error"}])
    line = "   warning: https://git.example.com/shop.git cannot be read. Is it private?"
    logs = [{"id": 1, "output": line, "level": "info"}]
    answer = type(healthy.platform._healthz())
    monkeypatch.setattr(type(healthy.platform), "_agent_logs", lambda *_, **__: answer(200, logs))
    assert _of_kind("clone-refused").text.startswith("'shop' runs without https://git.example.com/shop.git: ")


def test_clone_refused_before_anything_is_built(healthy: Coderd) -> None:
    healthy.platform.links = []
    finding = _of_kind("clone-refused")
    assert finding.next_command == f"open {healthy.url}/external-auth/github"
    healthy.platform.logins = []
    assert _of_kind("clone-refused").next_command == "sptcoder up --lend-git-credentials lends your own"


@pytest.mark.parametrize("status", ["pending", "starting"])
def test_ctrl_c_during_up(put: Put, status: str) -> None:
    put("shop", status)
    finding = _of_kind("stopped-waiting")
    assert finding.state is State.NOTE
    assert finding.next_command == "sptcoder status shop, or the same sptcoder up once more"


@pytest.mark.usefixtures("healthy")
def test_no_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert _of_kind("no-colours").text == "no colours: NO_COLOR is set, stderr is no terminal"


@pytest.mark.usefixtures("healthy")
def test_non_interactive_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _of_kind("non-interactive").text == "no questions are asked: stdin or stderr is no terminal"
    monkeypatch.setenv("CI", "true")
    assert _of_kind("non-interactive").text == "no questions are asked: CI is set"


@pytest.mark.usefixtures("healthy")
def test_without_git(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> None:
        raise CommandNotFoundError("git")

    monkeypatch.setattr("sptcoder.doctor.machine.Command.run", missing)
    finding = _matter("git")[0]
    assert finding.state is State.PROBLEM
    assert finding.next_command == "install git, or use sptcoder up --no-check"


@pytest.mark.usefixtures("healthy")
def test_an_update_is_a_note() -> None:
    remember("9.8.7")
    finding = _matter("program")[0]
    assert finding.state is State.NOTE
    assert f"Update available: v{VERSION} -> v9.8.7" in finding.text


@pytest.mark.usefixtures("healthy")
def test_an_unknown_context_is_a_misuse() -> None:
    with pytest.raises(UsageError, match="no context 'eve'"):
        list(examine("eve"))


@pytest.mark.usefixtures("healthy")
def test_the_exit_code_and_the_json_tell_health(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["healthy"] is True
    assert re.fullmatch(r"[0-9a-f]{32}", said["correlation_id"])
    assert {"matter", "state", "text", "next", "kind"} == set(said["findings"][0])
    _sign_in("http://127.0.0.1:1", CANARY)
    assert run(["doctor", "--json"]) == 1
    printed = capsys.readouterr().out
    assert json.loads(printed)["healthy"] is False
    assert CANARY not in printed


@pytest.mark.usefixtures("home")
def test_a_fault_is_explained_below_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor"]) == 1
    lines = capsys.readouterr().out.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("problem"))
    assert lines[at].split() == [
        "problem",
        "sign-in",
        "You",
        "are",
        "not",
        "signed",
        "in",
        "to",
        "a",
        "Coder",
        "server",
        "yet.",
    ]
    assert lines[at + 1].strip() == EXPLANATIONS["not-signed-in"].means
    assert lines[at + 2].strip() == "Next: sptcoder init"


FAILURES = (
    *("not-signed-in", "expired-token", "unreachable", "tls", "not-coder", "version-skew", "template-missing"),
    *("quota", "build-failed", "agent-silent", "clone-refused", "stopped-waiting", "no-colours", "non-interactive"),
)


@pytest.mark.parametrize("kind", FAILURES)
def test_each_failure_is_explained_on_request(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--explain", kind]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith(f"{kind}: ")
    assert len(said) == 2


def test_all_failures_are_explained_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--explain", "all"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2 * len(EXPLANATIONS)
    assert run(["doctor", "--explain", "nonsense"]) == 2
