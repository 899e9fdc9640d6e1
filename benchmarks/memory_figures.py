"""What the platform's pods hold in memory, Coder and the workspaces left out, as the kubelet counts it."""

__all__ = ["UnmeasuredPodError", "memory_figure", "platform_memory"]

import json
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from benchmarks.figure import Figure
from core.command import Command
from core.errors import SptFlowError
from lab.instance import LabInstance
from lab.progress import Progress
from lab.toolchain import Toolchain

_LIMIT: Final = 1024.0
_SAMPLES: Final = 5
_PAUSE: Final = 12.0
"""Seconds; the kubelet looks every ten."""

_ATTEMPTS: Final = 5
_MIB: Final = 1 << 20
_OURS: Final = "app.kubernetes.io/part-of=spt-flow"


class UnmeasuredPodError(SptFlowError):
    """A pod runs of which the kubelet has no figure, or none yet."""


def memory_figure(instance: LabInstance, toolchain: Toolchain, progress: Progress) -> Figure:
    """Measure in a lab that runs and has worked: a registry that was just started holds next to nothing."""
    kubectl = Command("kubectl", env={"KUBECONFIG": str(instance.kubeconfig)}, path=[toolchain.bin])
    with progress.step(f"Memory of the platform's pods, {_SAMPLES} times"):
        samples = []
        for number in range(_SAMPLES):
            if number:
                time.sleep(_PAUSE)
            samples.append(_patient_sample(kubectl))
    return Figure("memory of the platform's pods without Coder", tuple(samples), _LIMIT, "MiB")


def platform_memory(pods: Mapping[str, Any], summaries: Sequence[Mapping[str, Any]]) -> float:
    """Return the working sets of listed pods in MiB, by the kubelets' summaries.

    Pods that have ended are in no summary. Raises UnmeasuredPodError when one that runs is in none, or without its
    memory: a sum with a gap would pass for a good one.
    """
    measured = {
        (pod["podRef"]["namespace"], pod["podRef"]["name"]): pod.get("memory", {}).get("workingSetBytes")
        for summary in summaries
        for pod in summary["pods"]
    }
    total = 0
    for pod in pods["items"]:
        if pod["status"]["phase"] != "Running":
            continue
        name = (pod["metadata"]["namespace"], pod["metadata"]["name"])
        if measured.get(name) is None:
            raise UnmeasuredPodError(f"The kubelet does not say what memory pod {'/'.join(name)} holds.")
        total += int(measured[name])
    return total / _MIB


def _patient_sample(kubectl: Command) -> float:
    """Return a sample; a pod that has just begun is waited for, since the kubelet has not looked at it yet."""
    for _ in range(_ATTEMPTS):
        with suppress(UnmeasuredPodError):
            return _sample(kubectl)
        time.sleep(_PAUSE)
    return _sample(kubectl)


def _sample(kubectl: Command) -> float:
    nodes = kubectl.run("get", "nodes", "-o", "jsonpath={.items[*].metadata.name}").stdout.split()
    summaries = [
        json.loads(kubectl.run("get", "--raw", f"/api/v1/nodes/{node}/proxy/stats/summary").stdout) for node in nodes
    ]
    pods = json.loads(kubectl.run("get", "pods", "-A", "-l", _OURS, "-o", "json").stdout)
    return platform_memory(pods, summaries)
