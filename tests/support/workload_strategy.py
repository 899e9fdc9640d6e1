"""Workloads as the Kubernetes API's types allow them, most of each as it should be, some of it not."""

__all__ = ["Workload", "workloads"]

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from hypothesis import strategies as st

_DIGEST: Final = "@sha256:" + "0123456789abcdef" * 4
_WAYS: Final[dict[str, tuple[str, ...]]] = {
    "core/v1:Pod": (),
    "core/v1:PodTemplate": ("template",),
    "core/v1:ReplicationController": ("spec", "template"),
    "apps/v1:DaemonSet": ("spec", "template"),
    "apps/v1:Deployment": ("spec", "template"),
    "apps/v1:ReplicaSet": ("spec", "template"),
    "apps/v1:StatefulSet": ("spec", "template"),
    "batch/v1:Job": ("spec", "template"),
    "batch/v1:CronJob": ("spec", "jobTemplate", "spec", "template"),
}
"""Type token, and the way from the object to the one that has the pod's metadata and spec."""

_ODDS: Final = 24
_ABSENT: Final = object()
_ODD: Final[tuple[Any, ...]] = (
    "",
    "yes",
    "true",
    "false",
    0,
    1,
    -1,
    0.5,
    [],
    {},
    ["ALL"],
    {"type": "RuntimeDefault"},
    "RuntimeDefault",
)
_QUANTITIES: Final = ("1m", "100m", "0.5", "1", "1.0", "2", "8", "8000m", "8001m", "9", "0", "-1", "1e3", "1E", "64Mi")
_MEMORIES: Final = (
    "64Mi",
    "1Gi",
    "1.5Gi",
    "16Gi",
    "16777216Ki",
    "17Gi",
    "17179869185",
    "1e9",
    "0",
    "1m",
    "-5Gi",
    "1 Gi",
)


@dataclass(frozen=True)
class Workload:
    """One generated workload: Pulumi's type token, the kind in it, and the object."""

    type: str
    kind: str
    body: dict[str, Any]


def _mostly(good: st.SearchStrategy[Any], others: Sequence[Any]) -> st.SearchStrategy[Any]:
    """Draw what is right most of the time, or else one of the others."""
    return st.integers(0, _ODDS).flatmap(lambda number: good if number else st.sampled_from(others))


