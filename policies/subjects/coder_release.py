"""Coder's own release: which it is, and the environment its chart hands to the server."""

__all__ = ["ACCESS_URL", "WILDCARD_URL", "CoderRelease", "coder_release", "url_host", "wildcard_domain"]

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from core.fields import Field
from core.kubernetes_names import is_label, is_subdomain
from policies.findings import Findings, Subject
from policies.resource import Resource
from policies.subjects.releases import release_of

ACCESS_URL: Final = "CODER_ACCESS_URL"
"""The variable with the URL at which users and workspaces reach the server."""

WILDCARD_URL: Final = "CODER_WILDCARD_ACCESS_URL"
"""The variable with the host names of workspace apps, their first label a star or a star and a suffix."""

_CHART: Final = "coder"


@dataclass(frozen=True)
class CoderRelease:
    """The release: its name, its namespace, what the chart is told under `coder`."""

    subject: Subject
    name: Field
    namespace: Field
    values: Field

    def variables(self, name: str, findings: Findings) -> list[Field]:
        """Return the variables of this name, more than one if it is there twice; what hides them is noted as open."""
        environment = self.values.get("env")
        findings.is_open(environment)
        found = []
        for variable in environment.items():
            if not findings.is_open(variable) and not findings.is_open(variable.get("name")):
                found += [variable] if variable.get("name").text() == name else []
        return found

    def hides_variables(self) -> bool:
        """Say whether there may be variables that cannot be seen yet."""
        environment = self.values.get("env")
        unknown = [field for item in environment.items() for field in (item, item.get("name"))]
        return any(field.unknown is not None for field in (environment, *unknown))

    def literal(self, name: str, findings: Findings) -> str | None:
        """Return the one literal value of a variable; None if it has none, is there twice, or cannot be seen."""
        found = [variable.get("value") for variable in self.variables(name, findings)]
        return None if findings.is_open(*found) or len(found) != 1 else found[0].text()


def coder_release(resource: Resource) -> CoderRelease | None:
    """Return Coder's release; None for any other resource, or a release of another chart."""
    release = release_of(resource)
    if release is None:
        return None
    values = release.values.get("coder")
    # A chart by an unknown name that is told Coder's environment is Coder's.
    if release.chart_name != _CHART and not values.get("env").is_sequence:
        return None
    return CoderRelease(release.subject, release.properties.get("name"), release.properties.get("namespace"), values)


def url_host(url: str) -> str | None:
    """Return the host of an http or https URL that has nothing else but a port; None for anything else."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname
    plain = not (parts.username or parts.password or parts.query or parts.fragment or parts.path.strip("/"))
    if parts.scheme not in ("http", "https") or not host or not plain or port == 0 or not url.isprintable():
        return None
    return host if is_subdomain(host) or ":" in host else None


def wildcard_domain(text: str) -> str | None:
    """Return the domain of a wildcard: coder.example.com of *.coder.example.com or *-dev.coder.example.com."""
    label, dot, domain = text.rpartition("://")[2].partition(".")
    suffix = label.removeprefix("*")
    fine = label.startswith("*") and dot and (not suffix or (suffix[0] == "-" and is_label(f"x{suffix}")))
    return domain if fine and is_subdomain(domain) else None
