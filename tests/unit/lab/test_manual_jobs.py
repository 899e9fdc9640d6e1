"""What somebody starts by hand is the CronJob's own pod, with other arguments, on the stack's own cluster."""

import json
from pathlib import Path
from typing import Any

import pytest

from components.snapshots_manifests import build_cron_job
from core.errors import SptFlowError
from lab import manual_jobs
from lab.commands.collect import collect
from lab.deploy.stack_file import StackFile
from lab.instance import LabInstance
from lab.manual_jobs import run_collection, run_snapshot_job, stack_kubectl

_KUBECTL = """#!/bin/sh
folder=$(dirname "$0")
echo "$*" >> "$folder/calls"
case "$*" in
*"get cronjob"*)
  test -f "$folder/cronjob" || { echo 'Error from server (NotFound): no such thing.' >&2; exit 1; }
  cat "$folder/cronjob" ;;
*create*) cat > "$folder/job" ;;
*"get job"*) echo '{"status": {"'$(cat "$folder/ends")'": 1}}' ;;
*logs*) cat "$folder/log" ;;
esac
"""
_WHERE = ("--kubeconfig", "/somewhere")


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a kubectl into place that notes what it is asked, and plays a cluster with the CronJob."""
    program = tmp_path / "kubectl"
    program.write_text(_KUBECTL)
    program.chmod(0o755)
    cron_job = build_cron_job("coder", image="x:1", schedule="17 */4 * * *", settings={"SNAPSHOT_WAY": "files"})
    cron_job["metadata"]["uid"] = "the-uid"
    (tmp_path / "cronjob").write_text(json.dumps(cron_job))
    (tmp_path / "ends").write_text("succeeded")
    (tmp_path / "log").write_text('{"event": "restored", "claim": "home"}\nno JSON\n')
    monkeypatch.setattr(manual_jobs, "toolchain_bin", lambda: tmp_path)
    return tmp_path


def test_the_job_is_the_cron_jobs_own_with_other_arguments(cluster: Path) -> None:
    said: list[Any] = []
    assert run_snapshot_job(_WHERE, "restore-home", "--claim", "home", tell=said.append)
    job, cron_job = json.loads((cluster / "job").read_text()), json.loads((cluster / "cronjob").read_text())
    assert job["kind"] == "Job"
    assert job["metadata"]["name"].startswith("restore-home-")
    assert job["metadata"]["ownerReferences"][0]["uid"] == "the-uid"
    (container,) = job["spec"]["template"]["spec"]["containers"]
    assert container["args"] == ["restore-home", "--claim", "home"]
    container["args"] = ["home-snapshots"]
    assert job["spec"] == cron_job["spec"]["jobTemplate"]["spec"]
    assert said == [{"event": "restored", "claim": "home"}, {"event": "no JSON"}]
    assert all(line.startswith("--kubeconfig /somewhere ") for line in (cluster / "calls").read_text().splitlines())


def test_a_job_that_fails_is_no_success(cluster: Path) -> None:
    (cluster / "ends").write_text("failed")
    assert not run_snapshot_job(_WHERE, "drill-homes", tell=lambda _said: None)


def test_a_stack_without_snapshots_says_so(cluster: Path) -> None:
    (cluster / "cronjob").unlink()
    with pytest.raises(
        SptFlowError, match=r"There is no CronJob coder/home-snapshots .*: .*no such thing\. Next"
    ) as caught:
        run_snapshot_job(_WHERE, "drill-homes", tell=lambda _said: None)
    assert "homeSnapshots" in str(caught.value.next_command)


@pytest.fixture
def collected(cluster: Path) -> Path:
    variables = {"REGISTRY_GC_DRY_RUN": "false", "REGISTRY_GC_URL": "http://registry:5000"}
    container = {
        "image": "x:1",
        "args": ["registry-gc"],
        "env": [{"name": k, "value": v} for k, v in variables.items()],
    }
    spec = {"jobTemplate": {"spec": {"template": {"spec": {"containers": [container]}}}}}
    cron_job = {"metadata": {"name": "registry-gc", "uid": "the-uid", "labels": {}}, "spec": spec}
    (cluster / "cronjob").write_text(json.dumps(cron_job))
    return cluster


def _variables(cluster: Path) -> dict[str, str]:
    job = json.loads((cluster / "job").read_text())
    (container,) = job["spec"]["template"]["spec"]["containers"]
    assert container["args"] == ["registry-gc"]
    return {each["name"]: each["value"] for each in container["env"]}


def test_a_collection_by_hand_has_its_reason_and_may_be_dry(collected: Path) -> None:
    own = {"REGISTRY_GC_DRY_RUN": "false", "REGISTRY_GC_URL": "http://registry:5000"}
    assert run_collection(_WHERE, tell=lambda _said: None)
    assert _variables(collected) == own
    assert run_collection(_WHERE, override="the volume is full", dry_run=True, tell=lambda _said: None)
    assert _variables(collected) == {**own, "REGISTRY_GC_DRY_RUN": "true", "OVERRIDE": "the volume is full"}


def test_a_stack_without_a_collection_says_so(collected: Path) -> None:
    (collected / "cronjob").unlink()
    with pytest.raises(SptFlowError, match="There is no CronJob coder/registry-gc ") as caught:
        run_collection(_WHERE, tell=lambda _said: None)
    assert "registryGc" in str(caught.value.next_command)


def test_a_collection_that_was_left_out_is_none(collected: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reason = "It is within business hours, which end at Fri 17:00 UTC."
    (collected / "log").write_text(json.dumps({"level": "info", "event": "left-out", "reason": reason}))
    with pytest.raises(SptFlowError, match=r"^Nothing was collected: It is within .* 17:00 UTC\. Next") as caught:
        collect("dev")
    assert "OVERRIDE" in str(caught.value.next_command)
    assert "left-out: reason It is within business hours" in capsys.readouterr().out
    (collected / "log").write_text(json.dumps({"level": "info", "event": "finished", "bytes_freed": 5}))
    assert collect("dev") == 0
    (collected / "ends").write_text("failed")
    assert collect("dev") == 1


def test_the_lab_has_a_kubeconfig_of_its_own_and_other_stacks_name_theirs(tmp_path: Path) -> None:
    instance = LabInstance(name="lab", slot=0, directory=tmp_path)
    lab = StackFile("dev", tmp_path / "x", {"spt-flow:cluster": "lab"})
    assert stack_kubectl(lab, instance) == ("--kubeconfig", str(instance.kubeconfig))
    own = {"spt-flow:kubeconfigPath": "/etc/kube", "spt-flow:kubeContext": "prod.example.com"}
    assert stack_kubectl(StackFile("prod", tmp_path / "x", own), instance) == (
        *("--kubeconfig", "/etc/kube"),
        *("--context", "prod.example.com"),
    )
