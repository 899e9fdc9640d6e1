"""Who there is around the platform of a stack, for asking who may reach whom: its own pods, and everybody else."""

__all__ = ["METADATA", "OUTSIDERS", "network_policies", "peers_of", "settings_of"]

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from components.network_flows import CODER, SYSTEM, WORKSPACES
from settings import Settings, engine_texts, load_settings
from tests.support.program import program_of
from tests.support.reachability import Peer

_ROOT: Final = Path(__file__).resolve().parents[2]
_APP: Final = "app.kubernetes.io/name"

METADATA: Final = ("cloud metadata", "cloud metadata by IPv6")
"""The services from which a node's credentials can be had."""

OUTSIDERS: Final[Mapping[str, Peer]] = {
    "dns": Peer("kube-system", {"k8s-app": "kube-dns"}),
    "other in kube-system": Peer("kube-system", {}),
    "stranger": Peer("default", {}),
    "stranger named registry": Peer("default", {_APP: "registry"}),
    "internet": Peer(address="203.0.113.9"),
    "internet by IPv6": Peer(address="2001:db8::9"),
    METADATA[0]: Peer(address="169.254.169.254"),
    METADATA[1]: Peer(address="fd00:ec2::254"),
}
"""Peers that every stack has."""


@cache
def settings_of(stack: str) -> Settings:
    """Return the settings of a stack of the tree, with what the lab adds to its own."""
    config = yaml.safe_load((_ROOT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))["config"]
    added = {"spt-flow:kubeContext": "lab", "spt-flow:coderAccessUrl": "http://10.98.0.80"} if stack == "dev" else {}
    return load_settings(stack, {**engine_texts(config), **added})


def network_policies(stack: str) -> list[dict[str, Any]]:
    """Return the NetworkPolicies that the program registers for a stack."""
    found = program_of(stack).values()
    return [entry.inputs for entry in found if entry.type == "kubernetes:networking.k8s.io/v1:NetworkPolicy"]


def peers_of(stack: str) -> dict[str, Peer]:
    """Return the peers of a stack by name: every workload of the program, what comes later, and those outside."""
    settings = settings_of(stack)
    monitoring = settings.monitoring
    node = settings.cluster.node_cidrs[0].partition("/")[0].rpartition(".")[0]
    namespaces = {
        "entry": settings.entry.coder_entry_namespace,
        "prometheus": monitoring.monitoring_namespace if monitoring.monitoring != "none" else "",
    }
    return {
        **dict(sorted(_workloads(stack), key=lambda found: found[0])),
        # Coder's pods are the chart's.
        "coder": Peer(CODER, {_APP: "coder", "app.kubernetes.io/instance": "coder"}),
        "unlabelled in coder": Peer(CODER, {}),
        "unlabelled in spt-system": Peer(SYSTEM, {}),
        "workspace": Peer(WORKSPACES, {_APP: "coder-workspace"}),
        "other workspace": Peer(WORKSPACES, {_APP: "coder-workspace"}),
        "workspace named coder": Peer(WORKSPACES, {_APP: "coder"}),
        **{name: Peer(namespace, {}) for name, namespace in namespaces.items() if namespace},
        "node": Peer(address=f"{node}.9"),
        **OUTSIDERS,
    }


def _workloads(stack: str) -> Iterator[tuple[str, Peer]]:
    for entry in program_of(stack).values():
        spec = entry.inputs.get("spec") or {}
        if not isinstance(spec, dict):
            continue
        template = spec.get("template") or spec.get("jobTemplate", {}).get("spec", {}).get("template")
        if isinstance(template, dict) and "spec" in template:
            labels = template["metadata"]["labels"]
            yield labels[_APP], Peer(entry.inputs["metadata"]["namespace"], labels)
