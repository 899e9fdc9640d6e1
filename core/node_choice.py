"""Which nodes a DaemonSet is for: the labels it asks for, and the taints it tolerates, as the scheduler reads them."""

__all__ = ["NodeChoice", "Taint", "Toleration", "TolerationError"]

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

_KEYS: Final = {"effect", "key", "operator", "value"}
_EFFECTS: Final = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_OPERATORS: Final = ("Exists", "Equal")
# It asks the scheduler to look elsewhere first; a DaemonSet has no elsewhere.
_WISH: Final = "PreferNoSchedule"


class TolerationError(ValueError):
    """The value is no toleration that is allowed; the message says what is expected."""


@dataclass(frozen=True)
class Taint:
    """What keeps pods off a node."""

    key: str
    value: str
    effect: str

    def __str__(self) -> str:
        value = f"={self.value}" if self.value else ""
        return f"{self.key}{value}:{self.effect}"


@dataclass(frozen=True)
class Toleration:
    """What lets a pod onto a node in spite of a taint; empty fields match everything, as in the API."""

    key: str = ""
    operator: str = "Equal"
    value: str = ""
    effect: str = ""

    @classmethod
    def parse(cls, given: object) -> Self:
        """Read a toleration as it stands in a pod; raise TolerationError for any other value.

        One with `tolerationSeconds` is refused: a pod that is to stay cannot be tolerated for a while.
        """
        if not isinstance(given, Mapping) or not all(isinstance(value, str) for value in given.values()):
            raise TolerationError("an object of strings is expected")
        if set(given) - _KEYS:
            raise TolerationError(f"{', '.join(sorted(_KEYS))} are the keys that are expected")
        found = cls(**given)
        if found.operator not in _OPERATORS:
            raise TolerationError("the operator Exists or Equal is expected")
        if found.effect and found.effect not in _EFFECTS:
            raise TolerationError(f"one of {', '.join(_EFFECTS)} or nothing is expected as the effect")
        if found.operator == "Exists" and found.value:
            raise TolerationError("no value is expected beside the operator Exists")
        if found.operator == "Equal" and not found.key:
            raise TolerationError("a key is expected, or the operator Exists for every taint")
        return found

    def tolerates(self, taint: Taint) -> bool:
        """Say whether a pod that has this may go where the taint is."""
        if self.effect not in ("", taint.effect) or self.key not in ("", taint.key):
            return False
        return self.operator == "Exists" or self.value == taint.value


# The DaemonSet controller gives them to each pod (kubernetes 1.34.4, AddOrUpdateDaemonPodTolerations in
# pkg/controller/daemon/util/daemonset_util.go). The first two are NoExecute there; of any effect here, since whether a
# node is ready says nothing of what it is for.
_OF_EVERY_DAEMON: Final = (
    Toleration("node.kubernetes.io/not-ready", "Exists"),
    Toleration("node.kubernetes.io/unreachable", "Exists"),
    Toleration("node.kubernetes.io/disk-pressure", "Exists", effect="NoSchedule"),
    Toleration("node.kubernetes.io/memory-pressure", "Exists", effect="NoSchedule"),
    Toleration("node.kubernetes.io/pid-pressure", "Exists", effect="NoSchedule"),
    Toleration("node.kubernetes.io/unschedulable", "Exists", effect="NoSchedule"),
)


@dataclass(frozen=True)
class NodeChoice:
    """Labels that a node must have, and the tolerations beside those of every DaemonSet."""

    labels: Mapping[str, str]
    tolerations: tuple[Toleration, ...] = ()

    @classmethod
    def parse(cls, labels: Mapping[str, Any], tolerations: Iterable[object]) -> Self:
        """Read both as they stand in a pod; raise TolerationError for a toleration that is none."""
        return cls(dict(labels), tuple(map(Toleration.parse, tolerations)))

    def objection(self, labels: Mapping[str, str], taints: Iterable[Taint]) -> str | None:
        """Return why a node of these labels and taints is not meant, None if it is."""
        for key, value in self.labels.items():
            if labels.get(key) != value:
                return f"it has no label {key}={value}"
        allowed = (*_OF_EVERY_DAEMON, *self.tolerations)
        for taint in taints:
            if taint.effect != _WISH and not any(each.tolerates(taint) for each in allowed):
                return f"its taint {taint} is not tolerated"
        return None
