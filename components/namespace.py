"""A namespace with its guards: pod security, quota, default limits, and a default denial of all traffic."""

__all__ = [
    "LimitArgs",
    "Namespace",
    "NamespaceArgs",
    "PodSecurity",
    "build_limit_range",
    "build_namespace",
    "build_resource_quota",
]

from collections.abc import Mapping, Sequence
from typing import Literal, NotRequired, TypeAlias, TypedDict

import pulumi
import pulumi_kubernetes as kubernetes

from components.manifest import Manifest, object_metadata
from components.network_flows import Flow
from components.network_policies import build_network_policies
from core.kubernetes_names import object_labels

PodSecurity: TypeAlias = Literal["restricted", "baseline", "privileged"]
"""Level of the Pod Security Standards."""

Amounts: TypeAlias = Mapping[str, pulumi.Input[str]]
"""Quantities by resource name, for example {"cpu": "2"}."""


class LimitArgs(TypedDict):
    """What a container gets that names nothing, and what it may name at most."""

    request: Amounts
    """Requests of a container that names none."""
    default: Amounts
    """Limits of a container that names none."""
    maximum: Amounts
    """Highest limits of a container."""
    pod_maximum: NotRequired[Amounts]
    """Highest sum of limits of a pod; no bound if left out."""


class NamespaceArgs(TypedDict):
    """What a namespace is to be."""

    namespace: str  # no Input: names and policies are built from it
    """The namespace's name."""
    component: str
    """The role of what runs inside, as a label."""
    pod_security: pulumi.Input[PodSecurity]
    """Level that is enforced, warned of and audited."""
    quota: Amounts
    """Hard bounds of the whole namespace, by quota key."""
    limits: LimitArgs
    """Defaults and bounds of each container and pod."""
    flows: Sequence[Flow]  # no Input: each row becomes policies
    """The table of allowed flows; rows that do not touch the namespace are passed over."""
    protect: bool  # no Input: resource options take none
    """Refuse to delete or replace the namespace, with which every volume in it would go."""


class Namespace(pulumi.ComponentResource):
    """A guarded namespace; whatever is put inside should depend on the whole component, not on the name alone."""

    namespace: pulumi.Output[str]
    """The namespace's name."""

    def __init__(self, name: str, args: NamespaceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("spt-flow:index:Namespace", name, None, opts)
        target = args["namespace"]
        manifest = build_namespace(target, args["component"], args["pod_security"])
        namespace = kubernetes.core.v1.Namespace(
            f"{name}-namespace",
            metadata=manifest["metadata"],
            opts=pulumi.ResourceOptions(parent=self, protect=args["protect"]),
        )
        inside = pulumi.ResourceOptions(parent=self, depends_on=[namespace])
        quota = build_resource_quota(target, args["quota"])
        kubernetes.core.v1.ResourceQuota(f"{name}-quota", metadata=quota["metadata"], spec=quota["spec"], opts=inside)
        limits = build_limit_range(target, args["limits"])
        kubernetes.core.v1.LimitRange(f"{name}-limits", metadata=limits["metadata"], spec=limits["spec"], opts=inside)
        for policy in build_network_policies(target, args["flows"]):
            metadata, spec = policy["metadata"], policy["spec"]
            kubernetes.networking.v1.NetworkPolicy(
                f"{name}-{metadata['name']}", metadata=metadata, spec=spec, opts=inside
            )
        self.namespace = pulumi.Output.from_input(namespace.metadata["name"])
        self.register_outputs({"namespace": self.namespace})


def build_namespace(namespace: str, component: str, pod_security: pulumi.Input[PodSecurity]) -> Manifest:
    """Return the Namespace, with the same pod security level for refusal, warning and audit log."""
    modes = ("enforce", "warn", "audit")
    levels = {f"pod-security.kubernetes.io/{mode}": pod_security for mode in modes}
    versions = {f"pod-security.kubernetes.io/{mode}-version": "latest" for mode in modes}
    labels = {**object_labels(namespace, component), **levels, **versions}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": labels}}


def build_resource_quota(namespace: str, hard: Amounts) -> Manifest:
    """Return the ResourceQuota with the hard bounds."""
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": object_metadata("quota", namespace, "quota"),
        "spec": {"hard": dict(hard)},
    }


def build_limit_range(namespace: str, limits: LimitArgs) -> Manifest:
    """Return the LimitRange. Defaults are always named: else the API server would take the maximum for them."""
    container: Manifest = {
        "type": "Container",
        "defaultRequest": dict(limits["request"]),
        "default": dict(limits["default"]),
        "max": dict(limits["maximum"]),
    }
    pod_maximum = limits.get("pod_maximum")
    pod: list[Manifest] = [] if pod_maximum is None else [{"type": "Pod", "max": dict(pod_maximum)}]
    return {
        "apiVersion": "v1",
        "kind": "LimitRange",
        "metadata": object_metadata("limits", namespace, "quota"),
        "spec": {"limits": [container, *pod]},
    }
