"""A small program in two states: what `before` has made, `after` changes in every way a comment has to show."""

__all__ = ["CANARY", "NAMESPACE", "after", "before"]

from typing import Any

import pulumi
import pulumi_kubernetes as k8s

NAMESPACE = "comment-of-ci"
CANARY = "canary-c41f0e77-of-the-comment"

_SKIP = {"pulumi.com/skipAwait": "true"}  # the API server of tests has no nodes: nothing would become ready
Manifest = Any  # the SDK types each of them as a class of its own


def _container(name: str, cpu: str, memory: str, **more: object) -> Manifest:
    amounts = {"cpu": cpu, "memory": memory}
    return {"name": name, "image": f"registry.example.com/{name}:1.0", "resources": {"requests": amounts}, **more}


def _pod(name: str, *containers: Manifest, **more: object) -> Manifest:
    return {"metadata": {"labels": {"app": name}}, "spec": {"containers": list(containers), **more}}


def _metadata(name: str) -> Manifest:
    return {"name": name, "namespace": NAMESPACE, "annotations": _SKIP}


def _claim(name: str, size: str) -> Manifest:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}}
    return {"metadata": {"name": name}, "spec": spec}


def _program(
    *,
    replicas: int,
    web: Manifest,
    claims: dict[str, str],
    token: str,
    settings: dict[str, str],
    extra: Manifest | None,
) -> None:
    namespace = k8s.core.v1.Namespace("space", metadata={"name": NAMESPACE, "annotations": _SKIP})
    opts = pulumi.ResourceOptions(depends_on=[namespace])
    spec: Manifest = {"replicas": replicas, "selector": {"matchLabels": {"app": "web"}}, "template": web}
    k8s.apps.v1.Deployment("web", metadata=_metadata("web"), spec=spec, opts=opts)
    for name, size in claims.items():
        k8s.core.v1.PersistentVolumeClaim(name, metadata=_metadata(name), spec=_claim(name, size)["spec"], opts=opts)
    k8s.core.v1.Secret("login", metadata=_metadata("login"), string_data={"token": token, "user": "bot"}, opts=opts)
    k8s.core.v1.ConfigMap("settings", metadata=_metadata("settings"), data=settings, immutable=True, opts=opts)
    if extra is not None:
        kind = extra.pop("kind")
        getattr(k8s.apps.v1, kind)(extra["metadata"]["name"], **extra, opts=opts)


def _workload(kind: str, name: str, pod: Manifest, **more: object) -> Manifest:
    spec = {"selector": {"matchLabels": {"app": name}}, "template": pod, **more}
    return {"kind": kind, "metadata": _metadata(name), "spec": spec}


def before() -> None:
    """Declare what stands."""
    _program(
        replicas=2,
        web=_pod("web", _container("web", "250m", "256Mi")),
        claims={"data": "50Gi", "scratch": "5Gi"},
        token=f"{CANARY}-old",
        settings={"greeting": "hello"},
        extra=_workload("Deployment", "old-worker", _pod("old-worker", _container("worker", "1", "1Gi")), replicas=1),
    )


def after() -> None:
    """Declare what a pull request would make of it."""
    sidecar = _container("log", "50m", "64Mi", restartPolicy="Always")
    setup = _container("setup", "2", "128Mi")
    _program(
        replicas=3,
        web=_pod("web", _container("web", "500m", "256Mi"), initContainers=[sidecar, setup]),
        claims={"data": "50Gi", "archive": "100Gi"},
        token=f"{CANARY}-new",
        settings={"greeting": "hello | `all` <b>of</b> @you"},
        extra=_workload(
            "StatefulSet",
            "store",
            _pod("store", _container("store", "100m", "128Mi")),
            serviceName="store",
            replicas=2,
            volumeClaimTemplates=[_claim("data", "10Gi")],
        ),
    )
