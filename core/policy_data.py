"""The figures that the policy pack and the cluster's admission share, read from a stack's policy configuration.

The pack's rules are their owners: each key is a property in the schema of the rule it stands under.
"""

__all__ = ["Bounds", "KvmData", "PolicyData", "PolicyDataError", "policy_config_path", "read_policy_data"]

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from core.errors import UsageError
from core.kubernetes_names import is_label, object_labels
from core.quantity import Quantity, QuantityError

_FOLDER: Final = Path(__file__).resolve().parents[1] / "policies" / "config"
_FALLBACK: Final = "prod"
_DIGESTS: Final = "image-requires-digest"
_LABELS: Final = "object-requires-labels"


class PolicyDataError(UsageError):
    """The policy configuration of a stack cannot be read; the message names the file and what is wrong with it."""


@dataclass(frozen=True)
class Bounds:
    """Highest limits of one container, and whether one of ephemeral storage has to be there."""

    cpu: Quantity
    memory: Quantity
    ephemeral_storage: Quantity
    needs_ephemeral_storage: bool


@dataclass(frozen=True)
class KvmData:
    """Who may use /dev/kvm: resources that give it, namespaces that are opted in, and the label of the pod."""

    resources: tuple[str, ...]
    namespaces: tuple[str, ...]
    label: tuple[str, str]


@dataclass(frozen=True)
class PolicyData:
    """One stack's configuration: rule name -> its properties. `today` decides which exemptions still hold."""

    rules: Mapping[str, Mapping[str, Any]]
    today: dt.date

    def is_mandatory(self, rule: str) -> bool:
        """Say whether a violation of the rule stops a change."""
        level: object = self._of(rule).get("enforcementLevel", self.rules.get("all", "mandatory"))
        return level == "mandatory"

    def exempted(self, rule: str) -> tuple[str, ...]:
        """Return the objects that the rule's exemptions name and that are still valid, as "Kind namespace/name"."""
        granted = self._of(rule).get("exemptions", ())
        return tuple(each["resource"] for each in granted if dt.date.fromisoformat(each["expires"]) >= self.today)

    def bounds(self, namespace: str) -> Bounds:
        """Return what a container in the namespace may have."""
        limits = self._of("workload-requires-limits")
        own = limits.get("namespaces", {}).get(namespace, {})
        disk = self._of("workload-requires-ephemeral-limit")
        return Bounds(
            cpu=Quantity.parse(own.get("maxCpu", limits.get("maxCpu", "8"))),
            memory=Quantity.parse(own.get("maxMemory", limits.get("maxMemory", "16Gi"))),
            ephemeral_storage=Quantity.parse(disk.get("maxEphemeralStorage", "32Gi")),
            needs_ephemeral_storage=namespace not in disk.get("relaxedNamespaces", ()),
        )

    def capabilities(self, namespace: str) -> tuple[str, ...]:
        """Return the capabilities that containers in the namespace may add, sorted."""
        rule = self._of("workload-restricts-capabilities")
        return tuple(sorted({*rule.get("allowed", ()), *rule.get("namespaces", {}).get(namespace, ())}))

    def repositories(self, namespace: str) -> tuple[str, ...]:
        """Return where images of the namespace may come from: registries with the first parts of a path."""
        rule = self._of("image-requires-allowed-repository")
        return (*rule.get("allowedRepositories", ()), *rule.get("namespaces", {}).get(namespace, ()))

    def needs_digest(self, namespace: str) -> bool:
        """Say whether the cluster is to admit images to the namespace by digest only."""
        rule = self._of(_DIGESTS)
        is_asked = bool(rule.get("required", True)) and self.is_mandatory(_DIGESTS)
        return is_asked and namespace not in rule.get("admittedByTag", ())

    @property
    def seccomp_profiles(self) -> tuple[str, ...]:
        """Return the seccomp profiles of nodes that are allowed besides the runtime's."""
        return tuple(self._of("workload-requires-seccomp").get("localhostProfiles", ()))

    @property
    def apparmor_profiles(self) -> tuple[str, ...]:
        """Return the AppArmor profiles of nodes that are allowed besides the runtime's."""
        return tuple(self._of("workload-restricts-apparmor").get("localhostProfiles", ()))

    @property
    def volume_types(self) -> tuple[str, ...]:
        """Return the kinds of volumes that are allowed besides the safe ones."""
        return tuple(self._of("workload-restricts-volume-types").get("moreTypes", ()))

    @property
    def csi_drivers(self) -> tuple[str, ...]:
        """Return the CSI drivers that may make volumes inside pods."""
        return tuple(self._of("workload-restricts-volume-types").get("csiDrivers", ()))

    @property
    def host_paths(self) -> Mapping[str, Sequence[str]]:
        """Return the paths of the node that named workloads may use."""
        return {
            each["resource"]: each["paths"] for each in self._of("workload-restricts-host-paths").get("allowed", ())
        }

    @property
    def kvm(self) -> KvmData:
        """Return who may use /dev/kvm."""
        rule = self._of("workload-restricts-kvm")
        label = rule.get("label", {})
        return KvmData(
            resources=tuple(rule.get("resources", ())),
            namespaces=tuple(rule.get("namespaces", ())),
            label=(label.get("name", "spt-flow.dev/kvm"), label.get("value", "true")),
        )

    @property
    def labels(self) -> Mapping[str, Sequence[str]]:
        """Return the labels of the platform's own objects: key -> the values it may have, any if there are none."""
        default = {key: [value] if value else [] for key, value in object_labels("", "").items()}
        found: Mapping[str, Sequence[str]] = self._of(_LABELS).get("labels", default)
        return found

    @property
    def workspace_namespaces(self) -> tuple[str, ...]:
        """Return the namespaces that hold workspaces."""
        return tuple(self._of(_LABELS).get("workspaceNamespaces", ()))

    def _of(self, rule: str) -> Mapping[str, Any]:
        return self.rules.get(rule, {})


