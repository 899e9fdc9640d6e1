"""What is not known, must not be shown, or is not there yet."""

__all__ = ["CASES"]

from typing import Any

import pulumi
from pulumi import Output, ResourceOptions

from tests.parity.case import Case, Context, Step
from tests.parity.sdk import k8s


def _new_namespace(context: Context, options: ResourceOptions) -> None:
    name = f"{context.namespace}-new"
    space = k8s.core.v1.Namespace("space", metadata={"name": name}, opts=options)
    merged = ResourceOptions.merge(options, ResourceOptions(depends_on=[space]))
    k8s.core.v1.ConfigMap("settings", metadata={"name": "settings", "namespace": name}, data={"a": "1"}, opts=merged)
    k8s.core.v1.ServiceAccount("account", metadata={"namespace": name}, opts=merged)


def _custom(size: int) -> Any:  # noqa: ANN401 - a program
    def program(context: Context, options: ResourceOptions) -> None:
        group = f"{context.namespace}.example.com"
        schema = {
            "type": "object",
            "properties": {
                "spec": {
                    "type": "object",
                    "properties": {"size": {"type": "integer"}, "mode": {"type": "string", "default": "plain"}},
                }
            },
        }
        definition = k8s.apiextensions.v1.CustomResourceDefinition(
            "definition",
            metadata={"name": f"widgets.{group}"},
            spec={
                "group": group,
                "scope": "Namespaced",
                "names": {"plural": "widgets", "singular": "widget", "kind": "Widget", "listKind": "WidgetList"},
                "versions": [
                    {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}},
                ],
            },
            opts=options,
        )
        k8s.apiextensions.CustomResource(
            "widget",
            api_version=f"{group}/v1",
            kind="Widget",
            metadata={"name": "widget", "namespace": context.namespace},
            spec={"size": size},
            opts=ResourceOptions.merge(options, ResourceOptions(depends_on=[definition])),
        )

    return program


def _secrets(value: str) -> Any:  # noqa: ANN401 - a program
    def program(context: Context, options: ResourceOptions) -> None:
        del context
        hidden = Output.secret(value)
        k8s.core.v1.Secret(
            "strings", metadata={"name": "strings"}, string_data={"hidden": hidden, "open": "1"}, opts=options
        )
        k8s.core.v1.Secret("data", metadata={"name": "data"}, data={"k": "dg=="}, opts=options)
        k8s.core.v1.ConfigMap(
            "settings",
            metadata={"name": "settings", "annotations": {"hidden": hidden}},
            data={"hidden": hidden, "open": "1"},
            opts=options,
        )
        k8s.apps.v1.Deployment(
            "deployment",
            metadata={"name": "web"},
            spec={
                "replicas": 0,
                "selector": {"match_labels": {"app": "web"}},
                "template": {
                    "metadata": {"labels": {"app": "web"}},
                    "spec": {
                        "containers": [
                            {
                                "name": "app",
                                "image": "registry.example.com/app:1",
                                "env": [{"name": "TOKEN", "value": hidden}],
                            }
                        ]
                    },
                },
            },
            opts=options,
        )

    return program


def _unknowns(value: str) -> Any:  # noqa: ANN401 - a program
    def program(context: Context, options: ResourceOptions) -> None:
        del context
        first = k8s.core.v1.ConfigMap("first", data={"a": value}, opts=options)
        uid = first.metadata.apply(lambda metadata: metadata.uid)
        name = first.metadata.apply(lambda metadata: metadata.name)
        k8s.core.v1.ConfigMap("data", metadata={"name": "data"}, data={"uid": uid, "known": "1"}, opts=options)
        k8s.core.v1.ConfigMap("named", metadata={"name": name.apply(lambda text: f"{text}-more")}, opts=options)
        k8s.core.v1.ConfigMap(
            "labelled", metadata={"name": "labelled", "labels": uid.apply(lambda text: {"uid": text})}, opts=options
        )
        pulumi.export("uid", uid)

    return program


_MUTABLE = {"enable_config_map_mutable": True, "enable_secret_mutable": True}

CASES = (
    Case(
        "new-namespace",
        (
            Step("preview", _new_namespace, "preview"),
            Step("up", _new_namespace),
            Step("again", _new_namespace),
        ),
    ),
    Case(
        "new-definition",
        (
            Step("preview", _custom(1), "preview"),
            Step("up", _custom(1)),
            Step("again", _custom(1)),
            Step("change", _custom(2)),
            Step("refresh", _custom(2), "refresh"),
        ),
    ),
    Case(
        "secrets",
        (
            Step("preview", _secrets("first-value"), "preview"),
            Step("up", _secrets("first-value")),
            Step("again", _secrets("first-value")),
            Step("change", _secrets("other-value")),
            Step("refresh", _secrets("other-value"), "refresh"),
            Step("after", _secrets("other-value")),
        ),
        provider=_MUTABLE,
    ),
    Case(
        "secrets-immutable",
        (Step("up", _secrets("first-value")), Step("change", _secrets("other-value"))),
    ),
    Case(
        "unknowns",
        (
            Step("preview", _unknowns("1"), "preview"),
            Step("up", _unknowns("1")),
            Step("preview change", _unknowns("2"), "preview"),
            Step("change", _unknowns("2")),
            Step("again", _unknowns("2")),
        ),
    ),
)
