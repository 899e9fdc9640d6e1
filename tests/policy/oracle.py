"""A second opinion on workloads, written apart from the rules, from the requirement and Kubernetes' own documentation.

A manifest is flattened to lines, path and value, as a person would grep it; each concern is a question about lines.
Nothing here is shared with `policies` or `core`.
"""

__all__ = ["CONCERNS", "Facts", "broken_concerns"]

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Final

_POD_SPEC: Final = {
    "Pod": "spec",
    "PodTemplate": "template.spec",
    "CronJob": "spec.jobTemplate.spec.template.spec",
    **dict.fromkeys(
        ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job"), "spec.template.spec"
    ),
}
_CONTAINER: Final = re.compile(r"((?:init|ephemeral)?[cC]ontainers/[0-9]+)(?:/|$)")
_GOOD: Final = "RuntimeDefault"
_POWERS: Final = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}


@dataclass(frozen=True)
class Facts:
    """What the requirement leaves to configuration."""

    max_cpu: str = "8"
    max_memory: str = "16Gi"
    max_ephemeral_storage: str = "64Gi"
    capabilities: Mapping[str, frozenset[str]] = field(default_factory=lambda: {"": frozenset()})
    sudo_namespaces: frozenset[str] = frozenset({"coder-workspace"})
    repositories: Mapping[str, Sequence[str]] = field(default_factory=lambda: {"": ()})
    needs_digest: bool = True


@dataclass(frozen=True)
class _Pod:
    """Lines below the pod's spec, and which containers there are."""

    lines: dict[str, Any]
    containers: tuple[str, ...]
    namespace: str

    def at(self, path: str) -> Any:  # noqa: ANN401 - any JSON value
        """Return the value of a line, None if there is no such line or it says null."""
        return self.lines.get(path)

    def effective(self, container: str, name: str) -> Any:  # noqa: ANN401 - any JSON value
        """Return a security setting of a container, which the pod's stands in for."""
        own = self.at(f"{container}/securityContext/{name}")
        return self.at(f"securityContext/{name}") if own is None else own


def broken_concerns(kind: str, manifest: Mapping[str, Any], facts: Facts) -> set[str]:
    """Return the names of the concerns that a workload breaks."""
    spec: Any = manifest
    for key in _POD_SPEC[kind].split("."):
        spec = spec.get(key) if isinstance(spec, Mapping) else None
    lines = dict(_lines("", spec))
    found = dict.fromkeys(match[1] for path in lines if (match := _CONTAINER.match(path)))
    namespace = (manifest.get("metadata") or {}).get("namespace") or "default"
    pod = _Pod(lines, tuple(found), namespace)
    return {name for name, is_broken in CONCERNS.items() if is_broken(pod, facts)}


