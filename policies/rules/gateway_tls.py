"""Rule: every listener of a Gateway has TLS; a plain one is named in the configuration and only redirects."""

__all__ = ["GATEWAY_TLS", "check"]

from collections.abc import Collection
from typing import Final

from policies.findings import Findings
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords
from policies.subjects.gateways import Listener, is_gateway, listeners_of

_TLS: Final = ("HTTPS", "TLS")
_OTHERS: Final = ("HTTP", "TCP", "UDP", "GRPC")


def check(resource: Resource, plain: Collection[str], findings: Findings) -> None:
    """Report listeners without TLS or without certificates."""
    for manifest in resource.manifests(findings):
        if not is_gateway(manifest):
            continue
        subject = manifest.subject
        listeners = manifest.body.get("spec", "listeners")
        if not listeners.is_sequence and listeners.unknown is None:
            findings.violation(subject, f"{subject.title} must have a list of listeners: what it has is none.")
        for listener in listeners_of(manifest, findings):
            if subject.is_exact and f"{subject} {listener.name}" in plain:
                continue
            complaint = _complaint(listener, findings)
            if complaint is not None:
                findings.violation(subject, f"The listener '{listener.name}' of {subject.title} {complaint}")


def _complaint(listener: Listener, findings: Findings) -> str | None:
    protocol, mode = listener.fields.get("protocol"), listener.fields.get("tls", "mode")
    certificates = listener.fields.get("tls", "certificateRefs")
    if findings.is_open(protocol):
        return None
    text = protocol.text()
    if text not in _TLS:
        shown = f"its protocol is {text}." if text in _OTHERS else "its protocol is another one."
        return f"must have the protocol HTTPS or TLS, since no exception names it: {shown}"
    if findings.is_open(mode) or (mode.text() == "Passthrough" and text == "TLS"):
        return None
    if not mode.is_missing and mode.text() != "Terminate":
        return "must end TLS: its mode is another one than Terminate."
    names = [certificate.get("name") for certificate in certificates.items()]
    is_given = findings.is_open(certificates, *names) or any(name.text() for name in names)
    return None if is_given else "must have a certificate: its tls.certificateRefs names none."


GATEWAY_TLS: Final = ResourceRule(
    words=RuleWords(
        name="gateway-requires-tls",
        title="Listeners have TLS",
        description="Every listener of a Gateway must have TLS and a certificate.",
        remediation=(
            "Give the listener the protocol HTTPS and the Secret of its certificate. A listener that only redirects to "
            "https is named in plainListeners of this rule's configuration."
        ),
        tags=("kubernetes", "network"),
    ),
    properties={
        "plainListeners": {
            "type": "array",
            # The exact object and the listener's name: "Gateway coder/coder http".
            "items": {"type": "string", "pattern": "^[A-Z][A-Za-z]* [^ *]+ [a-z0-9-]+$"},
            "default": [],
        }
    },
    read=lambda config: frozenset(str(each) for each in config.get("plainListeners", ())),
    check=check,
)
"""The rule; that a plain listener has redirects alone is a rule over the whole stack."""
