"""What a cluster needs before the platform: access for the API server, DNS, persistent volumes."""

__all__ = ["ADDON_DEPLOYMENTS", "apply_addons", "build_addons", "manifest_digest"]

import hashlib
from collections.abc import Mapping
from pathlib import Path
from string import Template

from core.command import Command
from lab.cluster.layout import ClusterLayout
from lab.instance import LabInstance

ADDON_DEPLOYMENTS = (("kube-system", "coredns"), ("local-path-storage", "local-path-provisioner"))
"""Namespace and name of the Deployments that must be available."""

_MANIFESTS = Path(__file__).parent.parent / "manifests"
_FILES = ("cluster-access.yaml", "coredns.yaml", "local-path.yaml")
_APPLY_TIMEOUT = 60.0


def build_addons(instance: LabInstance, images: Mapping[str, str], *, has_upstream_dns: bool) -> str:
    """Return the manifests as one YAML text; `images` maps short names of node images to references."""
    forward = "forward . /etc/resolv.conf" if has_upstream_dns else ""
    values = {
        "forward": forward,
        "corefile_digest": hashlib.sha256(forward.encode()).hexdigest()[:16],
        "dns_address": str(instance.dns_address),
        "volumes": str(ClusterLayout.of(instance).volumes),
        "coredns": images["coredns"],
        "local_path_provisioner": images["local-path-provisioner"],
        "helper": images["busybox"],
    }
    return "---\n".join(Template((_MANIFESTS / name).read_text()).substitute(values) for name in _FILES)


def manifest_digest(manifests: str) -> str:
    """Return what identifies a text of manifests."""
    return hashlib.sha256(manifests.encode()).hexdigest()[:16]


def apply_addons(instance: LabInstance, binaries: Path, manifests: str) -> None:
    """Apply the manifests by server-side apply; fields that somebody else has taken are taken back."""
    kubectl = Command("kubectl", env={"KUBECONFIG": str(instance.kubeconfig)}, path=[binaries])
    options = ("--server-side", "--force-conflicts", "--field-manager=spt-flow-lab", "--filename=-")
    kubectl.run("apply", *options, stdin=manifests, timeout=_APPLY_TIMEOUT)
