"""One X.509 certificate with its key: what it must say, whether a stored one still says it, and issuing it."""

__all__ = ["CertificateSpec", "IssuedCertificate", "issue", "load", "satisfies"]

import datetime as dt
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from lab.cluster.stored_file import write_if_changed

_RENEW_BEFORE = dt.timedelta(days=30)
"""A certificate with less than this left is issued again when the lab starts."""

_SKEW = dt.timedelta(hours=1)
"""Certificates hold from a little before they were made, for clocks that are set back."""


@dataclass(frozen=True)
class CertificateSpec:
    """What a certificate must say. `issuer` names the authority; None means it is one itself."""

    name: str
    common_name: str
    issuer: str | None
    organizations: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    server: bool = False
    client: bool = False
    days: int = 365


@dataclass(frozen=True)
class IssuedCertificate:
    """A certificate and its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def certificate_pem(self) -> bytes:
        """The certificate, PEM."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        """The private key, PEM, unencrypted."""
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def save(self, folder: Path, name: str) -> None:
        """Write NAME.crt and NAME.key (0600) into `folder`; the key first, so that a pair is never half new."""
        write_if_changed(folder / f"{name}.key", self.key_pem, mode=0o600)
        write_if_changed(folder / f"{name}.crt", self.certificate_pem)


def issue(
    spec: CertificateSpec, authority: IssuedCertificate | None, now: dt.datetime | None = None
) -> IssuedCertificate:
    """Make a new key and certificate for `spec`, signed by `authority`, or by itself when that is None."""
    now = now or dt.datetime.now(dt.UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _subject(spec)
    issuer = subject if authority is None else authority.certificate.subject
    signing_key = key if authority is None else authority.key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now + dt.timedelta(days=spec.days))
        .add_extension(x509.BasicConstraints(ca=spec.issuer is None, path_length=None), critical=True)
        .add_extension(_key_usage(authority=spec.issuer is None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key()), critical=False)
    )
    if usages := _usages(spec):
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
    if alternatives := _alternatives(spec):
        builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
    return IssuedCertificate(builder.sign(signing_key, hashes.SHA256()), key)


def load(folder: Path, name: str) -> IssuedCertificate | None:
    """Read NAME.crt and NAME.key; None when one is missing or cannot be read."""
    try:
        certificate = x509.load_pem_x509_certificate((folder / f"{name}.crt").read_bytes())
        key = serialization.load_pem_private_key((folder / f"{name}.key").read_bytes(), password=None)
    except (OSError, ValueError, TypeError):
        return None
    return IssuedCertificate(certificate, key) if isinstance(key, ec.EllipticCurvePrivateKey) else None


def satisfies(
    stored: IssuedCertificate,
    spec: CertificateSpec,
    authority: IssuedCertificate | None,
    now: dt.datetime | None = None,
) -> bool:
    """Tell whether `stored` still says what `spec` asks, belongs to `authority` and is not near its end."""
    now = now or dt.datetime.now(dt.UTC)
    certificate = stored.certificate
    if certificate.not_valid_after_utc - now < _RENEW_BEFORE or certificate.not_valid_before_utc > now:
        return False
    if certificate.public_key() != stored.key.public_key() or certificate.subject != _subject(spec):
        return False
    if set(_stored_alternatives(certificate)) != set(_alternatives(spec)):
        return False
    if set(_stored_usages(certificate)) != set(_usages(spec)):
        return False
    issuer = stored if authority is None else authority
    try:
        certificate.verify_directly_issued_by(issuer.certificate)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _subject(spec: CertificateSpec) -> x509.Name:
    organizations = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, name) for name in spec.organizations]
    return x509.Name([*organizations, x509.NameAttribute(NameOID.COMMON_NAME, spec.common_name)])


def _usages(spec: CertificateSpec) -> list[x509.ObjectIdentifier]:
    server = [ExtendedKeyUsageOID.SERVER_AUTH] if spec.server else []
    client = [ExtendedKeyUsageOID.CLIENT_AUTH] if spec.client else []
    return server + client


def _alternatives(spec: CertificateSpec) -> list[x509.GeneralName]:
    names: list[x509.GeneralName] = [x509.DNSName(name) for name in spec.names]
    return names + [x509.IPAddress(ipaddress.ip_address(address)) for address in spec.addresses]


def _stored_alternatives(certificate: x509.Certificate) -> list[x509.GeneralName]:
    try:
        return list(certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except x509.ExtensionNotFound:
        return []


def _stored_usages(certificate: x509.Certificate) -> list[x509.ObjectIdentifier]:
    try:
        return list(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        return []


def _key_usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
