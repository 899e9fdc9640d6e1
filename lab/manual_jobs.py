"""Jobs that somebody starts by hand, on the cluster of a stack, with the lab's own kubectl."""

__all__ = ["run_collection", "run_snapshot_job", "stack_kubectl"]

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from core import snapshot_job
from core.command import Command
from core.maintenance_window import OVERRIDE
from core.manual_job import ManualJob, run_by_hand
from lab.deploy.stack_file import PROJECT, StackFile
from lab.instance import LabInstance
from lab.toolchain import toolchain_bin

_COLLECTION: Final = "registry-gc"
_DRY_RUN: Final = "REGISTRY_GC_DRY_RUN"


def stack_kubectl(stack: StackFile, instance: LabInstance) -> Sequence[str]:
    """Return the words that lead kubectl to the stack's cluster: the lab's kubeconfig, or the one its file names."""
    if stack.cluster == "lab":
        return ("--kubeconfig", str(instance.kubeconfig))
    path = Path(str(stack.config.get(f"{PROJECT}:kubeconfigPath", "~/.kube/config"))).expanduser()
    return ("--kubeconfig", str(path), "--context", str(stack.config.get(f"{PROJECT}:kubeContext", "")))


def run_snapshot_job(
    where: Sequence[str], verb: str, *arguments: str, tell: Callable[[Mapping[str, Any]], None]
) -> bool:
    """Run a verb of the snapshots in the cluster, hand each line of its log to `tell`, and say whether it went well.

    Raise SptFlowError if the stack has no snapshots, or the cluster cannot be asked.
    """
    return snapshot_job.run_snapshot_job(_kubectl(), where, verb, *arguments, tell=tell)


def run_collection(
    where: Sequence[str], *, override: str = "", dry_run: bool = False, tell: Callable[[Mapping[str, Any]], None]
) -> bool:
    """Collect the registry's garbage now; `override` is the reason to do so in business hours.

    A dry run says what would go. Raise SptFlowError if the stack has no collection, or the cluster cannot be asked.
    """
    variables = {**({OVERRIDE: override} if override else {}), **({_DRY_RUN: "true"} if dry_run else {})}
    remedy = "set registryGc to true in the stack's file, then make up"
    wanted = ManualJob(_COLLECTION, f"{_COLLECTION}-now", remedy, variables=variables)
    return run_by_hand(_kubectl(), where, wanted, tell=tell)


def _kubectl() -> Command:
    return Command("kubectl", path=[toolchain_bin()])
