"""Coder: the chart's release, its Service and metrics, its credentials, its rights over workspaces."""

__all__ = ["Coder", "CoderArgs"]

import hashlib
from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_kubernetes as kubernetes

from components.coder_manifests import (
    CODER_NAME,
    build_credentials,
    build_metrics_service,
    build_service,
    build_workspace_role,
    build_workspace_role_binding,
)
from components.coder_values import CoderServer, build_values
from components.platform_command import platform_command
from components.secret import to_base64

_RELEASE_SECONDS = 600


class CoderArgs(TypedDict):
    """What Coder is to be."""

    namespace: str  # no Input: names and subjects are built from it
    """Namespace of the control plane."""
    workspace_namespace: str  # no Input, as above
    """Namespace in which templates make workspaces."""
    chart: str
    """Name of the chart in `repository`, an oci:// reference, or an absolute folder."""
    repository: NotRequired[str]
    """URL of the chart repository; left out for a chart that is named in full."""
    server: CoderServer  # no Inputs: the values are checked as they are built
    """What the chart is told."""
    credentials: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Secrets by key, in clear; they end up in a Secret and nowhere else."""
    cluster_ip: NotRequired[pulumi.Input[str]]
    """Fixed address of the Service; the cluster chooses if left out."""


class Coder(pulumi.ComponentResource):
    """A Coder server that is ready: whatever depends on the whole component can talk to it."""

    access_url: pulumi.Output[str]
    """Where users and workspaces reach it."""

    cluster_ip: pulumi.Output[str]
    """Address of the Service."""

    def __init__(self, name: str, args: CoderArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("spt-flow:index:Coder", name, None, opts)
        server = args["server"]
        # Coder's database is migrated forwards only: a lower version is refused before anything is touched.
        preflight = platform_command(
            f"{name}-preflight",
            "preflight",
            {"CODER_URL": server.access_url, "SPTCODER_TARGET_VERSION": server.version},
            opts=pulumi.ResourceOptions(parent=self),
        )
        before = [preflight, *self._rights(name, args), *self._credentials(name, args)]
        release = self._release(name, args, build_values(server), before)
        after = pulumi.ResourceOptions(parent=self, depends_on=[release])
        manifest = build_service(args["namespace"], args.get("cluster_ip"), replicas=server.replicas)
        # A Service is awaited until it has endpoints: those are the release's pods.
        service = kubernetes.core.v1.Service(
            f"{name}-service", metadata=manifest["metadata"], spec=manifest["spec"], opts=after
        )
        manifest = build_metrics_service(args["namespace"])
        kubernetes.core.v1.Service(f"{name}-metrics", metadata=manifest["metadata"], spec=manifest["spec"], opts=after)
        self.access_url = pulumi.Output.from_input(server.access_url)
        self.cluster_ip = pulumi.Output.from_input(service.spec.cluster_ip)
        self.register_outputs({"accessUrl": self.access_url, "clusterIp": self.cluster_ip})

    def _rights(self, name: str, args: CoderArgs) -> list[pulumi.Resource]:
        """Let Coder make workspaces. The service account it is bound to comes with the release."""
        namespace, child = args["workspace_namespace"], pulumi.ResourceOptions(parent=self)
        manifest = build_workspace_role(namespace)
        role = kubernetes.rbac.v1.Role(
            f"{name}-role", metadata=manifest["metadata"], rules=manifest["rules"], opts=child
        )
        manifest = build_workspace_role_binding(namespace, coder_namespace=args["namespace"])
        binding = kubernetes.rbac.v1.RoleBinding(
            f"{name}-role-binding",
            metadata=manifest["metadata"],
            role_ref=manifest["roleRef"],
            subjects=manifest["subjects"],
            opts=child,
        )
        return [role, binding]

    def _credentials(self, name: str, args: CoderArgs) -> list[pulumi.Resource]:
        credentials = args.get("credentials")
        if not credentials:
            return []
        hidden = {key: pulumi.Output.secret(value).apply(to_base64) for key, value in credentials.items()}
        manifest = build_credentials(args["namespace"], hidden)
        secret = kubernetes.core.v1.Secret(
            f"{name}-credentials",
            metadata=manifest["metadata"],
            type=manifest["type"],
            data=manifest["data"],
            opts=pulumi.ResourceOptions(parent=self),
        )
        return [secret]

    def _release(
        self, name: str, args: CoderArgs, values: dict[str, Any], before: list[pulumi.Resource]
    ) -> kubernetes.helm.v3.Release:
        credentials = args.get("credentials")
        if credentials:
            # Variables are read when a pod starts: a changed credential has to bring a new one.
            annotations = values["coder"].get("podAnnotations", {})
            checksum = pulumi.Output.json_dumps(dict(credentials)).apply(_checksum)
            values["coder"]["podAnnotations"] = {**annotations, "spt-flow/credentials-checksum": checksum}
        repository = args.get("repository")
        return kubernetes.helm.v3.Release(
            f"{name}-release",
            name=CODER_NAME,
            namespace=args["namespace"],
            chart=args["chart"],
            version=args["server"].version,
            repository_opts=None if repository is None else kubernetes.helm.v3.RepositoryOptsArgs(repo=repository),
            values=values,
            timeout=_RELEASE_SECONDS,
            max_history=5,
            opts=pulumi.ResourceOptions(parent=self, depends_on=before),
        )


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
