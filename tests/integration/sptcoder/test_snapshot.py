"""`sptcoder snapshot` and `restore` on a real workspace."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from lab.manual_jobs import run_snapshot_job
from lab.toolchain import toolchain_bin
from sptcoder.api.models.workspace import Workspace
from tests.support.cli_run import CliRun
from tests.support.coder_site import CoderSite
from tests.support.patience import wait_until
from tests.support.platform import Platform

pytestmark = pytest.mark.lab

FOLDER = "snapshot-test"


@pytest.fixture
def work(cli: CliRun, workspace: Workspace) -> str:
    """Put something worth saving into the home; the last test takes it away."""
    cli.run("ssh", workspace.name, "--", f"mkdir -p ~/{FOLDER}/'a b' && echo one > ~/{FOLDER}/'a b'/file")
    return f"~/{FOLDER}/'a b'/file"


def test_a_home_is_saved_and_comes_back(cli: CliRun, workspace: Workspace, work: str, tmp_path: Path) -> None:
    file = tmp_path / "before.home.tar"
    saved = cli.run("snapshot", workspace.name, str(file))
    assert saved.stdout == f"{file}\n"
    cli.run("ssh", workspace.name, "--", f"echo two > {work}; echo mine > ~/{FOLDER}/mine")
    refused = cli.run("restore", workspace.name, str(file), check=False)
    assert refused.returncode == 2
    assert f"sptcoder restore {workspace.name} {file} --yes" in refused.stderr
    with cli.terminal("restore", workspace.name, str(file)) as child:
        child.expect(r"Go on\? \[y/N\]: ")
        child.sendline("y")
        child.expect("is back in")
        child.wait()
    assert child.exitstatus == 0
    seen = cli.run("ssh", workspace.name, "--", f"cat {work} ~/{FOLDER}/mine; rm -r ~/{FOLDER}; ls -A ~").stdout
    assert seen.startswith("one\nmine\n")
    assert ".spt-flow-restore" not in seen


def test_json_tells_what_was_saved_and_restored(cli: CliRun, workspace: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "a.home.tar"
    excluded = ("--exclude", "*")
    saved = json.loads(cli.run("snapshot", workspace.name, str(file), *excluded, "--json").stdout)
    assert saved["file"] == str(file)
    assert saved["workspace"] == f"{workspace.owner_name}/{workspace.name}"
    assert saved["excluded"] == ["./.cache", "./lost+found", "*"]
    assert len(saved["sha256"]) == 64
    assert len(saved["correlation_id"]) == 32
    restored = json.loads(cli.run("restore", workspace.name, str(file), "--yes", "--json").stdout)
    assert restored["restored"]["sha256"] == saved["sha256"]
    failed = cli.run("snapshot", workspace.name, str(file), "--json", check=False)
    assert json.loads(failed.stdout)["error"]["exit_code"] == failed.returncode == 2


def test_ctrl_c_leaves_no_file(cli: CliRun, workspace: Workspace, tmp_path: Path) -> None:
    # Something that takes its time to read, whatever the machine: random bytes cannot be compressed.
    cli.run("ssh", workspace.name, "--", "head -c 150000000 /dev/urandom > ~/large")
    argv = [sys.executable, "-m", "sptcoder", "snapshot", workspace.name, str(tmp_path / "a.home.tar")]
    try:
        process = subprocess.Popen(
            argv, env=cli.variables(), stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        wait_until(lambda: any(path.stat().st_size > 1000 for path in tmp_path.iterdir()), longest_pause=0.02)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    finally:
        cli.run("ssh", workspace.name, "--", "rm -f ~/large", check=False)
    assert process.returncode == 130
    assert "Stopped on request." in said
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def developers_kubeconfig(platform: Platform, tmp_path: Path) -> Path:
    """Return a kubeconfig of the lab by which one is somebody without any rights."""
    config = yaml.safe_load(platform.instance.kubeconfig.read_text(encoding="utf-8"))
    config["users"][0]["user"]["as"] = "some-developer"
    path = tmp_path / "kubeconfig"
    path.write_text(json.dumps(config), encoding="utf-8")
    return path


def test_a_developer_is_told_whom_to_ask_for_a_snapshot_of_the_platform(
    cli: CliRun, site: CoderSite, workspace: Workspace, developers_kubeconfig: Path
) -> None:
    programs = {"PATH": f"{toolchain_bin()}:/usr/bin:/bin"}
    words = f"ask those who run {site.url} for: make restore PVC=coder-{workspace.id}-home FROM=latest"
    for kubeconfig, reason in (("/dev/null", "cannot be asked"), (str(developers_kubeconfig), "has no rights on it")):
        env = {**programs, "KUBECONFIG": kubeconfig}
        refused = cli.run("restore", workspace.name, "--from", "platform", "--json", env=env, check=False)
        assert refused.returncode == 1
        assert reason in refused.stderr
        assert json.loads(refused.stdout)["error"]["next"] == words


def test_who_may_work_on_the_cluster_restores_beside_a_home_and_never_over_it(
    cli: CliRun, platform: Platform, workspace: Workspace
) -> None:
    env = {"PATH": f"{toolchain_bin()}:/usr/bin:/bin", "KUBECONFIG": str(platform.instance.kubeconfig)}
    where = ("--kubeconfig", str(platform.instance.kubeconfig))
    # Of this home there is one afterwards, whatever became of those of other tests.
    run_snapshot_job(where, "home-snapshots", tell=lambda _said: None)
    refused = cli.run("restore", workspace.name, "--from", "platform", env=env, check=False)
    assert refused.returncode == 2
    assert "writes over nothing" in refused.stderr
    copy = f"copy-of-{workspace.name}"
    try:
        done = cli.run("restore", workspace.name, "--from", "platform:latest", "--to", copy, "--json", env=env)
        assert json.loads(done.stdout)["restored"]["claim"] == copy
        claim = platform.kubectl.get("-n", "coder-workspace", "persistentvolumeclaim", copy)
        assert claim["status"]["phase"] == "Bound"
        assert "com.coder.workspace.id" not in claim["metadata"]["labels"], "a copy belongs to no workspace"
    finally:
        platform.kubectl.run("-n", "coder-workspace", "delete", f"persistentvolumeclaim/{copy}", "--ignore-not-found")
