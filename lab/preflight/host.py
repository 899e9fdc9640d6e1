"""Judging this machine before anything is made on it."""

__all__ = ["check_host"]

import os

from core.errors import SptFlowError
from lab.instance import LabInstance
from lab.preflight.checks import CHECKS, notes
from lab.preflight.gather import gather_facts
from lab.toolchain import toolchain_bin

_LAST_BUILT = ("kube-apiserver", "kubelet", "pulumi", "helm", "coredns", "registry")
"""Programs whose presence shows that nothing big is left to build."""


def check_host(instance: LabInstance) -> list[str]:
    """Raise SptFlowError, one sentence, when the lab cannot run here; return what is worth saying otherwise."""
    complete = all(os.path.exists(toolchain_bin() / name) for name in _LAST_BUILT)  # noqa: PTH110 - a folder of root's is no error here
    facts = gather_facts(instance, toolchain_complete=complete)
    for check in CHECKS:
        finding = check(facts, instance)
        if finding is not None:
            raise SptFlowError(finding.sentence, next_command=finding.next_command)
    return notes(facts)