def _object(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Draw an object of these fields; one drawn as absent is not there."""
    return st.fixed_dictionaries(fields).map(
        lambda drawn: {key: value for key, value in drawn.items() if value is not _ABSENT}
    )


def _amounts(cpu: str, memory: str) -> st.SearchStrategy[Any]:
    return _object(
        cpu=_mostly(st.just(cpu), [_ABSENT, None, *_QUANTITIES, *_ODD]),
        memory=_mostly(st.just(memory), [_ABSENT, None, *_MEMORIES, *_ODD]),
        **{"ephemeral-storage": _mostly(st.just("1Gi"), [_ABSENT, None, "0", "x", *_ODD])},
    )


def _resources() -> st.SearchStrategy[Any]:
    good = _object(requests=_amounts("100m", "64Mi"), limits=_amounts("1", "1Gi"))
    return _mostly(good, [_ABSENT, None, {}, "lots", {"limits": {"cpu": "1"}}, {"limits": None, "requests": None}])


def _seccomp(*, is_needed: bool) -> st.SearchStrategy[Any]:
    good = {"type": "RuntimeDefault"}
    bad: tuple[Any, ...] = (
        None,
        {},
        {"type": None},
        {"type": "Unconfined"},
        {"type": "Localhost", "localhostProfile": "x.json"},
    )
    return _mostly(
        st.just(good if is_needed else _ABSENT), [_ABSENT, good, *bad, {"type": "runtimedefault"}, {"type": 1}]
    )


def _capabilities() -> st.SearchStrategy[Any]:
    names = ["NET_BIND_SERVICE", "SYS_ADMIN", "NET_ADMIN", "CAP_SYS_ADMIN", "ALL", "SYS_PTRACE", "sys_admin", 1, None]
    odd = _object(
        drop=_mostly(st.just(["ALL"]), [_ABSENT, None, [], ["NET_RAW"], ["NET_RAW", "ALL"], ["all"], [1]]),
        add=_mostly(st.lists(st.sampled_from(names), max_size=2), [_ABSENT, None]),
    )
    return st.integers(0, _ODDS).flatmap(lambda number: st.just({"drop": ["ALL"]}) if number else odd)


def _identity(*, is_container: bool) -> dict[str, st.SearchStrategy[Any]]:
    """Draw what both the pod and a container may say about whom they run as."""
    usual = st.just(_ABSENT if is_container else True)
    user = st.just(_ABSENT if is_container else 1000)
    return {
        "runAsNonRoot": _mostly(usual, [_ABSENT, None, True, False, "true", 1]),
        "runAsUser": _mostly(user, [_ABSENT, None, 1000, 0, -1, "1000", 1.5]),
        "seccompProfile": _seccomp(is_needed=not is_container),
    }


def _container_security() -> st.SearchStrategy[Any]:
    return _object(
        allowPrivilegeEscalation=_mostly(st.sampled_from([False]), [_ABSENT, None, True, "false", 0]),
        privileged=_mostly(st.sampled_from([_ABSENT, False]), [None, True, "false", "true", 0, 1]),
        procMount=_mostly(st.sampled_from([_ABSENT, "Default"]), [None, "Unmasked", "default", 1]),
        capabilities=_capabilities(),
        **_identity(is_container=True),
    )


def _images() -> st.SearchStrategy[Any]:
    good = "docker.io/library/registry:3.0.0" + _DIGEST
    return _mostly(
        st.sampled_from([good, "docker.io/library/postgres" + _DIGEST, "registry:3" + _DIGEST]),
        [
            "registry",
            "registry:3.0.0",
            "registry:latest",
            "docker.io/library/registry:latest" + _DIGEST,
            "ghcr.io/coder/coder:v2.36.3",
            "ghcr.io/coder/coder:v2.36.3" + _DIGEST,
            "ghcr.io/coderr/coder" + _DIGEST,
            "docker.io.example.com/library/registry" + _DIGEST,
            "localhost:5000/library/registry:3" + _DIGEST,
            "registry.coder.svc.cluster.local:5000/spt-flow/x:1" + _DIGEST,
            "registry.coder.svc.cluster.local:5000/spt-flow-x:1" + _DIGEST,
            "index.docker.io/library/registry:3",
            "registry:443/registry",
        ],
    )


def _ports() -> st.SearchStrategy[Any]:
    port = _object(
        containerPort=st.just(80), hostPort=_mostly(st.just(_ABSENT), [None, 0, 80, "80", "0", True, 8080.0])
    )
    return _mostly(st.just(_ABSENT), [[]]) | st.lists(port, max_size=2)


def _containers(name: str, smallest: int) -> st.SearchStrategy[Any]:
    one = _object(
        name=_mostly(st.just(name), [_ABSENT, "Not A Name", 1]),
        image=_images(),
        resources=_resources(),
        securityContext=_mostly(_container_security(), [_ABSENT, None, {}]),
        ports=_ports(),
        restartPolicy=_mostly(st.just(_ABSENT), ["Always"]) if name == "init" else st.just(_ABSENT),
    )
    return st.lists(one, min_size=smallest, max_size=2)


def _volumes() -> st.SearchStrategy[Any]:
    volume = st.sampled_from(
        [
            {"name": "scratch", "emptyDir": {}},
            {"name": "none", "hostPath": None, "emptyDir": {}},
            {"name": "host", "hostPath": {"path": "/"}},
            {"name": "host", "hostPath": {"path": "/var/lib"}},
            {"name": "host", "hostPath": {}},
        ]
    )
    return _mostly(st.just(_ABSENT), [[]]) | st.lists(volume, max_size=2)


def _pod_specs() -> st.SearchStrategy[Any]:
    switch = _mostly(st.sampled_from([_ABSENT, False]), [None, True, "true", "false", 0, 1])
    return _object(
        automountServiceAccountToken=st.sampled_from([False]),
        hostNetwork=switch,
        hostPID=switch,
        hostIPC=switch,
        securityContext=_mostly(_object(**_identity(is_container=False)), [_ABSENT, None, {}]),
        volumes=_volumes(),
        containers=_containers("main", 1),
        initContainers=_mostly(st.just(_ABSENT), [None, []]) | _containers("init", 0),
        ephemeralContainers=_mostly(st.just(_ABSENT), [None, []]) | _containers("debug", 0),
    )


@st.composite
def workloads(draw: st.DrawFn) -> Workload:
    """Draw a workload of any kind in one of the platform's namespaces, or in one that is not."""
    token = draw(st.sampled_from(sorted(_WAYS)))
    namespace = draw(st.sampled_from(["coder", "coder", "coder-workspace", "spt-system", "elsewhere"]))
    metadata = {"name": "web", "namespace": namespace, "labels": {"app.kubernetes.io/name": "web"}}
    inner: dict[str, Any] = {"metadata": dict(metadata), "spec": draw(_pod_specs())}
    for key in reversed(_WAYS[token]):
        inner = {key: inner}
    version, _, kind = token.rpartition(":")
    body = {"apiVersion": version.removeprefix("core/"), "kind": kind, **inner, "metadata": metadata}
    return Workload(f"kubernetes:{token}", kind, body)
