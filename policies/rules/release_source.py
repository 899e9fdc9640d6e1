"""Rule: a release names one version of a chart, in a repository that is allowed."""

__all__ = ["RELEASE_SOURCE", "ChartSources", "check"]

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self
from urllib.parse import urlsplit

from core.fields import Field
from policies.findings import Findings
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords
from policies.subjects.exact_version import is_exact_version
from policies.subjects.releases import ReleaseView, release_of

_CHART_COMPONENTS: Final = frozenset({"kubernetes:helm.sh/v3:Chart", "kubernetes:helm.sh/v4:Chart"})
_OCI: Final = "oci"


@dataclass(frozen=True)
class ChartSources:
    """Repositories by normal form, and folders of the project, each as the last parts of a path."""

    repositories: frozenset[str]
    folders: tuple[tuple[str, ...], ...]

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Read the rule's configuration."""
        return cls(
            frozenset(filter(None, map(_normal, config.get("repositories", ())))),
            tuple(_parts(folder) for folder in config.get("folders", ())),
        )

    def has_repository(self, url: str) -> bool:
        """Say whether a repository is allowed."""
        return _normal(url) in self.repositories

    def has_folder(self, path: str) -> bool:
        """Say whether a path ends in a folder that is allowed; compared part by part."""
        parts = _parts(path)
        return ".." not in parts and any(parts[-len(folder) :] == folder for folder in self.folders)


def check(resource: Resource, sources: ChartSources, findings: Findings) -> None:
    """Report releases of no exact version, of a development version, or from elsewhere."""
    if resource.type in _CHART_COMPONENTS:
        subject = resource.subject
        findings.violation(
            subject, f"{subject.title} must be a Release: policies do not see what a Chart component is given."
        )
    release = release_of(resource)
    if release is not None:
        for complaint in (*_version_complaints(release, findings), *_source_complaints(release, sources, findings)):
            findings.violation(release.subject, f"{release.subject.title} must {complaint}.")


def _version_complaints(release: ReleaseView, findings: Findings) -> Iterator[str]:
    version, devel = release.properties.get("version"), release.properties.get("devel")
    if not findings.is_open(version):
        if version.value in (None, ""):
            yield "name the version of its chart: it names none"
        elif not is_exact_version(version.string()):
            yield "name one exact version of its chart, such as 2.36.3: it names something else"
    if not findings.is_open(devel) and devel.value is not None and devel.value is not False:
        yield "not have the option devel: it would take a development version"


def _source_complaints(release: ReleaseView, sources: ChartSources, findings: Findings) -> Iterator[str]:
    chart = release.properties.get("chart")
    if findings.is_open(chart):
        return
    text = chart.text()
    if not text:
        yield "name its chart: it names none"
    elif _is_folder(text):
        if not sources.has_folder(text):
            yield "take its chart from an allowed folder: it takes it from another"
    elif "://" in text:
        home, _, name = text.rpartition("/")
        if urlsplit(text).scheme != _OCI or ":" in name or not sources.has_repository(home):
            yield f"take its chart from an allowed repository ({_listed(sources)}): it takes it from another"
    else:
        repository = release.properties.get("repositoryOpts", "repo")
        if not findings.is_open(repository):
            yield from _repository_complaints(repository, sources)


def _repository_complaints(repository: Field, sources: ChartSources) -> Iterator[str]:
    if repository.value in (None, ""):
        yield f"name the repository of its chart ({_listed(sources)}): it names none"
    elif not sources.has_repository(repository.string()):
        yield f"take its chart from an allowed repository ({_listed(sources)}): it takes it from another"


def _is_folder(chart: str) -> bool:
    return "://" not in chart and (chart.startswith(("/", ".")) or chart.count("/") > 1 or chart.endswith(".tgz"))


def _listed(sources: ChartSources) -> str:
    return ", ".join(sorted(sources.repositories)) or "none"


def _normal(url: str) -> str | None:
    """Return the form in which repositories are compared, None for what is no URL, or has more than a place."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.query or parts.fragment:
        return None
    # A user, a password and a port stay where they are, and make it another place.
    return f"{parts.scheme}://{'/'.join((parts.netloc.lower(), *_parts(parts.path)))}"


def _parts(path: str) -> tuple[str, ...]:
    return tuple(part for part in path.split("/") if part)


RELEASE_SOURCE: Final = ResourceRule(
    words=RuleWords(
        name="release-requires-pinned-chart",
        title="Charts are pinned",
        description=(
            "A Helm release must name one exact version of its chart, no development version, and take it from a "
            "repository or a folder that is allowed."
        ),
        remediation=(
            "Set version to an exact one, and repositoryOpts.repo (or the oci:// URL of the chart) to one of "
            "repositories in this rule's configuration."
        ),
        tags=("kubernetes", "helm"),
    ),
    properties={
        "repositories": {
            "type": "array",
            "items": {"type": "string", "pattern": "^(https|oci)://[^@?#]+$"},
            "default": [],
        },
        "folders": {"type": "array", "items": {"type": "string", "minLength": 1}, "default": []},
    },
    read=ChartSources.from_config,
    check=check,
)
"""The rule."""
