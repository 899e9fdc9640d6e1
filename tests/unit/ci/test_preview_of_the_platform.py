"""`make ci-preview` over the real program: the real engine and the real pack, with a backend of the test's own."""

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from ci.plan import Operation, read_plan
from ci.pulumi_run import PreviewResult, preview_stack
from ci.review_comment import review_comment
from ci.stack_name import PROJECT_ROOT
from core.errors import SptFlowError
from lab.deploy.launchers import write_launchers
from lab.plugins.installation import install_plugins
from tests.support.cli_preview import served_program
from tests.support.pulumi_engine import find_pulumi

STACK = "staging"
_LAUNCHER = """#!/bin/sh
# The CLI as it is where its language host for Python can be had: the program is served instead.
verb=$1
case $verb in preview|up) set -- "$@" {client} ;; esac
exec {engine} "$@"
"""


_KUBECONFIG = """apiVersion: v1
kind: Config
clusters: [{name: nowhere, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: nobody, user: {}}]
contexts: [{name: staging.example.com, context: {cluster: nowhere, user: nobody}}]
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with the project's files, in which the CLI may write; `pulumi` on PATH is the engine."""
    engine = find_pulumi()
    if engine is None:
        pytest.skip("no pulumi: neither in the toolchain nor on PATH")
    root = tmp_path / "project"
    root.mkdir()
    for name in ("Pulumi.yaml", f"Pulumi.{STACK}.yaml"):
        (root / name).write_bytes((PROJECT_ROOT / name).read_bytes())
    # Coder's own chart would be asked of its repository: the lab's takes the same values.
    stack_file = root / f"Pulumi.{STACK}.yaml"
    chart = "  spt-flow:coderChart: lab/charts/coder\n"
    (root / "lab").symlink_to(PROJECT_ROOT / "lab")
    stack_file.write_text(stack_file.read_text() + chart)
    (root / "policies").mkdir()
    for entry in (PROJECT_ROOT / "policies").iterdir():
        (root / "policies" / entry.name).symlink_to(entry)
    install_plugins(tmp_path / "home", python=Path(sys.executable), project=PROJECT_ROOT, official={})
    launchers = write_launchers(tmp_path / "launchers", engine=engine, python=Path(sys.executable))
    (tmp_path / ".kube").mkdir()
    (tmp_path / ".kube" / "config").write_text(_KUBECONFIG)
    settings = {
        "HOME": str(tmp_path),
        "PATH": os.pathsep.join([str(tmp_path / "bin"), str(launchers), os.environ["PATH"]]),
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_BACKEND_URL": f"file://{tmp_path}",
        "PULUMI_CONFIG_PASSPHRASE": "for tests",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PYTHONPATH": str(PROJECT_ROOT),
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("ci.pulumi_run.PROJECT_ROOT", root)
    subprocess.run(
        [str(engine), "stack", "init", STACK, "--non-interactive"],
        cwd=root,
        check=True,
        capture_output=True,
        timeout=60,
    )
    (tmp_path / "bin").mkdir()
    return root


def _program() -> None:
    runpy.run_path(str(PROJECT_ROOT / "__main__.py"), run_name="__main__")


def _preview(tmp_path: Path) -> PreviewResult:
    with served_program(_program) as client:
        launcher = tmp_path / "bin" / "pulumi"
        engine = tmp_path / "launchers" / "bin" / "pulumi"
        launcher.write_text(_LAUNCHER.format(client=" ".join(client), engine=engine))
        launcher.chmod(0o755)
        return preview_stack(STACK, tmp_path / "preview.json")


def test_a_stack_that_breaks_a_rule_is_refused_with_the_rule_s_sentence(project: Path, tmp_path: Path) -> None:
    result = _preview(tmp_path)
    assert project.is_dir()
    with pytest.raises(SptFlowError, match=r"(?s)found policy violations.*must take its chart from an allowed folder"):
        result.check()
    assert [one.policy for one in result.verdicts if one.level == "mandatory"] == ["release-requires-pinned-chart"]


def test_the_preview_of_a_stack_becomes_its_comment(project: Path, tmp_path: Path) -> None:
    config = json.loads((PROJECT_ROOT / "policies" / "config" / f"{STACK}.json").read_text())
    config["release-requires-pinned-chart"]["folders"] = ["lab/charts/coder"]
    (project / "policies" / "config").unlink()
    (project / "policies" / "config").mkdir()
    (project / "policies" / "config" / f"{STACK}.json").write_text(json.dumps(config))
    result = _preview(tmp_path)
    assert result.succeeded, (result.plan.failures, result.verdicts)
    plan = read_plan(tmp_path / "preview.json")
    assert plan.stack == STACK
    assert len(plan.having(Operation.CREATE)) > 40
    text = review_comment([plan])
    assert "## Stack `staging`" in text
    assert "| `coder` | 0 → " in text, "what the platform requests in its namespace"
    assert "Pods of charts are not counted: `coder-server-release`" in text
