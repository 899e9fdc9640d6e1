"""Until when certificates hold: those of the lab's own PKI, and those that the cluster's entries show."""

__all__ = ["Dated", "certificate_parts", "dated", "entry_certificates", "lab_certificates"]

import base64
import binascii
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509

from core.command import Command
from lab.cluster import PartHealth
from lab.toolchain import toolchain_bin

_SOON: Final = timedelta(days=14)
_TLS: Final = "type=kubernetes.io/tls"
# The key beside the certificate is never printed, so it is in no output, log or message.
_PUBLIC: Final = r'{range .items[*]}{.metadata.namespace}{" "}{.metadata.name}{" "}{.data.tls\.crt}{"\n"}{end}'
_SECONDS: Final = 10


@dataclass(frozen=True)
class Dated:
    """A certificate's name, when it begins and ends, and what renews it."""

    name: str
    begins: datetime
    ends: datetime
    renewal: str


def certificate_parts(part: str, found: Sequence[Dated], now: datetime) -> list[PartHealth]:
    """Return a part for each certificate that does not hold or will not for long, or one for all of them."""
    parts = [
        PartHealth(part, healthy=False, detail=f"{each.name} {fault}", next_command=each.renewal)
        for each in found
        if (fault := _fault(each, now))
    ]
    if parts or not found:
        return parts
    first = min(found, key=lambda each: each.ends)
    return [PartHealth(part, healthy=True, detail=f"{len(found)} hold; {first.name} ends first, {first.ends:%Y-%m-%d}")]


def _fault(certificate: Dated, now: datetime) -> str | None:
    if now < certificate.begins:
        return f"begins only {certificate.begins:%Y-%m-%d %H:%M} UTC: this machine's clock may be behind"
    if now >= certificate.ends:
        return f"ended {certificate.ends:%Y-%m-%d}"
    return f"ends {certificate.ends:%Y-%m-%d}" if certificate.ends - now < _SOON else None


def lab_certificates(folder: Path) -> list[Dated]:
    """Return the lab's own; `make up` renews them in time."""
    return dated(((path.stem, path.read_bytes()) for path in sorted(folder.glob("*.crt"))), "make up")


def entry_certificates(where: Sequence[str]) -> list[Dated]:
    """Return those in the cluster's TLS Secrets; raise SptFlowError if they cannot be read."""
    kubectl = Command("kubectl", path=[toolchain_bin()])
    question = ("get", "secrets", "-A", f"--field-selector={_TLS}", "-o", f"jsonpath={_PUBLIC}")
    lines = kubectl.run(*where, *question, timeout=_SECONDS).stdout.splitlines()
    found = []
    for namespace, name, text in (line.split(" ", 2) for line in lines if line.count(" ") > 1):
        try:
            content = base64.b64decode(text, validate=True)
        except binascii.Error:
            content = b""
        found += dated([(f"{namespace}/{name}", content)], f"kubectl -n {namespace} describe certificate,secret {name}")
    return found


def dated(contents: Iterable[tuple[str, bytes]], renewal: str) -> list[Dated]:
    """Read PEM certificates by name, the first of each; what is none has ended long ago."""
    found = []
    for name, content in contents:
        try:
            certificate = x509.load_pem_x509_certificate(content)
            begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        except ValueError:
            begins = ends = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
        found.append(Dated(name, begins, ends, renewal))
    return found
