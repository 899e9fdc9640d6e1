"""Rule: what is attached to a plain listener only redirects to https."""

__all__ = ["ROUTE_REDIRECTS", "check"]

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from core.fields import Field
from policies.findings import Findings
from policies.resource import Manifest, Resource
from policies.rule import RuleWords, StackRule
from policies.subjects.gateways import Listener, attachments, is_gateway, is_route, listeners_of

_PLAIN: Final = ("HTTP",)


def check(resources: Sequence[Resource], foreign: Collection[str], findings: Findings) -> None:
    """Report routes with backends on listeners without TLS, and routes on Gateways that nobody has judged."""
    manifests = [manifest for resource in resources for manifest in resource.manifests(findings)]
    gateways = {
        str(manifest.subject): list(listeners_of(manifest, findings)) for manifest in manifests if is_gateway(manifest)
    }
    for route in manifests:
        if is_route(route):
            _check_route(route, gateways, foreign, findings)


def _check_route(
    route: Manifest, gateways: Mapping[str, Sequence[Listener]], foreign: Collection[str], findings: Findings
) -> None:
    title = route.subject.title
    for attachment in attachments(route, findings):
        listeners = gateways.get(attachment.parent)
        if listeners is None:
            if attachment.parent not in foreign:
                findings.violation(
                    route.subject,
                    f"{title} must be attached to a Gateway of this stack, or one that the configuration names: "
                    "nothing is known of the TLS of another.",
                )
            continue
        for listener in listeners:
            protocol = listener.fields.get("protocol")
            if not attachment.selects(listener) or findings.is_open(protocol) or protocol.text() not in _PLAIN:
                continue
            if not _only_redirects(route.body.get("spec", "rules"), findings):
                findings.violation(
                    route.subject,
                    f"{title} must only redirect to https: it is attached to the listener '{listener.name}', which has "
                    "no TLS.",
                )


def _only_redirects(rules: Field, findings: Findings) -> bool:
    """Say whether every rule is a redirect to https without backends; what is unknown is noted and taken for one."""
    if findings.is_open(rules):
        return True
    return rules.is_sequence and all(_redirects(rule, findings) for rule in rules.items())


def _redirects(rule: Field, findings: Findings) -> bool:
    filters, backends = rule.get("filters"), rule.get("backendRefs")
    if any(True for _ in backends.items()):
        return False
    types = [each.get("type") for each in filters.items()]
    schemes = [
        each.get("requestRedirect", "scheme")
        for each in filters.items()
        if each.get("type").text() == "RequestRedirect"
    ]
    if findings.is_open(backends, filters, *types, *schemes):
        return True
    return any(scheme.text() == "https" for scheme in schemes) and (backends.is_missing or backends.is_sequence)


ROUTE_REDIRECTS: Final = StackRule(
    words=RuleWords(
        name="route-requires-tls",
        title="Routes are behind TLS",
        description="A route on a listener without TLS must only redirect to https.",
        remediation=(
            "Name the TLS listener in sectionName of the route's parentRefs, and give the plain one a route of its own "
            "with a RequestRedirect to https. A Gateway of another stack is named in foreignGateways."
        ),
        tags=("kubernetes", "network"),
    ),
    properties={
        "foreignGateways": {
            "type": "array",
            "items": {"type": "string", "pattern": "^[A-Z][A-Za-z]* [^ *]+$"},
            "default": [],
        }
    },
    read=lambda config: frozenset(str(each) for each in config.get("foreignGateways", ())),
    check=check,
)
"""The rule."""
