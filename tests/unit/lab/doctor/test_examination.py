"""The doctor's examination by a kubectl that plays the cluster: which words it asks, and when it gives up."""

import json
from pathlib import Path

import pytest

from lab import platform_parts
from lab.deploy.stack_file import StackFile
from lab.doctor import certificates, clock, examination
from lab.instance import LabInstance

_KUBECTL = """#!/bin/sh
folder=$(dirname "$0")
printf '%s\\n' "$*" >> "$folder/calls"
test -f "$folder/silent" && { echo 'Unable to connect to the server.' >&2; exit 1; }
case "$*" in
*--dry-run=server*) date -u +%Y-%m-%dT%H:%M:%SZ ;;
*"get nodes,"*) cat "$folder/objects" ;;
*"get secrets"*) echo 'coder coder-tls bm8gY2VydGlmaWNhdGU=' ;;
*volumesnapshots*) exit 1 ;;
esac
"""


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put the kubectl into place, and return its folder."""
    program = tmp_path / "kubectl"
    program.write_text(_KUBECTL)
    program.chmod(0o755)
    registry = {
        "kind": "Deployment",
        "metadata": {"namespace": "coder", "name": "registry"},
        "spec": {"replicas": 0},
        "status": {},
    }
    (tmp_path / "objects").write_text(json.dumps({"items": [registry]}))
    for module in (platform_parts, certificates, clock, examination):
        monkeypatch.setattr(module, "toolchain_bin", lambda: tmp_path)
    return tmp_path


def _stack(tmp_path: Path) -> StackFile:
    own = {"spt-flow:kubeconfigPath": "/etc/kube", "spt-flow:kubeContext": "prod.example.com"}
    return StackFile("prod", tmp_path / "x", own)


def test_a_users_cluster_is_examined_by_its_own_context(cluster: Path) -> None:
    instance = LabInstance(name="lab", slot=0, directory=cluster)
    parts = {part.name: part for part in examination.examine(_stack(cluster), instance)}
    assert parts["deployment coder/registry"].detail == "closed: 0 replicas are wanted"
    assert parts["clock"].healthy
    assert "coder/coder-tls" in parts["certificates of the entries"].detail
    assert not parts["certificates of the entries"].healthy
    calls = (cluster / "calls").read_text().splitlines()
    assert calls
    assert all(line.startswith("--kubeconfig /etc/kube --context prod.example.com ") for line in calls)
    assert not [line for line in calls if r"tls\.key" in line]


def test_a_cluster_that_does_not_answer_is_one_fault(cluster: Path) -> None:
    (cluster / "silent").touch()
    (part,) = examination.examine(_stack(cluster), LabInstance(name="lab", slot=0, directory=cluster))
    assert (part.name, part.healthy) == ("cluster", False)
    assert part.next_command == "kubectl --kubeconfig /etc/kube --context prod.example.com get nodes"


def test_of_a_lab_that_does_not_run_the_machine_is_told(cluster: Path) -> None:
    lab = StackFile("dev", cluster / "x", {"spt-flow:cluster": "lab"})
    parts = {part.name: part for part in examination.examine(lab, LabInstance(name="gone", slot=63, directory=cluster))}
    assert "machine" in parts
    assert (parts["lab"].healthy, parts["lab"].next_command) == (False, "make up")
    assert not (cluster / "calls").exists()
