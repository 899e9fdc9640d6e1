"""Settings of the node's parts, containerd, pod network, kubelet and kube-proxy, as pure builders."""

__all__ = [
    "build_containerd_configuration",
    "build_kube_proxy_configuration",
    "build_kubelet_configuration",
    "build_pod_network",
    "build_registry_hosts",
]

from pathlib import Path
from typing import Any

import ports
from lab.cluster.layout import CONTAINERD_SOCKET, ClusterLayout
from lab.instance import LabInstance


def build_containerd_configuration(layout: ClusterLayout, pause_image: str) -> str:
    """Return containerd's configuration (TOML). Its state lies in the lab's own /run, which no crash outlives."""
    return f"""\
version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
# The score cannot be lowered without CAP_SYS_RESOURCE; the runtime sets those of pods.
oom_score = 0

[grpc]
  address = "{CONTAINERD_SOCKET}"

[plugins."io.containerd.internal.v1.opt"]
  path = "/var/lib/containerd/opt"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{pause_image}"
  restrict_oom_score_adj = true
  device_ownership_from_security_context = true
  # A profile would be loaded into the machine's kernel and outlive the lab.
  disable_apparmor = true
  max_container_log_line_size = 16384

  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{layout.config / "cni"}"

  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"

    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"

      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false

  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "{layout.config / "certs.d"}"
"""


def build_registry_hosts(instance: LabInstance) -> str:
    """Return containerd's `hosts.toml` for the registry's in-cluster name: the node has no cluster DNS."""
    address = f"http://{instance.registry_address}:{ports.REGISTRY}"
    return f'server = "{address}"\n\n[host."{address}"]\n  capabilities = ["pull", "resolve"]\n'


def build_pod_network(instance: LabInstance) -> dict[str, Any]:
    """Return the CNI chain. Each pod has a cable of its own to the node.

    With cables instead of a bridge every packet is routed, so Service addresses work without the
    br_netfilter module, which would change how the user's own bridges are filtered.
    """
    return {
        "cniVersion": "0.4.0",
        "name": "spt-flow",
        "plugins": [
            {
                "type": "ptp",
                "ipMasq": True,
                "ipam": {
                    "type": "host-local",
                    "ranges": [[{"subnet": str(instance.pod_cidr)}]],
                    "routes": [{"dst": "0.0.0.0/0"}],
                    "dataDir": "/run/cni/networks",
                },
            },
            {"type": "portmap", "capabilities": {"portMappings": True}, "snat": True},
        ],
    }


def build_kubelet_configuration(instance: LabInstance, layout: ClusterLayout, resolv_conf: Path) -> dict[str, Any]:
    """Return the KubeletConfiguration; every pod lives below the lab's cgroup."""
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": str(instance.node_address),
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": str(layout.pki / "ca.crt")},
        },
        "authorization": {"mode": "Webhook"},
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": instance.cgroup,
        "clusterDNS": [str(instance.dns_address)],
        "clusterDomain": "cluster.local",
        "containerLogMaxFiles": 2,
        "containerLogMaxSize": "5Mi",
        "containerRuntimeEndpoint": f"unix://{CONTAINERD_SOCKET}",
        # Absolute sizes: a share of a big disk would call 20 GiB of free space "full".
        "evictionHard": {"imagefs.available": "1Gi", "memory.available": "100Mi", "nodefs.available": "1Gi"},
        "failCgroupV1": False,
        "failSwapOn": False,
        "healthzBindAddress": "127.0.0.1",
        # The node's own images come from no registry: collected once, they could not be pulled again.
        "imageGCHighThresholdPercent": 100,
        "imageGCLowThresholdPercent": 99,
        "readOnlyPort": 0,
        "resolvConf": str(resolv_conf),
        "rotateCertificates": False,
        "seccompDefault": True,
        "serializeImagePulls": False,
        "tlsCertFile": str(layout.pki / "kubelet-server.crt"),
        "tlsPrivateKeyFile": str(layout.pki / "kubelet-server.key"),
        "volumePluginDir": "/var/lib/kubelet/volume-plugins",
    }


def build_kube_proxy_configuration(instance: LabInstance, layout: ClusterLayout) -> dict[str, Any]:
    """Return the KubeProxyConfiguration."""
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "bindAddress": "0.0.0.0",  # noqa: S104 - inside the lab's own network namespace
        "clientConnection": {"kubeconfig": str(layout.config / "kube-proxy.kubeconfig")},
        "clusterCIDR": str(instance.pod_cidr),
        # Zero leaves the kernel's values alone: they are not the lab's to change.
        "conntrack": {"maxPerCore": 0, "min": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
        "healthzBindAddress": "127.0.0.1:10256",
        "hostnameOverride": instance.node_name,
        "metricsBindAddress": "127.0.0.1:10249",
        "mode": "iptables",
        # A lower score needs CAP_SYS_RESOURCE, which not every machine gives even to root.
        "oomScoreAdj": 0,
    }
