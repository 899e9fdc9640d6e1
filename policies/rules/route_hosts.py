"""Rule: every route names the hosts it answers for."""

__all__ = ["ROUTE_HOSTS", "check"]

from collections.abc import Mapping
from typing import Any, Final

from core.host_names import is_host_name
from policies.findings import Findings
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords
from policies.subjects.gateways import is_route


def check(resource: Resource, _config: Mapping[str, Any], findings: Findings) -> None:
    """Report routes without host names, which answer for every name that leads to their Gateway."""
    for manifest in resource.manifests(findings):
        hosts = manifest.body.get("spec", "hostnames")
        if not is_route(manifest) or findings.is_open(hosts):
            continue
        subject, named = manifest.subject, list(hosts.items())
        if not named:
            findings.violation(subject, f"{subject.title} must name its hosts: it names none, so it answers for any.")
        for number, host in enumerate(named):
            if not findings.is_open(host) and not is_host_name(host.string()):
                findings.violation(subject, f"{subject.title} must name hosts: its hostname #{number} is none.")


ROUTE_HOSTS: Final = ResourceRule(
    words=RuleWords(
        name="route-requires-hosts",
        title="Routes name their hosts",
        description="Every route must name the hosts it answers for.",
        remediation="List the host names under spec.hostnames; a star stands for the first label alone.",
        tags=("kubernetes", "network"),
    ),
    read=lambda config: config,
    check=check,
)
"""The rule."""
