"""Rule: Services stay inside the cluster, but for the named exceptions."""

__all__ = ["SERVICE_EXPOSURE", "check"]

from collections.abc import Collection, Iterator
from typing import Final

from core.fields import Field
from policies.findings import Findings, Subject
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords
from policies.subjects.leaves import shown_path
from policies.subjects.releases import release_of

_INSIDE: Final = "ClusterIP"
_OUTSIDE: Final = ("NodePort", "LoadBalancer", "ExternalName")
_ADDRESSES: Final = "externalIPs"
_CODERS_CHART: Final = "coder"
# What Coder's chart takes if nobody says anything else.
_CODERS_TYPE: Final = "LoadBalancer"


def check(resource: Resource, allowed: Collection[str], findings: Findings) -> None:
    """Report Services, and charts' values for them, that open a way in or out of the cluster."""
    for manifest in resource.manifests(findings):
        if (manifest.group, manifest.kind) == ("core", "Service"):
            subject = manifest.subject
            spec = manifest.body.get("spec")
            if not findings.is_open(spec) and not spec.is_missing and not spec.is_mapping:
                findings.violation(subject, f"{subject.title} must have a spec that is an object: it is none.")
            elif spec.unknown is None:
                _judge(spec, subject.title, subject, allowed, findings)
    release = release_of(resource)
    if release is not None:
        for service, default in _chart_services(release.values, release.chart_name, findings):
            path = shown_path(service)
            which = "a Service" if path is None else f"the Service of '{path}'"
            title = f"{which[0].upper()}{which[1:]} of {release.subject.title}"
            _judge(service, title, release.subject, allowed, findings, default=default)


def _chart_services(values: Field, chart: str | None, findings: Findings) -> Iterator[tuple[Field, str]]:
    """Yield what the values say of Services, and the type each has if they say none."""
    coder = values.get("coder", "service")
    if chart == _CODERS_CHART and not findings.is_open(coder) and not _is_off(coder):
        yield coder, _CODERS_TYPE
    findings.is_open(values)
    waiting = [values]
    while waiting:
        here = waiting.pop()
        waiting.extend(here.items())
        for key, child in here.entries():
            is_coders = chart == _CODERS_CHART and child.path == coder.path
            is_one = key.lower().endswith("service") and not is_coders and not findings.is_open(child)
            if is_one and child.is_mapping and not _is_off(child):
                yield child, _INSIDE
            waiting.append(child)


def _is_off(service: Field) -> bool:
    return service.get("enable").boolean() is False or service.get("enabled").boolean() is False


def _judge(  # noqa: PLR0917 - one place for both kinds of source
    spec: Field, title: str, subject: Subject, allowed: Collection[str], findings: Findings, default: str = _INSIDE
) -> None:
    for exposure, complaint in _complaints(spec, default, findings):
        if not subject.is_exact or f"{exposure} {subject}" not in allowed:
            findings.violation(subject, f"{title} {complaint}")


def _complaints(spec: Field, default: str, findings: Findings) -> Iterator[tuple[str, str]]:
    kind = spec.get("type")
    text = default if kind.is_missing else kind.string()
    if not findings.is_open(kind) and text != _INSIDE:
        shown = f"its type is {text}." if text in _OUTSIDE else "its type is none that there is."
        yield text, f"must be of type ClusterIP, since no exception names it: {shown}"
    addresses = spec.get(_ADDRESSES)
    is_empty = addresses.is_missing or (addresses.is_sequence and not any(True for _ in addresses.items()))
    if not findings.is_open(addresses) and not is_empty:
        yield _ADDRESSES, "must have no externalIPs, since no exception names it: it takes traffic of other addresses."


SERVICE_EXPOSURE: Final = ResourceRule(
    words=RuleWords(
        name="service-forbids-exposure",
        title="Services stay inside",
        description="No Service may be a NodePort, LoadBalancer or ExternalName, or take external addresses.",
        remediation=(
            "Lead traffic in by the Ingress or Gateway of the entry, where TLS ends. A Service that has to be open is "
            "named in allowedServices of this rule's configuration, with the way in which it is."
        ),
        tags=("kubernetes", "network"),
    ),
    properties={
        "allowedServices": {
            "type": "array",
            # The way and the exact object: "LoadBalancer Service ingress/traefik", "externalIPs Service edge/dns".
            "items": {
                "type": "string",
                "pattern": "^(NodePort|LoadBalancer|ExternalName|externalIPs) (Service|Release) [^ *]+$",
            },
            "default": [],
        }
    },
    read=lambda config: frozenset(str(each) for each in config.get("allowedServices", ())),
    check=check,
)
"""The rule."""
