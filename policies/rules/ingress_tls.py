"""Rule: every host of an Ingress is served with TLS."""

__all__ = ["INGRESS_TLS", "check"]

from collections.abc import Iterator, Mapping
from typing import Any, Final

from core.fields import Field
from core.host_names import covers, is_host_name
from policies.findings import Findings
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords
from policies.secret_values.marks import is_marked

_GROUPS: Final = ("networking.k8s.io", "extensions")
# Ends of annotations that have controllers answer plain HTTP when their value is "false".
_REDIRECTS: Final = ("/ssl-redirect", "/router.tls")


def check(resource: Resource, _config: Mapping[str, Any], findings: Findings) -> None:
    """Report hosts that no entry of tls covers, rules for any host, and annotations that turn TLS off."""
    for manifest in resource.manifests(findings):
        if manifest.kind != "Ingress" or manifest.group not in _GROUPS:
            continue
        complaints = [
            *_about_hosts(manifest.body.get("spec"), findings),
            *_about_annotations(manifest.body.get("metadata", "annotations"), findings),
        ]
        for complaint in complaints:
            findings.violation(manifest.subject, f"{manifest.subject.title} {complaint}")


def _about_hosts(spec: Field, findings: Findings) -> Iterator[str]:
    certified = _certified(spec.get("tls"), findings)
    rules, default = spec.get("rules"), spec.get("defaultBackend")
    if not findings.is_open(default) and not default.is_missing:
        yield "must have no default backend: it answers for any host, with no certificate for it."
    if findings.is_open(rules):
        return
    if not rules.is_missing and not rules.is_sequence:
        yield "must have a list of rules: what it has is none."
    for number, rule in enumerate(rules.items()):
        host = rule.get("host")
        if findings.is_open(host):
            continue
        text = host.text()
        if not text:
            yield f"must name the host of its rule #{number}: it names none, so it answers for any."
        elif not is_host_name(text):
            yield f"must name the host of its rule #{number} by a host name: its value is none."
        elif certified is not None and not any(covers(name, text) for name in certified):
            shown = "a value marked as secret" if is_marked(host) else f"'{text}'"
            yield f"must have an entry of tls with a Secret for every host: it has none for {shown}."


def _certified(tls: Field, findings: Findings) -> set[str] | None:
    """Return the hosts that have a certificate; None if that is not wholly known, and nothing can be said to lack."""
    named = [entry.get("hosts") for entry in tls.items()]
    if findings.is_open(tls, *named, *(host for hosts in named for host in hosts.items())):
        return None
    # A Secret that is not known yet may be one: its hosts are no violation, others are.
    certified = [
        entry for entry in tls.items() if findings.is_open(entry.get("secretName")) or entry.get("secretName").text()
    ]
    return {host.string() for entry in certified for host in entry.get("hosts").items()}


def _about_annotations(annotations: Field, findings: Findings) -> Iterator[str]:
    if findings.is_open(annotations):
        return
    for key, value in annotations.entries():
        if key.endswith(_REDIRECTS) and not findings.is_open(value) and value.value in ("false", False):
            yield "must answer with TLS alone: one of its annotations turns that off."


INGRESS_TLS: Final = ResourceRule(
    words=RuleWords(
        name="ingress-requires-tls",
        title="Ingresses have TLS",
        description="Every host of an Ingress must be covered by an entry of tls that names a Secret.",
        remediation=(
            "List each host of the rules under spec.tls with the Secret that has its certificate, and leave the "
            "redirect to https on. A star covers one label."
        ),
        tags=("kubernetes", "network"),
    ),
    read=lambda config: config,
    check=check,
)
"""The rule."""
