"""Rule: helm is run so that it waits, with an end, checks what it sends, and never throws away or takes back."""

__all__ = ["RELEASE_OPTIONS", "ReleaseLimits", "check"]

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from policies.findings import Findings
from policies.resource import Resource
from policies.rule import ResourceRule, RuleWords
from policies.subjects.releases import ReleaseView, release_of

_DEFAULT_SECONDS: Final = 1800
_DEFAULT_REVISIONS: Final = 100
_OFF: Final = {
    # Coder migrates its database forwards only: an automatic way back would start an old server on a new database.
    "atomic": "it would roll back what may only go forwards",
    "cleanupOnFail": "it would remove what tells why an upgrade failed",
    "createNamespace": "the namespace would come without its guards",
    "dependencyUpdate": "it would take other charts than those that were looked at",
    "disableOpenapiValidation": "manifests would go unchecked",
    "disableWebhooks": "the chart's hooks would not run",
    "forceUpdate": "it would delete and make anew what cannot be changed",
    "recreatePods": "it would restart every pod at once",
    "replace": "it would take over the name of another release",
    "reuseValues": "values of an older release would stay in force unseen",
    "skipAwait": "nothing would wait until the release is ready",
    "skipCrds": "the chart's own kinds would be missing",
    "takeOwnership": "it would take over objects of others",
}
"""Switches that must be off, and why."""


@dataclass(frozen=True)
class ReleaseLimits:
    """Longest wait for a release to be ready, in seconds, and most revisions of it that are kept, each a Secret."""

    seconds: int
    revisions: int

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Read the rule's configuration."""
        return cls(
            int(config.get("maxTimeoutSeconds", _DEFAULT_SECONDS)), int(config.get("maxRevisions", _DEFAULT_REVISIONS))
        )


def check(resource: Resource, limits: ReleaseLimits, findings: Findings) -> None:
    """Report switches that are on, a wait without a sane end, and a history without one."""
    release = release_of(resource)
    if release is not None:
        for complaint in (*_switches(release, findings), *_numbers(release, limits, findings)):
            findings.violation(release.subject, f"{release.subject.title} must {complaint}.")


def _switches(release: ReleaseView, findings: Findings) -> Iterator[str]:
    for option, reason in _OFF.items():
        found = release.properties.get(option)
        if not findings.is_open(found) and found.value is not None and found.value is not False:
            yield f"not have the option {option}: {reason}"
    renderer = release.properties.get("postrender")
    if not findings.is_open(renderer) and renderer.value not in (None, ""):
        yield "not have the option postrender: what is sent would not be what the chart renders"


def _numbers(release: ReleaseView, limits: ReleaseLimits, findings: Findings) -> Iterator[str]:
    timeout, history = release.properties.get("timeout"), release.properties.get("maxHistory")
    if not findings.is_open(timeout):
        seconds = timeout.integer()
        if seconds is None or not 0 < seconds <= limits.seconds:
            yield f"have a timeout of 1 to {limits.seconds} seconds: {_found(seconds)}"
    if not findings.is_open(history):
        kept = history.integer()
        if kept is None or not 0 < kept <= limits.revisions:
            yield f"have a maxHistory of 1 to {limits.revisions}, so that old revisions end: {_found(kept)}"


def _found(number: int | None) -> str:
    return "it has none" if number is None else f"it is {number}"


RELEASE_OPTIONS: Final = ResourceRule(
    words=RuleWords(
        name="release-requires-safe-options",
        title="Releases wait, and take nothing back",
        description=(
            "A Helm release must wait until it is ready, for a bounded time, keep a bounded history, and have none of "
            "the options that roll back, force, skip checks or take over."
        ),
        remediation="Set timeout and maxHistory, and leave the named option out.",
        tags=("kubernetes", "helm"),
    ),
    properties={
        "maxTimeoutSeconds": {"type": "integer", "minimum": 1, "default": _DEFAULT_SECONDS},
        "maxRevisions": {"type": "integer", "minimum": 1, "default": _DEFAULT_REVISIONS},
    },
    read=ReleaseLimits.from_config,
    check=check,
)
"""The rule."""
