"""The commands behind the make targets, run as make runs them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ci.__main__ import COMMANDS, build_app
from ci.commands.comment import comment
from ci.releases import newest_tag
from ci.stack_name import PROJECT_ROOT
from tests.standins.github.server import Github

PREVIEW = {"steps": [{"op": "delete", "urn": "urn:pulumi:prod::spt-flow::a:b:C::gone"}], "duration": 1}


def run(*args: str, env: dict[str, str] | None = None, cwd: Path = PROJECT_ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ci", *args],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT), "NO_COLOR": "1", **(env or {})},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("module", COMMANDS)
def test_each_command_shows_an_example_of_its_target(module: str) -> None:
    name = module.replace("_", "-")
    done = CliRunner().invoke(build_app(), [name, "--help"], env={"NO_COLOR": "1"})
    target = name if name == "deploy-window" else f"ci-{name}"
    assert done.exit_code == 0
    assert f"make {target}" in " ".join(done.stdout.replace("│", " ").split())
    assert f"\n{target}:" in (PROJECT_ROOT / "Makefile").read_text()


def test_a_comment_is_written_from_the_environment_as_make_gives_it(tmp_path: Path) -> None:
    (tmp_path / "preview.json").write_text(json.dumps(PREVIEW))
    (tmp_path / "policy.md").write_text("# Policies\n")
    done = run("comment", cwd=tmp_path, env={"PREVIEW": "preview.json", "POLICY": "policy.md", "OUT": "comment.md"})
    assert (done.returncode, done.stderr) == (0, "")
    text = (tmp_path / "comment.md").read_text()
    assert "**Deleted:** C `gone`" in text
    assert text.endswith("# Policies\n")


def test_a_policy_report_that_was_not_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "preview.json").write_text(json.dumps(PREVIEW))
    comment([tmp_path / "preview.json"], tmp_path / "comment.md", str(tmp_path / "missing.md"))
    assert "The check came to no result" in (tmp_path / "comment.md").read_text()


def test_a_comment_is_posted_and_changed_with_the_token_in_no_output(github: Github, tmp_path: Path) -> None:
    (tmp_path / "event.json").write_text('{"pull_request": {"number": 17}}')
    folder = tmp_path / "comments"
    folder.mkdir()
    for name in ("b", "a"):
        (folder / f"{name}.md").write_text(f"part {name}\n")
    settings = {
        "GITHUB_API_URL": github.url,
        "GITHUB_REPOSITORY": github.repository,
        "GITHUB_TOKEN": github.token,
        "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
        "COMMENT": str(folder),
    }
    said = ""
    for expected in ("created", "updated"):
        done = run("post-comment", env=settings)
        said += done.stdout + done.stderr
        assert f"The comment on pull request 17 was {expected}." in done.stdout
    github.refuse = 403
    refused = run("post-comment", env=settings)
    assert refused.returncode == 1
    assert "pull-requests: write" in refused.stderr
    assert github.token not in said + refused.stdout + refused.stderr
    assert [one["body"].partition("\n")[2] for one in github.comments] == ["part a\n\npart b\n"]


def test_drift_makes_an_issue_and_an_exit_code(github: Github, tmp_path: Path) -> None:
    program = tmp_path / "pulumi"
    program.write_text(f"#!/bin/sh\ncat {tmp_path}/preview.json\n")
    program.chmod(0o755)
    (tmp_path / "preview.json").write_text(json.dumps(PREVIEW))
    settings = {
        "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
        "STACK": "prod",
        "OUT": str(tmp_path / "drift.md"),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
    }
    found = run("drift", env=settings)
    assert (found.returncode, found.stderr) == (3, "")
    assert (tmp_path / "output").read_text() == "drift=true\n"
    posting = {
        "GITHUB_API_URL": github.url,
        "GITHUB_REPOSITORY": github.repository,
        "GITHUB_TOKEN": github.token,
        "REPORT": str(tmp_path / "drift.md"),
        "STACK": "prod",
    }
    assert run("drift-issue", env={**posting, "DRIFT": "true"}).stdout == "An issue was opened.\n"
    assert "**Deleted:** C `gone`" in github.issues[0]["body"]

    (tmp_path / "preview.json").write_text('{"steps": [], "duration": 1}')
    over = run("drift", env=settings)
    assert over.returncode == 0
    assert (tmp_path / "output").read_text() == "drift=true\ndrift=false\n"
    assert run("drift-issue", env={**posting, "DRIFT": "false"}).stdout == "The issue was closed.\n"
    assert github.issues[0]["state"] == "closed"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("comment",), "Missing option '--preview'"),
        (("preview", "--stack", "nowhere"), "The stack 'nowhere' is unknown"),
        (("drift-issue", "--stack", "prod", "--drift", "maybe"), "Invalid value for '--drift'"),
        (("post-comment", "--comment", "missing.md", "--pull-request", "1"), "missing.md cannot be read"),
        (("no-such-command",), "No such command"),
    ],
)
def test_misuse_is_one_sentence_and_exit_code_two(args: tuple[str, ...], words: str) -> None:
    done = run(*args)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_the_facts_are_outputs_of_the_step(tmp_path: Path) -> None:
    done = run("facts", env={"GITHUB_OUTPUT": str(tmp_path / "output")})
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "output").read_text() == done.stdout
    assert [line.partition("=")[0] for line in done.stdout.splitlines()] == ["pulumi", "release", "deployed"]


@pytest.mark.parametrize(
    ("tags", "newest"),
    [
        ([], ""),
        (["v1.2.3", "v1.10.0", "v1.9.9"], "v1.10.0"),
        (["v2.0.0-rc.1", "v1.0.0", "version", "v3", "v01.0.0", "v4.0.0\n"], "v1.0.0"),
    ],
)
def test_the_newest_release_is_the_highest_version(tags: list[str], newest: str) -> None:
    assert newest_tag(tags) == newest
