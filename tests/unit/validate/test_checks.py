"""The checks against tools: real ones of this machine, and fakes that are broken or do not do what they say."""

import os
import shutil
from pathlib import Path

import pytest

from validate.build_report import BuildReport, ToolEntry
from validate.catalogue import all_checks
from validate.check import Check
from validate.outcome import Outcome, Status
from validate.runner import Plan, run_checks

CHECKS = {check.name: check for check in all_checks(BuildReport())}

_REAL = {
    "bash": "bash",
    "docker": "docker",
    "git": "git",
    "gpg": "gpg",
    "jq": "jq",
    "kubectl": "kubectl",
    "make": "make",
    "node": "npm",
    "ssh": "ssh",
    "tmux": "tmux",
}
"""Quick checks, and the program each needs."""

_SAYS = "#!/bin/sh\ncase $1 in -*ersion|-V|version) echo 1.0 ;; esac\n"

_FAKES = [
    # Each prints a version and ends well, but does not do what it is for.
    ("bash", "bash", _SAYS, "does not say 'has-3'"),
    ("claude", "claude", _SAYS, "does not keep a server"),
    ("claude-flow", "claude-flow", _SAYS, "does not say how it is used"),
    ("code-server", "code-server", _SAYS, "ended before it answered"),
    ("direnv", "direnv", _SAYS, "direnv loads a file that nobody has allowed"),
    ("docker", "docker", "#!/bin/sh\necho '1.0 '\n", "docker read '' as the daemon's version"),
    ("gh", "gh", _SAYS, "does not list the alias"),
    ("git", "git", _SAYS, "No such file"),
    ("go", "go", _SAYS, "hello' is not on PATH"),
    ("gpg", "gpg", _SAYS, "takes a signature over one file for one over another"),
    ("jq", "jq", _SAYS, "does not say '42'"),
    ("kubectl", "kubectl", "#!/bin/sh\necho '{}'\n", "not what was asked for"),
    ("kvm-ok", "kvm-ok", "#!/bin/sh\necho KVM is fine\n", "kvm-ok ended with exit code 0 and said: KVM is fine"),
    ("kvm", "spt-microvm", "#!/bin/sh\necho level 4\n", "spt-microvm does not answer"),
    ("make", "make", _SAYS, "does not say 'made-hello'"),
    ("node", "npm", "#!/bin/sh\nmkdir -p node_modules\n", "'node --print require('greeting')' ended with exit code 1"),
    ("op", "op", _SAYS, "does not say 'complete'"),
    ("qemu", "qemu-system-x86_64", "#!/bin/sh\necho '{}'\n", "did not answer what its machine does"),
    ("rust", "cargo", _SAYS, "The built program printed '', not 'Hello from Rust'"),
    ("sudo", "sudo", "#!/bin/sh\necho 1000\n", "By sudo the uid is 1000, not 0"),
    ("supervisor", "supervisorctl", "#!/bin/sh\necho 'sleeper FATAL'\n", "does not run: sleeper FATAL"),
    ("wash", "wash", _SAYS, "does not say 'new'"),
    (
        "zsh",
        "zsh",
        "#!/bin/sh\necho prompt=3 aliases=1\necho 'compinit: insecure' >&2\n",
        "does not start clean: compinit",
    ),
    ("zsh", "zsh", "#!/bin/sh\necho Welcome\necho prompt=3 aliases=1\n", "prints more than it is asked for: Welcome"),
    ("zsh", "zsh", "#!/bin/sh\necho prompt=0 aliases=1\n", "a prompt of 0 characters"),
]


def _outcome(check: Check, home: Path, *, seconds: float = 60) -> Outcome:
    (outcome,) = run_checks(Plan([check], BuildReport(), home, seconds=seconds))
    return outcome


def _install(folder: Path, program: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / program).write_text(script)
    (folder / program).chmod(0o755)


