"""The lab's public-key infrastructure: three authorities, every component's certificate, the token-signing key."""

__all__ = ["build_certificate_specs", "ensure_pki"]

from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from lab.cluster.certificate import CertificateSpec, IssuedCertificate, issue, load, satisfies
from lab.cluster.stored_file import write_if_changed
from lab.instance import LabInstance

_AUTHORITY_DAYS = 3650


def build_certificate_specs(instance: LabInstance) -> tuple[CertificateSpec, ...]:
    """Return every certificate of the lab; an authority comes before what it signs."""
    return (*_authorities(), *_servers(instance), *_clients(instance))


def ensure_pki(instance: LabInstance, folder: Path) -> dict[str, IssuedCertificate]:
    """Load or issue every certificate and the service-account key in `folder`; return certificates by name.

    A certificate is issued again when it is near its end, or no longer says what the lab needs.
    """
    _ensure_token_key(folder)
    issued: dict[str, IssuedCertificate] = {}
    for spec in build_certificate_specs(instance):
        authority = None if spec.issuer is None else issued[spec.issuer]
        stored = load(folder, spec.name)
        if stored is None or not satisfies(stored, spec, authority):
            stored = issue(spec, authority)
            stored.save(folder, spec.name)
        issued[spec.name] = stored
    return issued


def _authorities() -> tuple[CertificateSpec, ...]:
    names = {"ca": "spt-flow-kubernetes", "etcd-ca": "spt-flow-etcd", "front-proxy-ca": "spt-flow-front-proxy"}
    return tuple(
        CertificateSpec(name=name, common_name=common, issuer=None, days=_AUTHORITY_DAYS)
        for name, common in names.items()
    )


def _servers(instance: LabInstance) -> tuple[CertificateSpec, ...]:
    node = (instance.node_name, str(instance.node_address))
    services = ("kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local")
    return (
        CertificateSpec(
            name="apiserver",
            common_name="kube-apiserver",
            issuer="ca",
            names=(*services, "localhost", node[0]),
            addresses=(node[1], str(instance.api_service_address), "127.0.0.1"),
            server=True,
        ),
        CertificateSpec(
            name="kubelet-server",
            common_name=f"system:node:{node[0]}",
            organizations=("system:nodes",),
            issuer="ca",
            names=(node[0],),
            addresses=(node[1],),
            server=True,
        ),
        CertificateSpec(
            name="etcd-server",
            common_name="etcd",
            issuer="etcd-ca",
            names=("localhost",),
            addresses=("127.0.0.1",),
            server=True,
            client=True,
        ),
    )


def _clients(instance: LabInstance) -> tuple[CertificateSpec, ...]:
    def client(name: str, common_name: str, *organizations: str, issuer: str = "ca") -> CertificateSpec:
        return CertificateSpec(
            name=name, common_name=common_name, issuer=issuer, organizations=organizations, client=True
        )

    return (
        client("apiserver-etcd-client", "kube-apiserver-etcd-client", issuer="etcd-ca"),
        client("apiserver-kubelet-client", "kube-apiserver-kubelet-client"),
        client("front-proxy-client", "front-proxy-client", issuer="front-proxy-ca"),
        client("admin", "spt-flow-admin", "system:masters"),
        client("controller-manager", "system:kube-controller-manager"),
        client("scheduler", "system:kube-scheduler"),
        client("kube-proxy", "system:kube-proxy"),
        client("kubelet", f"system:node:{instance.node_name}", "system:nodes"),
    )


def _ensure_token_key(folder: Path) -> None:
    private, public = folder / "sa.key", folder / "sa.pub"
    try:
        key = serialization.load_pem_private_key(private.read_bytes(), password=None)
    except (OSError, ValueError, TypeError):
        key = ec.generate_private_key(ec.SECP256R1())
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        write_if_changed(private, pem, mode=0o600)
    public_pem = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    write_if_changed(public, public_pem)
