"""001:107-108: the example workflow's own lines, in order, as a runner would run them: it tests, and always deletes."""

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from lab.demo.git_daemon import served_repositories
from lab.demo.sample import SAMPLE, make_sample
from sptcoder.api import CoderClient
from tests.integration.conftest import Platform
from tests.support.cli_run import CHECKOUT, CliRun
from tests.support.coder_site import SMALL, CoderSite

pytestmark = pytest.mark.lab

WORKFLOW = CHECKOUT / "docs" / "examples" / "workspace-tests.yml"
JOB: Mapping[str, Any] = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]["test"]
STEPS = [step for step in JOB["steps"] if step["name"] != "Install sptcoder"]
PORT = 9424


def _run(step: Mapping[str, Any], variables: Mapping[str, str], folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run a step's lines in the shell of a runner, which has no terminal."""
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]],
        env=dict(variables),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.fixture
def runner(cli: CliRun, site: CoderSite, tmp_path: Path) -> dict[str, str]:
    """Return the environment of a job, with `sptcoder` on PATH, that asks for small workspaces."""
    programs = tmp_path / "bin"
    programs.mkdir()
    small = shlex.join(word for name in ("cpu", "memory", "disk") for word in ("--param", f"{name}={SMALL[name]}"))
    program = programs / "sptcoder"
    program.write_text(
        f'#!/bin/sh\nverb=$1\nshift\n[ "$verb" != up ] || set -- {small} "$@"\n'
        f'exec {shlex.quote(sys.executable)} -m sptcoder "$verb" "$@"\n'
    )
    program.chmod(0o755)
    return {
        **cli.variables(),
        "CI": "true",
        "CODER_SESSION_TOKEN": site.token.get_secret_value(),
        "CODER_URL": site.url,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "WORKSPACE": f"ci-{os.getpid()}-1",
    }


def test_its_steps_start_test_and_delete(
    platform: Platform, client: CoderClient, runner: dict[str, str], tmp_path: Path
) -> None:
    sample = make_sample(tmp_path)
    (tmp_path / "served").mkdir()
    (tmp_path / "served" / f"{SAMPLE}.git").symlink_to(sample / ".git")
    address = str(platform.instance.host_address)
    with served_repositories(tmp_path / "served", address, port=PORT, elsewhere=[sample / ".git"]) as base:
        variables = {**runner, "REPOSITORY": f"{base}/{SAMPLE}.git", "BRANCH": "main"}
        start, test, delete = STEPS
        try:
            done = _run(start, variables, tmp_path)
            assert done.returncode == 0, done.stderr
            found = client.workspaces.find(runner["WORKSPACE"])
            assert found is not None
            assert (found.template_name, found.ttl_ms) == ("spt-flow-ci", 30 * 60 * 1000)
            done = _run(test, variables, tmp_path)
            assert (done.returncode, done.stdout) == (0, "2 tests passed.\n"), done.stderr
            failing = {**test, "run": test["run"].replace("make test", "'exit 7'")}
            assert _run(failing, variables, tmp_path).returncode == 7, "the job's result is that of the tests"
        finally:
            done = _run(delete, variables, tmp_path)
    assert done.returncode == 0, done.stderr
    assert client.workspaces.find(runner["WORKSPACE"]) is None


def test_it_deletes_whatever_happens_and_gives_the_token_to_no_other_step() -> None:
    assert [step["name"] for step in STEPS] == ["Start the workspace", "Test", "Delete the workspace"]
    start, test, delete = STEPS
    assert "--ttl " in start["run"]
    assert " ssh " in test["run"]
    assert " -- " in test["run"]
    assert (delete["if"], "--yes" in delete["run"]) == ("always()", True)
    assert "CODER_SESSION_TOKEN" not in JOB["env"]
    assert all("${{" not in step["run"] for step in JOB["steps"]), "nothing of a stranger in a shell"
