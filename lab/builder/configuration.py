"""Settings of the builder's dockerd and containerd: nothing of the machine's network is touched."""

__all__ = ["build_containerd_config", "build_daemon_config", "build_environment"]

from collections.abc import Mapping
from typing import Any, Final

from lab.builder.place import BuilderPlace

_LAB_NETWORKS: Final = ("10.98.0.0/16", "10.99.0.0/16")
"""Services and nodes of all labs, whatever their slot: their registries speak plain HTTP."""

_CONTAINERD_SOCKET: Final = "/run/containerd/containerd.sock"
"""As the guardian's namespace sees it, where /run is its own."""

_KEPT_LAYERS: Final = "24GB"
"""Beyond this BuildKit drops the layers that were not used for the longest time."""

_PASSED: Final = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR")
_NO_PROXY: Final = ("NO_PROXY", "no_proxy")
_PATH: Final = "/usr/sbin:/usr/bin:/sbin:/bin"


def build_daemon_config(place: BuilderPlace) -> dict[str, Any]:
    """Return dockerd's settings. Builds use the host's network: no bridge, and no rule of the firewall is written."""
    return {
        "data-root": str(place.data),
        "exec-root": "/run/docker",
        "pidfile": "/run/docker.pid",
        "hosts": [place.docker_host],
        "group": "root",
        "containerd": _CONTAINERD_SOCKET,
        "cgroup-parent": f"/{place.cgroup}",
        "exec-opts": ["native.cgroupdriver=cgroupfs"],
        "bridge": "none",
        "iptables": False,
        "ip-forward": False,
        "ip-masq": False,
        "userland-proxy": False,
        "insecure-registries": list(_LAB_NETWORKS),
        "features": {"buildkit": True},
        "builder": {"gc": {"enabled": True, "defaultKeepStorage": _KEPT_LAYERS}},
    }


def build_containerd_config(place: BuilderPlace) -> str:
    """Return containerd's settings: all it keeps is in the builder's folder, all it runs with in the private /run."""
    return f"""version = 2
root = "{place.containerd}"
state = "/run/containerd"
disabled_plugins = ["io.containerd.grpc.v1.cri"]

[grpc]
  address = "{_CONTAINERD_SOCKET}"
"""


def build_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what dockerd gets of the caller's environment: how to reach registries, and nothing else."""
    kept = {name: environment[name] for name in _PASSED if environment.get(name)}
    direct = [value for name in _NO_PROXY if (value := environment.get(name))]
    for name in _NO_PROXY:
        kept[name] = ",".join([*direct[:1], "localhost", "127.0.0.0/8", *_LAB_NETWORKS])
    return {"PATH": _PATH, "LC_ALL": "C.UTF-8", **kept}