def policy_config_path(stack: str, chosen: str = "", folder: Path = _FOLDER) -> Path:
    """Return the file that `chosen` names, or else the stack's own, or else that of prod, the strictest.

    One that was chosen need not be there; raise PolicyDataError if its name could be no file's in the folder.
    """
    if chosen and not is_label(chosen):
        raise PolicyDataError(f"The policy configuration {chosen!r} cannot be: its name must be a DNS label.")
    path = folder / f"{chosen or stack}.json"
    return path if chosen or path.is_file() else folder / f"{_FALLBACK}.json"


def read_policy_data(stack: str, chosen: str = "", *, today: dt.date, folder: Path = _FOLDER) -> PolicyData:
    """Read the configuration of policy_config_path.

    Raise PolicyDataError if there is none of the name that was chosen, or if it is no configuration.
    """
    path = policy_config_path(stack, chosen, folder)
    shown = f"{folder.parent.name}/{folder.name}/{path.name}"
    try:
        data = PolicyData(json.loads(path.read_text(encoding="utf-8")), today)
        _touch(data)
    except OSError as error:
        there = ", ".join(sorted(each.stem for each in folder.glob("*.json"))) or "none"
        raise PolicyDataError(
            f"The policy configuration {shown} of stack '{stack}' cannot be read ({type(error).__name__}); "
            f"there are: {there}.",
            next_command=f"pulumi config set --stack {stack} spt-flow:policyConfig {_FALLBACK}",
        ) from None
    except (ValueError, QuantityError, TypeError, AttributeError, KeyError, RecursionError) as error:
        raise PolicyDataError(
            f"The policy configuration {shown} is none ({type(error).__name__}).", next_command="make policy"
        ) from None
    return data


def _touch(data: PolicyData) -> None:
    """Read every figure once, so that a malformed one is noticed here."""
    for rule in data.rules:
        data.exempted(rule) if rule != "all" else None
    _ = (data.bounds(""), data.capabilities(""), data.repositories(""), data.kvm, data.host_paths)
