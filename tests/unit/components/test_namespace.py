from collections.abc import Callable
from typing import Any

import pytest

from components.namespace import (
    Namespace,
    NamespaceArgs,
    build_limit_range,
    build_namespace,
    build_resource_quota,
)
from components.network_policies import build_network_policies
from components.platform_namespaces import platform_namespaces
from core.quantity import Quantity
from settings import Settings, load_settings
from tests.support.recording import declare

_CONFIG = {
    "spt-flow:kubeContext": "here",
    "spt-flow:nodeCidrs": '["10.0.0.0/16"]',
    "spt-flow:coderAccessUrl": "https://coder.example.com",
}
_NAMES = ("coder", "coder-workspace", "spt-system")


def _settings(**values: str) -> Settings:
    return load_settings("staging", {**_CONFIG, **{f"spt-flow:{key}": value for key, value in values.items()}})


def _args(namespace: str, **values: str) -> NamespaceArgs:
    (args,) = [args for args in platform_namespaces(_settings(**values)) if args["namespace"] == namespace]
    return args


def _manifests(args: NamespaceArgs) -> list[dict[str, Any]]:
    return [
        build_namespace(args["namespace"], args["component"], args["pod_security"]),
        build_resource_quota(args["namespace"], args["quota"]),
        build_limit_range(args["namespace"], args["limits"]),
    ]


def test_the_platform_has_three_namespaces() -> None:
    assert tuple(args["namespace"] for args in platform_namespaces(_settings())) == _NAMES


@pytest.mark.parametrize("namespace", _NAMES)
def test_manifests(namespace: str, golden: Callable[[str, Any], None]) -> None:
    golden(f"namespace-{namespace}", _manifests(_args(namespace)))


@pytest.mark.parametrize(
    ("namespace", "level"), [("coder", "restricted"), ("coder-workspace", "baseline"), ("spt-system", "privileged")]
)
def test_pod_security_is_enforced_warned_and_audited_alike(namespace: str, level: str) -> None:
    labels = _manifests(_args(namespace))[0]["metadata"]["labels"]
    for mode in ("enforce", "warn", "audit"):
        assert labels[f"pod-security.kubernetes.io/{mode}"] == level
        assert labels[f"pod-security.kubernetes.io/{mode}-version"] == "latest"


def test_a_workspace_gets_and_may_have_what_is_promised() -> None:
    container, pod = _manifests(_args("coder-workspace"))[2]["spec"]["limits"]
    assert {key: container["defaultRequest"][key] for key in ("cpu", "memory")} == {"cpu": "250m", "memory": "512Mi"}
    assert {key: container["max"][key] for key in ("cpu", "memory")} == {"cpu": "8", "memory": "16Gi"}
    assert (pod["type"], pod["max"]) == ("Pod", container["max"])
    assert all("ephemeral-storage" in container[part] for part in ("defaultRequest", "default", "max"))


@pytest.mark.parametrize("namespace", _NAMES)
def test_defaults_lie_between_requests_and_maxima(namespace: str) -> None:
    container = _manifests(_args(namespace))[2]["spec"]["limits"][0]
    for resource, most in container["max"].items():
        request, default = container["defaultRequest"][resource], container["default"][resource]
        assert Quantity.parse(request) <= Quantity.parse(default) <= Quantity.parse(most)


@pytest.mark.parametrize("namespace", _NAMES)
def test_the_quota_has_room_for_the_largest_container(namespace: str) -> None:
    args = _args(namespace)
    maximum = args["limits"]["maximum"]
    for resource in ("cpu", "memory"):
        assert Quantity.parse(maximum[resource]) <= Quantity.parse(args["quota"][f"limits.{resource}"])


def test_settings_reach_quota_and_limits() -> None:
    args = _args("coder-workspace", workspaceQuotaPods="7", workspaceCpuMax="6", workspaceQuotaStorage="1Ti")
    assert args["quota"]["pods"] == "7"
    assert args["quota"]["requests.storage"] == "1Ti"
    assert args["limits"]["maximum"]["cpu"] == "6"


def test_workspaces_open_no_door_of_their_own() -> None:
    quota = _args("coder-workspace")["quota"]
    assert (quota["services.nodeports"], quota["services.loadbalancers"]) == ("0", "0")


@pytest.mark.parametrize("namespace", _NAMES)
def test_everything_is_registered_as_built_under_the_component(namespace: str) -> None:
    args = _args(namespace)
    found = declare(lambda: Namespace(namespace, args))
    component = found.pop(namespace)
    assert component.type == "spt-flow:index:Namespace"
    assert {entry.parent for entry in found.values()} == {namespace}

    body, quota, limits = _manifests(args)
    policies = {
        f"{namespace}-{policy['metadata']['name']}": policy
        for policy in build_network_policies(namespace, args["flows"])
    }
    built = {f"{namespace}-namespace": body, f"{namespace}-quota": quota, f"{namespace}-limits": limits, **policies}
    assert {name: entry.inputs for name, entry in found.items()} == built
    inside = found.keys() - {f"{namespace}-namespace"}
    assert all(f"{namespace}-namespace" in found[name].depends_on for name in inside)
    assert found[f"{namespace}-namespace"].protect is args["protect"]


@pytest.mark.parametrize(
    ("values", "protected"),
    [
        ({}, {"coder", "coder-workspace"}),
        ({"workspaceStorageProtect": "false"}, {"coder"}),
        ({"registryStorageProtect": "false"}, {"coder", "coder-workspace"}),
        ({"registryStorageProtect": "false", "databaseStorageProtect": "false"}, {"coder-workspace"}),
    ],
)
def test_a_namespace_stays_as_long_as_volumes_in_it_are_to_stay(values: dict[str, str], protected: set[str]) -> None:
    namespaces = platform_namespaces(_settings(**values))
    assert {args["namespace"] for args in namespaces if args["protect"]} == protected
