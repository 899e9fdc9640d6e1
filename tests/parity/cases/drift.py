"""Clusters that changed behind Pulumi's back, and objects that were there before."""

__all__ = ["CASES"]

from typing import Any

from pulumi import ResourceOptions

from tests.parity.case import Case, Context, Step
from tests.parity.sdk import k8s


def _program(context: Context, options: ResourceOptions) -> None:
    del context
    k8s.core.v1.ConfigMap("changed", metadata={"name": "changed"}, data={"a": "1", "b": "1"}, opts=options)
    k8s.core.v1.ConfigMap("removed", metadata={"name": "removed"}, data={"a": "1"}, opts=options)
    k8s.core.v1.ServiceAccount("autonamed", opts=options)
    k8s.core.v1.ResourceQuota(
        "quota", metadata={"name": "quota"}, spec={"hard": {"requests.cpu": "1000m", "pods": "9"}}, opts=options
    )
    k8s.core.v1.Secret("secret", metadata={"name": "secret"}, string_data={"key": "plain"}, opts=options)


def _drift(context: Context) -> None:
    space = context.namespace
    patch = '{"data": {"a": "2", "c": "3"}, "metadata": {"labels": {"added": "yes"}}}'
    context.cluster.kubectl("--namespace", space, "patch", "configmap", "changed", "--patch", patch)
    context.cluster.kubectl("--namespace", space, "delete", "configmap", "removed")
    quota = '{"spec": {"hard": {"pods": "5"}}}'
    context.cluster.kubectl("--namespace", space, "patch", "resourcequota", "quota", "--patch", quota)


def _existing(context: Context) -> None:
    space = context.namespace
    context.cluster.apply(
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "settings", "namespace": space, "labels": {"team": "a"}},
            "data": {"a": "1"},
        },
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "secret", "namespace": space},
            "data": {"k": "dg=="},
        },
    )


def _imported(value: str, *, imports: bool) -> Any:  # noqa: ANN401 - a program
    def program(context: Context, options: ResourceOptions) -> None:
        def opts(name: str) -> ResourceOptions:
            found = ResourceOptions(import_=f"{context.namespace}/{name}") if imports else ResourceOptions()
            return ResourceOptions.merge(options, found)

        space = context.namespace
        k8s.core.v1.ConfigMap(
            "settings",
            metadata={"name": "settings", "namespace": space, "labels": {"team": "a"}},
            data={"a": value},
            opts=opts("settings"),
        )
        k8s.core.v1.Secret(
            "secret",
            type="Opaque",
            metadata={"name": "secret", "namespace": space},
            data={"k": "dg=="},
            opts=opts("secret"),
        )

    return program


def _patch(value: str) -> Any:  # noqa: ANN401 - a program
    def program(context: Context, options: ResourceOptions) -> None:
        del context
        k8s.core.v1.ConfigMapPatch("patch", metadata={"name": "settings"}, data={"b": value}, opts=options)

    return program


def _missing(context: Context, options: ResourceOptions) -> None:
    merged = ResourceOptions.merge(options, ResourceOptions(import_=f"{context.namespace}/nobody"))
    k8s.core.v1.ConfigMap("settings", metadata={"name": "nobody"}, data={}, opts=merged)


def _get(context: Context, options: ResourceOptions) -> None:
    k8s.core.v1.ConfigMap.get("settings", f"{context.namespace}/settings", opts=options)


_MUTABLE = {"enable_config_map_mutable": True, "enable_secret_mutable": True}

CASES = (
    Case(
        "refresh",
        (
            Step("up", _program),
            Step("refresh unchanged", _program, "refresh"),
            Step("again", _program),
            Step("refresh drifted", _program, "refresh", before=_drift),
            Step("preview", _program, "preview"),
            Step("repair", _program),
            Step("once more", _program),
        ),
        provider=_MUTABLE,
    ),
    Case(
        "drift-unseen",
        (Step("up", _program), Step("drifted", _program, before=_drift), Step("refresh", _program, "refresh")),
        provider=_MUTABLE,
    ),
    Case(
        "import",
        (
            Step("preview", _imported("1", imports=True), "preview", before=_existing),
            Step("import", _imported("1", imports=True)),
            Step("again", _imported("1", imports=False)),
            Step("refresh", _imported("1", imports=False), "refresh"),
            Step("change", _imported("2", imports=False)),
            Step("after", _imported("2", imports=False)),
        ),
        provider=_MUTABLE,
    ),
    Case("import-missing", (Step("import", _missing, fails=True),)),
    Case(
        "patch",
        (
            Step("up", _patch("1"), before=_existing),
            Step("again", _patch("1")),
            Step("change", _patch("2")),
            Step("destroy", _patch("2"), "destroy"),
        ),
    ),
    Case("get", (Step("up", _get, before=_existing), Step("again", _get))),
)
