"""Verbs of the snapshots that somebody starts by hand, on the cluster of a stack, with the lab's own kubectl."""

__all__ = ["run_snapshot_job", "stack_kubectl"]

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from core import snapshot_job
from core.command import Command
from lab.deploy.stack_file import PROJECT, StackFile
from lab.instance import LabInstance
from lab.toolchain import toolchain_bin


def stack_kubectl(stack: StackFile, instance: LabInstance) -> Sequence[str]:
    """Return the words that lead kubectl to the stack's cluster: the lab's kubeconfig, or the one its file names."""
    if stack.cluster == "lab":
        return ("--kubeconfig", str(instance.kubeconfig))
    path = Path(str(stack.config.get(f"{PROJECT}:kubeconfigPath", "~/.kube/config"))).expanduser()
    return ("--kubeconfig", str(path), "--context", str(stack.config.get(f"{PROJECT}:kubeContext", "")))


def run_snapshot_job(
    where: Sequence[str], verb: str, *arguments: str, tell: Callable[[Mapping[str, Any]], None]
) -> bool:
    """Run the verb in the cluster, hand each line of its log to `tell`, and say whether it went well.

    Raise SptFlowError if the stack has no snapshots, or the cluster cannot be asked.
    """
    kubectl = Command("kubectl", path=[toolchain_bin()])
    return snapshot_job.run_snapshot_job(kubectl, where, verb, *arguments, tell=tell)