def _lines(path: str, value: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - any JSON value
    yield path, value
    pairs = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, child in pairs:
        yield from _lines(f"{path}/{key}" if path else str(key), child)


def _amount(value: Any) -> Decimal | None:  # noqa: ANN401 - any JSON value
    """Return a quantity as a number of its unit, None if it is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(value)
    try:
        if text[-2:-1] in tuple("KMGTPE") and text.endswith("i"):
            return Decimal(_plain(text[:-2])) * Decimal(1024) ** ("KMGTPE".index(text[-2]) + 1)
        if text[-1:] in _POWERS and text[-1:]:
            return Decimal(_plain(text[:-1])).scaleb(_POWERS[text[-1]])
        return Decimal(text) if re.fullmatch(r"[+-]?[0-9.]+([eE][+-]?[0-9]+)?", text, re.ASCII) else None
    except (InvalidOperation, ValueError):
        return None


def _plain(text: str) -> str:
    if not re.fullmatch(r"[+-]?[0-9.]+", text, re.ASCII):
        raise ValueError(text)
    return text


def _limits(pod: _Pod, facts: Facts) -> bool:
    bounds = {"cpu": facts.max_cpu, "memory": facts.max_memory}
    for container in pod.containers:
        for name, bound in bounds.items():
            request = _amount(pod.at(f"{container}/resources/requests/{name}"))
            limit = _amount(pod.at(f"{container}/resources/limits/{name}"))
            if request is None or limit is None or not 0 < request <= limit <= (_amount(bound) or 0):
                return True
    return False


def _ephemeral_storage(pod: _Pod, facts: Facts) -> bool:
    amounts = [_amount(pod.at(f"{container}/resources/limits/ephemeral-storage")) for container in pod.containers]
    bound = _amount(facts.max_ephemeral_storage) or 0
    return any(amount is None or not 0 < amount <= bound for amount in amounts)


def _privileged(pod: _Pod, _facts: Facts) -> bool:
    return any(pod.at(f"{each}/securityContext/privileged") not in (None, False) for each in pod.containers) or any(
        # 0 and 0.0 equal False, and are no booleans.
        isinstance(pod.at(f"{each}/securityContext/privileged"), int | float)
        and not isinstance(pod.at(f"{each}/securityContext/privileged"), bool)
        for each in pod.containers
    )


def _host_namespaces(pod: _Pod, _facts: Facts) -> bool:
    return any(not (pod.at(key) is None or pod.at(key) is False) for key in ("hostNetwork", "hostPID", "hostIPC"))


def _host_ports(pod: _Pod, _facts: Facts) -> bool:
    for path, value in pod.lines.items():
        if re.fullmatch(r"\w*[cC]ontainers/[0-9]+/ports/[0-9]+/hostPort", path) and value is not None:
            is_free = isinstance(value, int | float) and not isinstance(value, bool) and value == 0
            if not is_free:
                return True
    return False


def _capabilities(pod: _Pod, facts: Facts) -> bool:
    allowed = facts.capabilities.get(pod.namespace, facts.capabilities[""])
    for each in pod.containers:
        below = f"{each}/securityContext/capabilities/"
        dropped = [value for path, value in pod.lines.items() if re.fullmatch(re.escape(below) + "drop/[0-9]+", path)]
        added = [value for path, value in pod.lines.items() if re.fullmatch(re.escape(below) + "add/[0-9]+", path)]
        # Where a namespace has a list of its own, the runtime's default set may stay.
        keeps = "ALL" not in dropped and pod.namespace not in facts.capabilities
        if keeps or any(not isinstance(value, str) or value not in allowed for value in added):
            return True
    return False


def _unmasked_proc(pod: _Pod, _facts: Facts) -> bool:
    return any(pod.at(f"{each}/securityContext/procMount") not in (None, "Default") for each in pod.containers)


def _seccomp(pod: _Pod, _facts: Facts) -> bool:
    # The restricted level forbids another profile of the pod even where each container has its own.
    if pod.at("securityContext/seccompProfile") is not None and pod.at("securityContext/seccompProfile/type") != _GOOD:
        return True
    for each in pod.containers:
        # A container's own profile takes the place of its pod's as a whole; without a type it is none.
        own = pod.at(f"{each}/securityContext/seccompProfile")
        place = "" if own is None else f"{each}/"
        if pod.at(f"{place}securityContext/seccompProfile/type") != _GOOD:
            return True
    return False


def _escalation(pod: _Pod, facts: Facts) -> bool:
    if pod.namespace in facts.sudo_namespaces:
        values = [pod.at(f"{each}/securityContext/allowPrivilegeEscalation") for each in pod.containers]
        return any(value is not None and not isinstance(value, bool) for value in values)
    return any(pod.at(f"{each}/securityContext/allowPrivilegeEscalation") is not False for each in pod.containers)


def _root(pod: _Pod, facts: Facts) -> bool:
    places = ["", *(f"{each}/" for each in pod.containers)]
    switches = [pod.at(f"{place}securityContext/runAsNonRoot") for place in places]
    users = [pod.at(f"{place}securityContext/runAsUser") for place in places]
    if any(not (value is None or isinstance(value, bool)) for value in switches):
        return True
    if any(not (value is None or _is_user(value)) for value in users):
        return True
    return pod.namespace not in facts.sudo_namespaces and any(
        pod.effective(each, "runAsNonRoot") is not True or pod.effective(each, "runAsUser") == 0
        for each in pod.containers
    )


def _is_user(value: Any) -> bool:  # noqa: ANN401 - any JSON value
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 2**31 and value == int(value)


def _host_path(pod: _Pod, _facts: Facts) -> bool:
    found = [value for path, value in pod.lines.items() if re.fullmatch(r"volumes/[0-9]+/hostPath", path)]
    return any(value is not None for value in found)


def _images(pod: _Pod) -> Iterator[tuple[str, str, str]]:
    """Yield repository with registry, tag and digest of each image; one that is no text has none of them."""
    for each in pod.containers:
        image = pod.at(f"{each}/image")
        name, _, digest = (image if isinstance(image, str) else "").partition("@")
        head, colon, tag = name.rpartition(":")
        if not colon or "/" in tag:
            head, tag = name, ""
        first, slash, rest = head.partition("/")
        hosted = bool(slash) and ("." in first or ":" in first or first == "localhost" or first.lower() != first)
        registry, repository = (first, rest) if hosted else ("docker.io", head)
        if registry in ("docker.io", "index.docker.io"):
            registry, repository = "docker.io", repository if "/" in repository else f"library/{repository}"
        yield f"{registry}/{repository}", tag, digest


def _tag(pod: _Pod, _facts: Facts) -> bool:
    return any(tag == "latest" or not (tag or digest) for _, tag, digest in _images(pod))


def _registry(pod: _Pod, facts: Facts) -> bool:
    everywhere = [*facts.repositories[""], *facts.repositories.get(pod.namespace, ())]
    return not all(
        any(f"{repository}/".startswith(f"{allowed}/") for allowed in everywhere) for repository, _, _ in _images(pod)
    )


def _digest(pod: _Pod, facts: Facts) -> bool:
    return facts.needs_digest and any(not digest for _, _, digest in _images(pod))


CONCERNS: Final[Mapping[str, Callable[[_Pod, Facts], bool]]] = {
    "limits": _limits,
    "ephemeral-storage": _ephemeral_storage,
    "privileged": _privileged,
    "host-namespaces": _host_namespaces,
    "host-ports": _host_ports,
    "capabilities": _capabilities,
    "unmasked-proc": _unmasked_proc,
    "seccomp": _seccomp,
    "escalation": _escalation,
    "root": _root,
    "host-path": _host_path,
    "tag": _tag,
    "registry": _registry,
    "digest": _digest,
}
"""Each concern's question: does the pod break it."""
