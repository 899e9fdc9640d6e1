"""Rights by which whoever has them could take more: what each leads to, after Kubernetes' RBAC good practices."""

__all__ = ["DANGEROUS_RIGHTS", "DangerousRight", "is_forbidden_verb"]

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

_WRITE: Final = frozenset({"create", "delete", "deletecollection", "patch", "update"})
_READ: Final = frozenset({"get", "list", "watch"})
_CHANGE: Final = frozenset({"patch", "update"})
_EVERYTHING: Final = _READ | _WRITE
_FORBIDDEN_VERBS: Final = frozenset({"bind", "escalate", "impersonate", "impersonate-on"})


@dataclass(frozen=True)
class DangerousRight:
    """Verbs on a resource (the legacy API group is ""), and why they are dangerous.

    `is_harmless_by_name` says that they are not on objects that are named one by one.
    """

    group: str
    resource: str
    verbs: frozenset[str]
    reason: str
    is_harmless_by_name: bool = False

    def title(self, verbs: Sequence[str]) -> str:
        """Return the right as the rest of a sentence, with those of its verbs that were found."""
        scope = " without naming them" if self.is_harmless_by_name else ""
        return f"have {', '.join(verbs)} on {self.resource}{scope}"


def is_forbidden_verb(verb: str) -> bool:
    """Say whether a verb hands on the rights of others, whatever it is about; newer ones have parts after a colon."""
    return verb.partition(":")[0] in _FORBIDDEN_VERBS


def _admission() -> Iterator[DangerousRight]:
    for kind in (
        "mutatingadmissionpolicies",
        "mutatingadmissionpolicybindings",
        "mutatingwebhookconfigurations",
        "validatingadmissionpolicies",
        "validatingadmissionpolicybindings",
        "validatingwebhookconfigurations",
    ):
        reason = "what every request is held to could be changed"
        yield DangerousRight("admissionregistration.k8s.io", kind, _WRITE, reason)


def _certificates() -> Iterator[DangerousRight]:
    reason = "whoever signs certificates can be anyone"
    yield DangerousRight("certificates.k8s.io", "certificatesigningrequests/approval", _CHANGE, reason)
    yield DangerousRight("certificates.k8s.io", "certificatesigningrequests/status", _CHANGE, reason)
    yield DangerousRight("certificates.k8s.io", "signers", frozenset({"approve", "sign"}), reason)


DANGEROUS_RIGHTS: Final = (
    DangerousRight("", "secrets", _EVERYTHING, "every other Secret would be in reach", is_harmless_by_name=True),
    DangerousRight("", "pods/exec", _EVERYTHING, "commands would run with the rights of any pod"),
    DangerousRight("", "pods/attach", _EVERYTHING, "commands would run with the rights of any pod"),
    DangerousRight("", "pods/ephemeralcontainers", _CHANGE, "commands would run with the rights of any pod"),
    DangerousRight("", "nodes/proxy", _EVERYTHING, "every pod of the node would be in reach past the API server"),
    DangerousRight("", "serviceaccounts/token", frozenset({"create"}), "it makes tokens of any service account"),
    DangerousRight("", "namespaces", _CHANGE, "a namespace's pod security level could be lowered"),
    DangerousRight("", "persistentvolumes", _CHANGE | {"create"}, "a volume can be any folder of a node"),
    *_certificates(),
    *_admission(),
)
"""Each is refused unless it is allowed to a named role."""
