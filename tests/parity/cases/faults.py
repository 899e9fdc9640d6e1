"""Objects that do not become ready, exist already, belong to somebody else or are refused."""

__all__ = ["CASES"]

from typing import Any

from pulumi import CustomTimeouts, ResourceOptions

from tests.parity.case import Case, Context, Step
from tests.parity.sdk import k8s


def _deployment(replicas: int, image: str = "registry.example.com/app:1") -> Any:  # noqa: ANN401 - a program
    def program(context: Context, options: ResourceOptions) -> None:
        del context
        k8s.apps.v1.Deployment(
            "deployment",
            metadata={"name": "web"},
            spec={
                "replicas": replicas,
                "selector": {"match_labels": {"app": "web"}},
                "template": {
                    "metadata": {"labels": {"app": "web"}},
                    "spec": {"containers": [{"name": "app", "image": image}]},
                },
            },
            opts=ResourceOptions.merge(
                options, ResourceOptions(custom_timeouts=CustomTimeouts(create="4s", update="4s"))
            ),
        )

    return program


def _pod(context: Context, options: ResourceOptions) -> None:
    del context
    k8s.core.v1.Pod(
        "pod",
        metadata={"name": "pod", "annotations": {"pulumi.com/timeoutSeconds": "4"}},
        spec={"containers": [{"name": "app", "image": "registry.example.com/app:1"}]},
        opts=options,
    )


def _service(context: Context, options: ResourceOptions) -> None:
    del context
    k8s.core.v1.Service(
        "service",
        metadata={"name": "service"},
        spec={"selector": {"app": "nobody"}, "ports": [{"port": 80}]},
        opts=options,
    )


def _skipped(context: Context, options: ResourceOptions) -> None:
    del context
    metadata = {"name": "service", "annotations": {"pulumi.com/skipAwait": "true"}}
    spec = {"selector": {"app": "nobody"}, "ports": [{"port": 80}]}
    k8s.core.v1.Service("service", metadata=metadata, spec=spec, opts=options)


def _settings(**data: str) -> Any:  # noqa: ANN401 - a program
    def program(context: Context, options: ResourceOptions) -> None:
        del context
        k8s.core.v1.ConfigMap("settings", metadata={"name": "settings"}, data=data, opts=options)

    return program


def _foreign(context: Context) -> None:
    metadata = {"name": "settings", "namespace": context.namespace}
    context.cluster.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"a": "theirs"}})


def _seize(context: Context) -> None:
    metadata = {"name": "settings", "namespace": context.namespace}
    context.cluster.apply(
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"a": "theirs"}}, manager="somebody"
    )


def _invalid(context: Context, options: ResourceOptions) -> None:
    del context
    k8s.core.v1.ConfigMap("settings", metadata={"name": "Not_A_Name"}, data={"a": "1"}, opts=options)


_MUTABLE = {"enable_config_map_mutable": True}

CASES = (
    Case(
        "readiness-deployment",
        (
            Step("up", _deployment(1), fails=True),
            Step("preview", _deployment(1), "preview"),
            Step("still not", _deployment(1), fails=True),
            Step("repaired", _deployment(0)),
            Step("again", _deployment(0)),
            Step("broken", _deployment(1), fails=True),
            Step("refresh", _deployment(1), "refresh"),
        ),
    ),
    Case("readiness-pod", (Step("up", _pod, fails=True), Step("delete", _deployment(0)))),
    Case("readiness-service", (Step("up", _service), Step("skipped", _skipped))),
    Case("skip-await", (Step("up", _skipped), Step("again", _skipped))),
    Case(
        "exists",
        (
            Step("preview", _settings(a="ours"), "preview", before=_foreign),
            Step("up", _settings(a="ours"), fails=True),
        ),
        provider=_MUTABLE,
    ),
    Case(
        "upsert",
        (
            Step("conflict", _settings(a="ours"), before=_foreign, fails=True),
            Step("up", _settings(b="ours")),
            Step("again", _settings(b="ours")),
        ),
        provider={**_MUTABLE, "upsert_existing_objects": True},
    ),
    Case(
        "conflict",
        (
            Step("up", _settings(a="1", b="1")),
            Step("preview", _settings(a="2", b="1"), "preview", before=_seize),
            Step("change", _settings(a="2", b="1"), fails=True),
            Step("other field", _settings(a="1", b="2"), fails=True),
        ),
        provider=_MUTABLE,
    ),
    Case("invalid", (Step("preview", _invalid, "preview", fails=True), Step("up", _invalid, fails=True))),
)
