"""Rule: Coder's access URL is https, and something that users' own machines can reach."""

__all__ = ["ACCESS_URL_RULE", "check"]

from collections.abc import Iterator
from typing import Final

from core.fields import Field
from core.host_names import is_cluster_internal, is_loopback
from policies.findings import Findings
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords
from policies.secret_values.marks import is_marked
from policies.subjects.coder_release import ACCESS_URL, CoderRelease, coder_release, url_host

_ALLOW_HTTP: Final = "allowHttp"


def check(resource: Resource, allows_http: bool, findings: Findings) -> None:  # noqa: FBT001 - the configuration
    """Report a release of Coder without such a URL."""
    release = coder_release(resource)
    if release is None:
        return
    for complaint in _complaints(release, findings, allows_http=allows_http):
        findings.violation(release.subject, f"{release.subject.title} must have {complaint}")


def _complaints(release: CoderRelease, findings: Findings, *, allows_http: bool) -> Iterator[str]:
    found = release.variables(ACCESS_URL, findings)
    if not found and not release.hides_variables():
        yield f"an access URL: coder.env has no {ACCESS_URL}, so the chart takes an address of the cluster."
    if len(found) > 1:
        yield f"one access URL: coder.env has {ACCESS_URL} {len(found)} times."
    for variable in found:
        complaint = _complaint(variable, findings, allows_http=allows_http)
        if complaint is not None:
            yield complaint


def _complaint(variable: Field, findings: Findings, *, allows_http: bool) -> str | None:
    value = variable.get("value")
    if findings.is_open(value, variable.get("valueFrom")):
        return None
    text = value.text()
    if text is None or not variable.get("valueFrom").is_missing:
        return f"its access URL as a literal: {ACCESS_URL} is none, so nobody can tell where it leads."
    host = url_host(text)
    if host is None:
        return "an access URL of scheme, host and nothing else: its value is not of that form."
    shown = "a value marked as secret" if is_marked(value) else host
    if is_cluster_internal(host) or is_loopback(host):
        return f"an access URL that users' own machines can reach: {shown} means something inside the cluster alone."
    if not allows_http and not text.startswith("https:"):
        return f"an access URL with https: that of {shown} has none."
    return None


ACCESS_URL_RULE: Final = ResourceRule(
    words=RuleWords(
        name="access-url-requires-https",
        title="Coder is reached by https",
        description="Coder's access URL must be https and lead to a host that users' own machines can reach.",
        remediation="Set coderAccessUrl to the https URL by which users reach Coder, for example https://coder.example.com.",
        tags=("coder", "network"),
    ),
    properties={_ALLOW_HTTP: {"type": "boolean", "default": False}},
    read=lambda config: bool(config.get(_ALLOW_HTTP, False)),
    check=check,
)
"""The rule; the lab's stack, whose URL is an address of its own machine, allows http."""