@pytest.fixture
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that comes first on PATH."""
    folder = tmp_path / "fakes"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


@pytest.mark.parametrize("name", sorted(_REAL))
def test_a_tool_of_this_machine_passes(name: str, tmp_path: Path) -> None:
    if shutil.which(_REAL[name]) is None:
        pytest.skip(f"this machine has no {_REAL[name]}")
    outcome = _outcome(CHECKS[name], tmp_path)
    assert outcome.status is Status.PASSED, outcome.message


@pytest.mark.parametrize("fake", _FAKES, ids=lambda fake: f"{fake[0]}-{fake[3]}")
def test_a_tool_that_does_not_work_fails(fake: tuple[str, str, str, str], fakes: Path, tmp_path: Path) -> None:
    name, program, script, said = fake
    for other in ("rustc", "supervisord"):
        _install(fakes, other, _SAYS)
    if shutil.which("node") is None:
        _install(fakes, "node", "#!/bin/sh\n[ $1 = --version ] && echo 1\n")
    _install(fakes, program, script)
    outcome = _outcome(CHECKS[name], tmp_path)
    assert outcome.status is Status.FAILED
    assert said in outcome.message


@pytest.mark.parametrize("name", sorted({name for name, *_ in _FAKES}))
def test_a_tool_that_ends_badly_fails(name: str, fakes: Path, tmp_path: Path) -> None:
    for each, program, *_ in _FAKES:
        if each == name:
            _install(fakes, program, "#!/bin/sh\necho out of order >&2\nexit 3\n")
    outcome = _outcome(CHECKS[name], tmp_path)
    assert outcome.status is Status.FAILED


def test_files_of_somebody_else_in_the_home_are_found(tmp_path: Path) -> None:
    if os.getuid() != 0:
        pytest.skip("needs root to give files away")
    for name in ("own", "below/other"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "lost+found").mkdir()
    for path in (tmp_path, tmp_path / "own", tmp_path / "below"):
        os.chown(path, 1000, 1000)
    (tmp_path / "below" / "link").symlink_to("nowhere")
    os.chown(tmp_path / "below" / "link", 1000, 1000, follow_symlinks=False)
    outcome = _outcome(CHECKS["home"], tmp_path)
    assert outcome.status is Status.FAILED
    assert outcome.message == f"1 of 4 belong to somebody else, such as {tmp_path}/below/other."
    os.chown(tmp_path / "below" / "other", 1000, 1000)
    assert _outcome(CHECKS["home"], tmp_path).status is Status.PASSED


def test_extensions_are_those_of_the_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("validate.checks.code_server._EXTENSIONS", tmp_path)
    report = BuildReport({"extension-golang.go": ToolEntry("extension-golang.go", "0.50.0", "golang.go.vsix")})
    check = next(check for check in all_checks(report) if check.name == "extension-golang.go")
    assert "has no extension golang.go" in _outcome(check, tmp_path).message
    folder = tmp_path / "golang.go"
    folder.mkdir()
    about = '{{"publisher": "golang", "name": "go", "version": "{}", "main": "./dist/main"}}'
    (folder / "package.json").write_text(about.format("0.50.0"))
    assert "begins with ./dist/main, which is not there" in _outcome(check, tmp_path).message
    (folder / "dist").mkdir()
    (folder / "dist" / "main.js").touch()
    assert _outcome(check, tmp_path).status is Status.PASSED
    (folder / "package.json").write_text(about.format("0.49.0"))
    assert "not golang.go 0.50.0" in _outcome(check, tmp_path).message


def test_agents_are_looked_for_only_where_the_build_was_told_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("validate.checks.assistants._AGENTS", tmp_path / "agents")
    assert "agents" not in CHECKS
    report = BuildReport({"agents": ToolEntry("agents", "0" * 40, "AGENTS_URL")})
    check = next(check for check in all_checks(report) if check.name == "agents")
    assert "There is no agent in" in _outcome(check, tmp_path).message
    (tmp_path / "agents" / "below").mkdir(parents=True)
    (tmp_path / "agents" / "below" / "tester.md").touch()
    assert _outcome(check, tmp_path).status is Status.PASSED


def test_a_report_about_what_nothing_checks_is_a_failure(tmp_path: Path) -> None:
    tools = {tool: ToolEntry(tool, "1") for check in CHECKS.values() for tool in check.tools}
    assert "spt-validate" in tools
    for more, less, said in (({}, "", None), ({"odd": ToolEntry("odd", "1")}, "", "odd"), ({}, "git", "git")):
        report = BuildReport({name: entry for name, entry in {**tools, **more}.items() if name != less})
        (outcome,) = run_checks(Plan(all_checks(report)[:1], report, tmp_path))
        assert (outcome.status is Status.FAILED) is (said is not None), outcome.message
        assert said is None or outcome.message.endswith(f" {said}.")
