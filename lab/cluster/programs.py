"""Everything a lab's cluster is configured with: files written, programs declared."""

__all__ = ["Configured", "configure"]

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

import ports
from lab.cluster import control_plane, node
from lab.cluster.audit import audit_policy
from lab.cluster.encryption import build_encryption_configuration, ensure_encryption_key
from lab.cluster.kubeconfig import build_kubeconfig
from lab.cluster.layout import ClusterLayout
from lab.cluster.pki import ensure_pki
from lab.cluster.program import Program, build_supervisor_configuration
from lab.cluster.resolver import build_resolv_conf, upstream_servers
from lab.cluster.stored_file import remove_unfinished, write_if_changed
from lab.instance import LabInstance

_COMPONENT_USERS = {
    "controller-manager": "system:kube-controller-manager",
    "scheduler": "system:kube-scheduler",
    "kube-proxy": "system:kube-proxy",
    "kubelet": "system:node",
}

_REGISTRY_NAME = f"registry.coder.svc.cluster.local:{ports.REGISTRY}"


@dataclass(frozen=True)
class Configured:
    """What `configure` prepared."""

    supervisor_file: Path
    environment: dict[str, str]
    has_upstream_dns: bool


def configure(instance: LabInstance, binaries: Path, pause_image: str) -> Configured:
    """Write keys, certificates and the settings of every component; only what changed is written."""
    layout = ClusterLayout.of(instance)
    layout.make_folders()
    remove_unfinished(layout.pki)
    remove_unfinished(layout.config)
    _write_kubeconfigs(instance, layout)
    servers = upstream_servers()
    _write_settings(instance, layout, servers, pause_image)
    environment = {
        "PATH": f"{binaries}:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": "/root",
        "LC_ALL": "C.UTF-8",
    }
    supervisor_file = layout.config / "supervisord.conf"
    text = build_supervisor_configuration(build_programs(instance, layout, binaries), layout, environment)
    write_if_changed(supervisor_file, text, mode=0o600)
    return Configured(supervisor_file, environment, has_upstream_dns=bool(servers))


def build_programs(instance: LabInstance, layout: ClusterLayout, binaries: Path) -> list[Program]:
    """Return the seven programs of a node with its control plane, in the order they depend on one another."""
    pki, config = layout.pki, layout.config
    kubelet = [
        str(binaries / "kubelet"),
        f"--config={config / 'kubelet.yaml'}",
        f"--kubeconfig={config / 'kubelet.kubeconfig'}",
        f"--hostname-override={instance.node_name}",
        f"--node-ip={instance.node_address}",
    ]
    authority = (pki / "ca.crt", pki / "front-proxy-ca.crt")
    tokens = (pki / "sa.pub", pki / "sa.key")
    etcd_files = (pki / "etcd-ca.crt", pki / "etcd-server.crt")
    api_files = (
        *(pki / f"{name}.crt" for name in ("apiserver", "apiserver-etcd-client", "apiserver-kubelet-client")),
        *(pki / f"{name}.crt" for name in ("front-proxy-client", "etcd-ca")),
        *(config / f"{name}.yaml" for name in ("audit-policy", "authentication", "encryption")),
    )
    proxy = [str(binaries / "kube-proxy"), f"--config={config / 'kube-proxy.yaml'}"]
    apiserver = control_plane.build_apiserver_command(instance, layout, binaries)
    manager = control_plane.build_controller_manager_command(instance, layout, binaries)
    scheduler = control_plane.build_scheduler_command(layout, binaries)
    containerd = ["containerd", "--config", str(config / "containerd.toml")]
    kubelet_files = (config / "kubelet.yaml", config / "kubelet.kubeconfig", pki / "kubelet-server.crt", pki / "ca.crt")
    return [
        Program("etcd", control_plane.build_etcd_command(layout), etcd_files),
        Program("containerd", containerd, (config / "containerd.toml",)),
        Program("kube-apiserver", apiserver, (*authority, *tokens, *api_files)),
        Program("kube-controller-manager", manager, (*authority, *tokens, config / "controller-manager.kubeconfig")),
        Program("kube-scheduler", scheduler, (config / "scheduler.kubeconfig",)),
        Program("kube-proxy", proxy, (config / "kube-proxy.yaml", config / "kube-proxy.kubeconfig")),
        # Waits for the node's images: without the pause image its first pods would back off.
        Program("kubelet", kubelet, kubelet_files, autostart=False),
    ]


def _write_kubeconfigs(instance: LabInstance, layout: ClusterLayout) -> None:
    issued = ensure_pki(instance, layout.pki)
    targets = {name: layout.config / f"{name}.kubeconfig" for name in _COMPONENT_USERS}
    for name, path in {**targets, "admin": instance.kubeconfig}.items():
        content = build_kubeconfig(
            context=instance.context,
            server=instance.api_url,
            authority=issued["ca"],
            user=issued[name],
            user_name=_COMPONENT_USERS.get(name, f"{instance.context}-admin"),
        )
        write_if_changed(path, _yaml(content), mode=0o600)


def _write_settings(instance: LabInstance, layout: ClusterLayout, servers: list[str], pause_image: str) -> None:
    config = layout.config
    resolv_conf = config / "resolv.conf"
    key = ensure_encryption_key(layout.pki / "secrets.key")
    write_if_changed(config / "encryption.yaml", _yaml(build_encryption_configuration(key)), mode=0o600)
    write_if_changed(resolv_conf, build_resolv_conf(servers))
    network = json.dumps(node.build_pod_network(instance), indent=2)
    texts = {
        config / "audit-policy.yaml": audit_policy(),
        config / "authentication.yaml": _yaml(control_plane.build_authentication_configuration()),
        config / "kubelet.yaml": _yaml(node.build_kubelet_configuration(instance, layout, resolv_conf)),
        config / "kube-proxy.yaml": _yaml(node.build_kube_proxy_configuration(instance, layout)),
        config / "containerd.toml": node.build_containerd_configuration(layout, pause_image),
        config / "cni" / "10-spt-flow.conflist": network,
        config / "certs.d" / _REGISTRY_NAME / "hosts.toml": node.build_registry_hosts(instance),
    }
    for path, text in texts.items():
        write_if_changed(path, text)


def _yaml(content: dict[str, Any]) -> str:
    return yaml.safe_dump(content, sort_keys=False)
