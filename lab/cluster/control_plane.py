"""Settings of etcd, the API server, the controller manager and the scheduler, as pure builders."""

__all__ = [
    "build_apiserver_command",
    "build_authentication_configuration",
    "build_controller_manager_command",
    "build_etcd_command",
    "build_scheduler_command",
]

from pathlib import Path
from typing import Any

import ports
from lab.cluster.audit import build_audit_arguments
from lab.cluster.layout import ClusterLayout
from lab.instance import LabInstance

_OPEN_PATHS = ("/livez", "/readyz", "/healthz")
"""What may be asked without a certificate: health, and nothing else."""

_ISSUER = "https://kubernetes.default.svc.cluster.local"


def build_etcd_command(layout: ClusterLayout) -> list[str]:
    """Return etcd's command line: one member, TLS both ways, on the lab's own loopback."""
    client, peer = f"https://127.0.0.1:{ports.ETCD_CLIENT}", f"https://127.0.0.1:{ports.ETCD_PEER}"
    pki = layout.pki
    return [
        "etcd",
        "--name=lab",
        f"--data-dir={layout.etcd}",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=lab={peer}",
        "--client-cert-auth=true",
        f"--trusted-ca-file={pki / 'etcd-ca.crt'}",
        f"--cert-file={pki / 'etcd-server.crt'}",
        f"--key-file={pki / 'etcd-server.key'}",
        "--peer-client-cert-auth=true",
        f"--peer-trusted-ca-file={pki / 'etcd-ca.crt'}",
        f"--peer-cert-file={pki / 'etcd-server.crt'}",
        f"--peer-key-file={pki / 'etcd-server.key'}",
        "--logger=zap",
        "--log-outputs=stderr",
    ]


def build_apiserver_command(instance: LabInstance, layout: ClusterLayout, binaries: Path) -> list[str]:
    """Return the API server's command line: Node and RBAC authorization, Secrets encrypted, requests audited."""
    pki = layout.pki
    return [
        str(binaries / "kube-apiserver"),
        f"--advertise-address={instance.node_address}",
        f"--bind-address={instance.node_address}",
        f"--secure-port={ports.APISERVER}",
        f"--service-cluster-ip-range={instance.service_cidr}",
        f"--etcd-servers=https://127.0.0.1:{ports.ETCD_CLIENT}",
        f"--etcd-cafile={pki / 'etcd-ca.crt'}",
        f"--etcd-certfile={pki / 'apiserver-etcd-client.crt'}",
        f"--etcd-keyfile={pki / 'apiserver-etcd-client.key'}",
        f"--client-ca-file={pki / 'ca.crt'}",
        f"--tls-cert-file={pki / 'apiserver.crt'}",
        f"--tls-private-key-file={pki / 'apiserver.key'}",
        f"--kubelet-certificate-authority={pki / 'ca.crt'}",
        f"--kubelet-client-certificate={pki / 'apiserver-kubelet-client.crt'}",
        f"--kubelet-client-key={pki / 'apiserver-kubelet-client.key'}",
        "--kubelet-preferred-address-types=InternalIP",
        f"--requestheader-client-ca-file={pki / 'front-proxy-ca.crt'}",
        "--requestheader-allowed-names=front-proxy-client",
        "--requestheader-username-headers=X-Remote-User",
        "--requestheader-group-headers=X-Remote-Group",
        "--requestheader-extra-headers-prefix=X-Remote-Extra-",
        f"--proxy-client-cert-file={pki / 'front-proxy-client.crt'}",
        f"--proxy-client-key-file={pki / 'front-proxy-client.key'}",
        f"--service-account-issuer={_ISSUER}",
        f"--service-account-key-file={pki / 'sa.pub'}",
        f"--service-account-signing-key-file={pki / 'sa.key'}",
        "--authorization-mode=Node,RBAC",
        f"--authentication-config={layout.config / 'authentication.yaml'}",
        "--enable-admission-plugins=NodeRestriction",
        f"--encryption-provider-config={layout.config / 'encryption.yaml'}",
        *build_audit_arguments(layout.config / "audit-policy.yaml", layout.audit / "audit.log"),
        "--allow-privileged=true",
        "--profiling=false",
    ]


def build_authentication_configuration() -> dict[str, Any]:
    """Return the API server's authentication settings: without a certificate or token only health may be asked."""
    return {
        "apiVersion": "apiserver.config.k8s.io/v1",
        "kind": "AuthenticationConfiguration",
        "anonymous": {"enabled": True, "conditions": [{"path": path} for path in _OPEN_PATHS]},
    }


def build_controller_manager_command(instance: LabInstance, layout: ClusterLayout, binaries: Path) -> list[str]:
    """Return the controller manager's command line; each controller acts with an account of its own."""
    kubeconfig = layout.config / "controller-manager.kubeconfig"
    return [
        str(binaries / "kube-controller-manager"),
        "--bind-address=127.0.0.1",
        f"--kubeconfig={kubeconfig}",
        f"--authentication-kubeconfig={kubeconfig}",
        f"--authorization-kubeconfig={kubeconfig}",
        f"--client-ca-file={layout.pki / 'ca.crt'}",
        f"--requestheader-client-ca-file={layout.pki / 'front-proxy-ca.crt'}",
        f"--root-ca-file={layout.pki / 'ca.crt'}",
        f"--service-account-private-key-file={layout.pki / 'sa.key'}",
        f"--cluster-signing-cert-file={layout.pki / 'ca.crt'}",
        f"--cluster-signing-key-file={layout.pki / 'ca.key'}",
        "--use-service-account-credentials=true",
        "--allocate-node-cidrs=true",
        f"--cluster-cidr={instance.pod_cidr}",
        f"--node-cidr-mask-size={instance.pod_cidr.prefixlen}",
        f"--service-cluster-ip-range={instance.service_cidr}",
        "--cluster-name=spt-flow",
        "--leader-elect=false",
        "--profiling=false",
    ]


def build_scheduler_command(layout: ClusterLayout, binaries: Path) -> list[str]:
    """Return the scheduler's command line."""
    kubeconfig = layout.config / "scheduler.kubeconfig"
    return [
        str(binaries / "kube-scheduler"),
        "--bind-address=127.0.0.1",
        f"--kubeconfig={kubeconfig}",
        f"--authentication-kubeconfig={kubeconfig}",
        f"--authorization-kubeconfig={kubeconfig}",
        f"--client-ca-file={layout.pki / 'ca.crt'}",
        f"--requestheader-client-ca-file={layout.pki / 'front-proxy-ca.crt'}",
        "--leader-elect=false",
        "--profiling=false",
    ]
