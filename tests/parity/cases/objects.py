"""Objects that come, change, are replaced, renamed and removed."""

__all__ = ["CASES"]

from typing import Any

import pulumi
from pulumi import ResourceOptions

from tests.parity.case import Case, Context, Step
from tests.parity.sdk import k8s

_IMAGE = "registry.example.com/app:1"


def _pod(image: str = _IMAGE, **labels: str) -> dict[str, Any]:
    return {
        "metadata": {"labels": {"app": "web", **labels}},
        "spec": {
            "containers": [
                {
                    "name": "app",
                    "image": image,
                    "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"memory": "64Mi"}},
                    "env": [{"name": "MODE", "value": "plain"}],
                    "ports": [{"container_port": 8080}],
                }
            ]
        },
    }


def _kinds(context: Context, options: ResourceOptions) -> None:
    """One of each kind the platform uses that is ready without a node."""
    space = context.namespace
    selector = {"match_labels": {"app": "web"}}
    k8s.core.v1.Namespace("space", metadata={"name": f"{space}-more", "labels": {"team": "a"}}, opts=options)
    k8s.core.v1.ConfigMap("settings", metadata={"name": "settings"}, data={"a": "1", "b": "2"}, opts=options)
    k8s.core.v1.Secret("secret", metadata={"name": "secret"}, string_data={"key": "plain"}, opts=options)
    k8s.core.v1.ServiceAccount("account", metadata={"name": "account"}, opts=options)
    k8s.core.v1.Service(
        "service",
        metadata={"name": "service"},
        spec={"selector": {"app": "web"}, "cluster_ip": "None", "ports": [{"port": 80, "target_port": 8080}]},
        opts=options,
    )
    k8s.core.v1.ResourceQuota("quota", metadata={"name": "quota"}, spec={"hard": {"pods": "9"}}, opts=options)
    k8s.core.v1.LimitRange(
        "range",
        metadata={"name": "range"},
        spec={"limits": [{"type": "Container", "default": {"cpu": "1", "memory": "1Gi"}}]},
        opts=options,
    )
    k8s.core.v1.PersistentVolumeClaim(
        "claim",
        metadata={"name": "claim", "annotations": {"pulumi.com/skipAwait": "true"}},
        spec={"access_modes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
        opts=options,
    )
    k8s.rbac.v1.Role(
        "role",
        metadata={"name": "role"},
        rules=[{"api_groups": [""], "resources": ["pods"], "verbs": ["get"]}],
        opts=options,
    )
    k8s.rbac.v1.RoleBinding(
        "binding",
        metadata={"name": "binding"},
        role_ref={"api_group": "rbac.authorization.k8s.io", "kind": "Role", "name": "role"},
        subjects=[{"kind": "ServiceAccount", "name": "account", "namespace": space}],
        opts=options,
    )
    k8s.rbac.v1.ClusterRole(
        "cluster-role",
        metadata={"name": f"{space}-role"},
        rules=[{"api_groups": [""], "resources": ["nodes"], "verbs": ["list"]}],
        opts=options,
    )
    k8s.networking.v1.NetworkPolicy(
        "policy",
        metadata={"name": "policy"},
        spec={"pod_selector": {}, "policy_types": ["Ingress", "Egress"]},
        opts=options,
    )
    k8s.storage.v1.StorageClass(
        "class", metadata={"name": f"{space}-class"}, provisioner="example.com/none", opts=options
    )
    k8s.policy.v1.PodDisruptionBudget(
        "budget", metadata={"name": "budget"}, spec={"selector": selector, "max_unavailable": 1}, opts=options
    )
    k8s.batch.v1.CronJob(
        "cron",
        metadata={"name": "cron"},
        spec={
            "schedule": "0 3 * * *",
            "suspend": True,
            "job_template": {
                "spec": {
                    "template": {
                        "spec": {"restart_policy": "Never", "containers": [{"name": "job", "image": _IMAGE}]},
                    }
                }
            },
        },
        opts=options,
    )
    k8s.apps.v1.Deployment(
        "deployment",
        metadata={"name": "web"},
        spec={"replicas": 0, "selector": selector, "template": _pod()},
        opts=options,
    )
    k8s.apps.v1.StatefulSet(
        "stateful",
        metadata={"name": "stateful"},
        spec={"replicas": 0, "service_name": "service", "selector": selector, "template": _pod()},
        opts=options,
    )
    k8s.apps.v1.DaemonSet(
        "daemon", metadata={"name": "daemon"}, spec={"selector": selector, "template": _pod()}, opts=options
    )


def _nothing(context: Context, options: ResourceOptions) -> None:
    del context, options


def _first(context: Context, options: ResourceOptions) -> None:
    del context
    k8s.core.v1.ConfigMap(
        "settings",
        metadata={"name": "settings", "labels": {"keep": "yes", "drop": "yes"}, "annotations": {"note": "one"}},
        data={"keep": "1", "change": "1", "drop": "1"},
        opts=options,
    )
    k8s.apps.v1.Deployment(
        "deployment",
        metadata={"name": "web"},
        spec={"replicas": 0, "selector": {"match_labels": {"app": "web"}}, "template": _pod(tier="front")},
        opts=options,
    )
    k8s.core.v1.Service(
        "service",
        metadata={"name": "service"},
        spec={"selector": {"app": "web"}, "cluster_ip": "None", "ports": [{"name": "http", "port": 80}]},
        opts=options,
    )


def _second(context: Context, options: ResourceOptions) -> None:
    del context
    k8s.core.v1.ConfigMap(
        "settings",
        metadata={"name": "settings", "labels": {"keep": "yes", "new.example.com/label": "yes"}},
        data={"keep": "1", "change": "2", "new": "1"},
        opts=options,
    )
    k8s.apps.v1.Deployment(
        "deployment",
        metadata={"name": "web"},
        spec={
            "replicas": 0,
            "min_ready_seconds": 3,
            "selector": {"match_labels": {"app": "web"}},
            "template": _pod("registry.example.com/app:2"),
        },
        opts=options,
    )
    ports = [{"name": "http", "port": 80}, {"name": "more", "port": 81}]
    k8s.core.v1.Service(
        "service",
        metadata={"name": "service"},
        spec={"selector": {"app": "web"}, "cluster_ip": "None", "ports": ports},
        opts=options,
    )


def _replaceable(name: str, selector: str, role: str, *, autoname: bool = False) -> Any:  # noqa: ANN401 - a program
    def program(context: Context, options: ResourceOptions) -> None:
        space = context.namespace
        metadata = None if autoname else {"name": name}
        k8s.core.v1.ConfigMap("settings", metadata=metadata, data={"a": selector}, opts=options)
        k8s.apps.v1.Deployment(
            "deployment",
            metadata={"name": "web"},
            spec={
                "replicas": 0,
                "selector": {"match_labels": {"app": "web", "s": selector}},
                "template": _pod(s=selector),
            },
            opts=options,
        )
        k8s.rbac.v1.RoleBinding(
            "binding",
            metadata={"name": "binding"},
            role_ref={"api_group": "rbac.authorization.k8s.io", "kind": "Role", "name": role},
            subjects=[{"kind": "ServiceAccount", "name": "default", "namespace": space}],
            opts=options,
        )

    return program


def _empty(context: Context, options: ResourceOptions) -> None:
    k8s.rbac.v1.ClusterRole("role", metadata={"name": f"{context.namespace}-role"}, rules=[], opts=options)
    k8s.core.v1.ConfigMap("settings", metadata={"name": "settings", "labels": {}}, data={}, opts=options)


def _named(resource: str, value: str, *, alias: str = "") -> Any:  # noqa: ANN401 - a program
    def program(context: Context, options: ResourceOptions) -> None:
        del context
        aliases = ResourceOptions(aliases=[pulumi.Alias(name=alias)]) if alias else ResourceOptions()
        merged = ResourceOptions.merge(options, aliases)
        k8s.core.v1.ConfigMap(resource, metadata={"name": "settings"}, data={"a": value}, opts=merged)
        k8s.core.v1.ServiceAccount(
            f"{resource}-auto",
            opts=merged
            if not alias
            else ResourceOptions.merge(options, ResourceOptions(aliases=[pulumi.Alias(name=f"{alias}-auto")])),
        )

    return program


def _moved(namespace_suffix: str) -> Any:  # noqa: ANN401 - a program
    def program(context: Context, options: ResourceOptions) -> None:
        name = f"{context.namespace}-{namespace_suffix}"
        space = k8s.core.v1.Namespace(f"space-{namespace_suffix}", metadata={"name": name}, opts=options)
        k8s.core.v1.ConfigMap(
            "settings",
            metadata={"name": "settings", "namespace": name},
            data={"a": "1"},
            opts=ResourceOptions.merge(options, ResourceOptions(depends_on=[space])),
        )

    return program


def _remove_settings(context: Context) -> None:
    context.cluster.kubectl("--namespace", context.namespace, "delete", "configmap", "settings")


CASES = (
    Case("create", (Step("preview", _kinds, "preview"), Step("up", _kinds), Step("again", _kinds))),
    Case(
        "change",
        (
            Step("up", _first),
            Step("preview", _second, "preview"),
            Step("change", _second),
            Step("again", _second),
            Step("back", _first),
        ),
    ),
    Case(
        "replace",
        (
            Step("up", _replaceable("one", "a", "first")),
            Step("preview", _replaceable("two", "b", "second"), "preview"),
            Step("replace", _replaceable("two", "b", "second")),
            Step("again", _replaceable("two", "b", "second")),
        ),
    ),
    Case(
        "replace-autonamed",
        (
            Step("up", _replaceable("", "a", "first", autoname=True)),
            Step("replace", _replaceable("", "b", "first", autoname=True)),
            Step("named", _replaceable("settings", "b", "first")),
        ),
    ),
    Case(
        "mutable",
        (
            Step("up", _replaceable("one", "a", "first")),
            Step("change", _replaceable("one", "b", "first")),
        ),
        provider={"enable_config_map_mutable": True, "enable_secret_mutable": True},
    ),
    Case(
        "rename",
        (
            Step("up", _named("before", "1")),
            Step("preview", _named("after", "1", alias="before"), "preview"),
            Step("rename", _named("after", "1", alias="before")),
            Step("change", _named("after", "2", alias="before")),
            Step("again", _named("after", "2")),
        ),
        provider={"enable_config_map_mutable": True},
    ),
    Case("empty", (Step("up", _empty), Step("again", _empty))),
    Case("move", (Step("up", _moved("one")), Step("move", _moved("two")))),
    Case(
        "delete",
        (
            Step("up", _first),
            Step("preview", _nothing, "preview"),
            Step("delete", _nothing),
            Step("once more", _first),
            Step("gone already", _nothing, before=_remove_settings),
            Step("and back", _first),
            Step("destroy", _first, "destroy"),
        ),
    ),
)
