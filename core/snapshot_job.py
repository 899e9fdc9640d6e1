"""Verbs of the snapshots that somebody starts by hand: a Job like the CronJob's, with other arguments."""

__all__ = ["run_snapshot_job"]

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from core.command import Command
from core.manual_job import ManualJob, run_by_hand

_REMEDY: Final = "set homeSnapshots to auto, csi or files in the stack's file, then make up"


def run_snapshot_job(
    kubectl: Command, where: Sequence[str], verb: str, *arguments: str, tell: Callable[[Mapping[str, Any]], None]
) -> bool:
    """Run the verb in the cluster that `where` leads to, hand each line of its log to `tell`; say if it went well.

    Raise SptFlowError if the stack has no snapshots, or the cluster cannot be asked.
    """
    wanted = ManualJob("home-snapshots", verb, _REMEDY, (verb, *arguments))
    return run_by_hand(kubectl, where, wanted, tell=tell)
