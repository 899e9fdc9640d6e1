"""Rule: access URL, wildcard, and the Ingress or routes that lead to Coder speak of the same hosts."""

__all__ = ["HOST_AGREEMENT", "check"]

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from core.fields import Field
from core.host_names import covers, is_host_name
from policies.findings import Findings
from policies.resource import Manifest, Resource
from policies.rule import RuleWords, StackRule
from policies.subjects.coder_release import (
    ACCESS_URL,
    WILDCARD_URL,
    CoderRelease,
    coder_release,
    url_host,
    wildcard_domain,
)
from policies.subjects.gateways import attachments, is_gateway, is_route

_INGRESS_GROUPS: Final = ("networking.k8s.io", "extensions")
_TLS: Final = ("HTTPS", "TLS")


@dataclass(frozen=True)
class _Entry:
    """One object that leads to Coder, and the hosts it names."""

    manifest: Manifest
    hosts: Sequence[Field]


def check(resources: Sequence[Resource], _config: Mapping[str, Any], findings: Findings) -> None:
    """Report wildcards that do not belong to the access URL, and entries for other hosts, or without one of them."""
    releases = [found for resource in resources if (found := coder_release(resource)) is not None]
    if not releases:
        return
    manifests = [manifest for resource in resources for manifest in resource.manifests(findings)]
    # An entry that is not known yet may lead to Coder, by the very host that others lack.
    about_entries = Findings()
    entries_by_backend = _entries_by_backend(manifests, about_entries)
    findings.unknown.extend(about_entries.unknown)
    gateways = {str(manifest.subject): manifest for manifest in manifests if is_gateway(manifest)}
    for release in releases:
        expected = _expected(release, findings)
        if expected is not None and not findings.is_open(release.namespace, release.name):
            entries = entries_by_backend.get((release.namespace.text(), release.name.string()), ())
            named = _named(expected, entries, findings)
            if entries and not about_entries.unknown and named is not None:
                _check_lacking(release, expected - named, findings)
            _check_listeners(expected, entries, gateways, findings)


def _expected(release: CoderRelease, findings: Findings) -> set[str] | None:
    """Return the hosts that entries must name; None if that cannot be said, or another rule says why."""
    url = release.literal(ACCESS_URL, findings)
    host = None if url is None else url_host(url)
    variables = release.variables(WILDCARD_URL, findings)
    if host is None or findings.is_open(*(variable.get("value") for variable in variables)):
        return None
    if not variables:
        return {host}
    wildcard = release.literal(WILDCARD_URL, findings)
    domain = None if wildcard is None else wildcard_domain(wildcard)
    title = release.subject.title
    if domain is None:
        complaint = f"must have one wildcard whose first label begins with a star: {WILDCARD_URL} is none."
    elif host != domain and not host.endswith(f".{domain}"):
        complaint = f"must have a wildcard below or beside {host}, its access URL's host: {WILDCARD_URL} is elsewhere."
    else:
        return {host, f"*.{domain}"}
    findings.violation(release.subject, f"{title} {complaint}")
    return None


def _entries_by_backend(
    manifests: Sequence[Manifest], findings: Findings
) -> Mapping[tuple[str | None, str], Sequence[_Entry]]:
    """Return the Ingresses and routes by namespace and Service behind them: read once, however many releases ask."""
    found: dict[tuple[str | None, str], list[_Entry]] = {}
    for manifest in manifests:
        is_ingress = manifest.kind == "Ingress" and manifest.group in _INGRESS_GROUPS
        spec = manifest.body.get("spec")
        if not (is_ingress or is_route(manifest)) or findings.is_open(spec.get("rules")):
            continue
        rules = list(spec.get("rules").items())
        if is_ingress:
            backends = [
                path.get("backend", "service", "name") for rule in rules for path in rule.get("http", "paths").items()
            ]
            hosts = [rule.get("host") for rule in rules]
        else:
            backends = [backend.get("name") for rule in rules for backend in rule.get("backendRefs").items()]
            named = spec.get("hostnames")
            hosts = list(named.items()) if named.unknown is None else [named]
        findings.is_open(manifest.namespace, *backends)
        for service in {text for backend in backends if (text := backend.text()) is not None}:
            found.setdefault((manifest.namespace.text(), service), []).append(_Entry(manifest, hosts))
    return found


def _named(expected: set[str], entries: Sequence[_Entry], findings: Findings) -> set[str] | None:
    """Report hosts that are not Coder's, and return those that the entries name; None if some are not known yet."""
    found = [(entry.manifest.subject, host) for entry in entries for host in entry.hosts]
    for subject, host in found:
        text = host.string()
        if host.unknown is None and text not in expected:
            shown = f"{text} is neither" if is_host_name(text) else "one of its names is neither"
            findings.violation(
                subject,
                f"{subject.title} must name Coder's hosts alone: {shown} the host of the access URL nor that of the "
                "wildcard.",
            )
    return None if findings.is_open(*(host for _, host in found)) else {host.string() for _, host in found}


def _check_lacking(release: CoderRelease, hosts: set[str], findings: Findings) -> None:
    for lacking in sorted(hosts):
        findings.violation(
            release.subject,
            f"{release.subject.title} must be reached by every host it speaks of: no Ingress or route that leads to it "
            f"names {lacking}.",
        )


def _check_listeners(
    expected: set[str], entries: Sequence[_Entry], gateways: Mapping[str, Manifest], findings: Findings
) -> None:
    """Report Gateways that Coder's routes are attached to and whose TLS listeners leave out one of its hosts."""
    routes = [entry.manifest for entry in entries if is_route(entry.manifest)]
    parents = {attachment.parent for route in routes for attachment in attachments(route, findings)}
    for gateway in (gateways[parent] for parent in sorted(parents & gateways.keys())):
        listeners = gateway.body.get("spec", "listeners")
        protocols = [each.get("protocol") for each in listeners.items()]
        names = [each.get("hostname") for each in listeners.items() if each.get("protocol").text() in _TLS]
        # One without a name takes any.
        if findings.is_open(listeners, *protocols, *names) or any(name.is_missing for name in names):
            continue
        for host in sorted(expected):
            if names and not any(covers(name.string(), host) for name in names):
                sentence = f"{gateway.subject.title} must listen for {host}: no listener with TLS has that name."
                findings.violation(gateway.subject, sentence)


HOST_AGREEMENT: Final = StackRule(
    words=RuleWords(
        name="entry-requires-coders-hosts",
        title="Host and wildcard agree",
        description="Access URL, wildcard and what leads to Coder must name the same hosts.",
        remediation=(
            "Set coderAccessUrl and coderWildcardAccessUrl to names of one domain, and let the Ingress or the routes "
            "name both: the program builds all of them from these two settings."
        ),
        tags=("coder", "network"),
    ),
    read=lambda config: config,
    check=check,
)
"""The rule."""
