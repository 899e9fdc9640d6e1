import json
from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from components.network_flows import SYSTEM, platform_flows
from components.network_policies import build_network_policies
from components.platform_namespaces import platform_namespaces
from components.prepull import Prepull, PrepullArgs
from components.prepull_arguments import declare_prepull, prepull_args
from components.prepull_manifests import (
    build_account,
    build_cron_job,
    build_daemon_set,
    build_role,
    build_role_binding,
)
from core.errors import UsageError
from core.node_choice import NodeChoice
from core.quantity import Quantity
from jobs.environment import read_settings
from jobs.prepull.settings import PrepullCheckSettings
from settings import Settings
from tests.support.analyzer import PackAnalyzer, StackItem
from tests.support.reachability import Peer, is_reachable
from tests.support.recording import Registered, declare
from tests.support.sample_settings import sample_settings

_IN_CLUSTER = "registry.coder.svc.cluster.local:5000/spt-flow"
_IMAGE = f"{_IN_CLUSTER}/workspace@sha256:{'a1' * 32}"
_TOOLS = f"{_IN_CLUSTER}/platform-tools:0.1.0"
_TOLERATION = {"key": "pool", "operator": "Exists"}
_ARGS: PrepullArgs = {
    "namespace": "spt-system",
    "image": _IMAGE,
    "node_selector": {"pool": "workspaces"},
    "tolerations": [_TOLERATION],
    "check_image": _TOOLS,
    "schedule": "*/10 * * * *",
    "wait_minutes": 5,
}


def _settings(**values: str) -> Settings:
    return sample_settings("staging", **values)


def _declare(**changes: Any) -> dict[str, Registered]:  # noqa: ANN401 - any argument
    args: PrepullArgs = {**_ARGS, **changes}  # type: ignore[typeddict-item] # changes are of its keys
    return declare(lambda: Prepull("prepull", args))


def _daemon_set(image: str = _IMAGE) -> dict[str, Any]:
    return build_daemon_set("spt-system", image=image, node_selector={}, tolerations=[_TOLERATION])


def _check_variables(found: dict[str, Registered]) -> dict[str, str]:
    pod = found["prepull-check-cronjob"].inputs["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    return {entry["name"]: entry["value"] for entry in pod["containers"][0]["env"]}


def test_manifests(golden: Callable[[str, Any], None]) -> None:
    golden(
        "prepull",
        [
            _daemon_set(),
            build_account("spt-system"),
            build_role(),
            build_role_binding("spt-system"),
            build_cron_job(
                "spt-system",
                image="x:1",
                schedule="*/10 * * * *",
                wait_seconds=300,
                settings={"PREPULL_IMAGE": _IMAGE},
            ),
        ],
    )


def test_everything_is_registered_under_the_component() -> None:
    found = _declare()
    assert {entry.name: entry.type.rpartition(":")[2] for entry in found.values()} == {
        "prepull": "Prepull",
        "prepull-daemonset": "DaemonSet",
        "prepull-check-account": "ServiceAccount",
        "prepull-check-role": "ClusterRole",
        "prepull-check-role-binding": "ClusterRoleBinding",
        "prepull-check-cronjob": "CronJob",
    }
    assert {entry.parent for entry in found.values() if entry.name != "prepull"} == {"prepull"}
    rights = {"prepull-check-account", "prepull-check-role", "prepull-check-role-binding"}
    assert rights <= found["prepull-check-cronjob"].depends_on


def test_only_another_image_makes_another_pod_template() -> None:
    other = _daemon_set(_IMAGE.replace("a1", "b2"))["spec"]["template"]
    same, again = _daemon_set()["spec"]["template"], _daemon_set()["spec"]["template"]
    assert same == again
    assert same != other
    other["spec"]["containers"][0]["image"] = _IMAGE
    assert same == other


def test_the_pod_can_do_nothing_and_costs_nothing() -> None:
    spec = _daemon_set()["spec"]["template"]["spec"]
    (container,) = spec["containers"]
    assert (spec["securityContext"]["runAsUser"], spec["automountServiceAccountToken"]) == (1000, False)
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert "volumes" not in spec
    assert "serviceAccountName" not in spec
    requests = {name: Quantity.parse(amount) for name, amount in container["resources"]["requests"].items()}
    assert requests["cpu"] <= Quantity.parse("1m")
    assert requests["memory"] <= Quantity.parse("8Mi")
    bounds = next(each for each in platform_namespaces(_settings()) if each["namespace"] == SYSTEM)["limits"]["maximum"]
    for name, amount in container["resources"]["limits"].items():
        assert Quantity.parse(amount) <= Quantity.parse(str(bounds[name]))


def test_the_check_reads_what_the_manifest_says_and_asks_of_the_same_nodes() -> None:
    found = _declare(pushgateway_url="https://pushgateway.example.com")
    settings = read_settings(PrepullCheckSettings, _check_variables(found))
    pod = found["prepull-daemonset"].inputs["spec"]["template"]["spec"]
    assert str(settings.image) == pod["containers"][0]["image"] == _IMAGE
    assert settings.choice == NodeChoice.parse(pod["nodeSelector"], pod["tolerations"])
    assert settings.choice.labels == {"kubernetes.io/os": "linux", "pool": "workspaces"}
    assert settings.wait_seconds == 300
    assert str(settings.pushgateway_url) == "https://pushgateway.example.com/"
    job = found["prepull-check-cronjob"].inputs["spec"]["jobTemplate"]["spec"]
    assert job["activeDeadlineSeconds"] > settings.wait_seconds
    assert "PREPULL_PUSHGATEWAY_URL" not in _check_variables(_declare())


def test_the_check_may_read_nodes_and_nothing_else() -> None:
    assert _declare()["prepull-check-role"].inputs["rules"] == [
        {"apiGroups": [""], "resources": ["nodes"], "verbs": ["get", "list"]}
    ]


@pytest.mark.parametrize("stack", ["dev", "prod", "staging"])
def test_the_policy_pack_has_nothing_to_say(stack: str) -> None:
    # The lab makes it on the machine; elsewhere `make images-lock` finds the digests of all images.
    tools = "localhost/spt-flow/platform-tools:0.1.0" if stack == "dev" else f"{_TOOLS}@sha256:{'c3' * 32}"
    items = [
        StackItem(entry.type, entry.sent, entry.name, entry.protect, entry.parent)
        for entry in _declare(check_image=tools).values()
    ]
    analyzer = PackAnalyzer.of_stack(stack)
    assert [found for item in items for found in analyzer.analyze(item.type, item.props, item.name)] == []


def test_settings_become_arguments() -> None:
    assert prepull_args(_settings(), _IMAGE) is None
    args = prepull_args(
        _settings(
            workspacePrepull="true",
            prepullNodeSelector='{"pool": "workspaces"}',
            prepullTolerations=json.dumps([_TOLERATION]),
            prepullWaitMinutes="7",
            reaperPushgatewayUrl="https://pushgateway.example.com",
        ),
        _IMAGE,
    )
    assert args is not None
    assert (args["namespace"], args["image"], args["wait_minutes"]) == ("spt-system", _IMAGE, 7)
    assert (args["node_selector"], list(args["tolerations"])) == ({"pool": "workspaces"}, [_TOLERATION])
    assert args["pushgateway_url"] == "https://pushgateway.example.com"


def test_an_image_by_tag_alone_is_refused() -> None:
    with pytest.raises(UsageError, match="no digest; by its tag nobody could tell what a node has") as caught:
        prepull_args(_settings(workspacePrepull="true"), "registry.example.com/spt-flow/workspace:0.1.0")
    assert caught.value.next_command == "make images-lock STACK=staging"


def test_an_image_that_is_built_is_taken_as_it_comes() -> None:
    settings = _settings(workspacePrepull="true")
    found = declare(lambda: declare_prepull(settings, pulumi.Output.from_input(_IMAGE), pulumi.ResourceOptions()))
    assert found["prepull-daemonset"].inputs["spec"]["template"]["spec"]["containers"][0]["image"] == _IMAGE
    assert _check_variables(found)["PREPULL_IMAGE"] == _IMAGE
    assert declare(lambda: declare_prepull(_settings(), _IMAGE, pulumi.ResourceOptions())) == {}


@pytest.mark.parametrize(
    ("values", "api_server", "outside"),
    [
        ({}, False, False),
        ({"workspacePrepull": "true"}, True, False),
        ({"workspacePrepull": "true", "reaperPushgatewayUrl": "https://pushgateway.example.com"}, True, True),
        ({"reaperPushgatewayUrl": "https://pushgateway.example.com"}, False, False),
    ],
)
def test_the_check_may_talk_to_what_it_needs(values: dict[str, str], *, api_server: bool, outside: bool) -> None:
    system = next(each for each in platform_namespaces(_settings(**values)) if each["namespace"] == SYSTEM)
    policies = build_network_policies(SYSTEM, system["flows"])
    check = Peer(SYSTEM, {"app.kubernetes.io/name": "prepull-check"})
    keeper = Peer(SYSTEM, {"app.kubernetes.io/name": "prepull"})
    targets = {"10.0.0.5": 6443, "203.0.113.9": 443}
    reached = {
        address: is_reachable(policies, check, Peer(address=address), "TCP", port) for address, port in targets.items()
    }
    assert reached == {"10.0.0.5": api_server, "203.0.113.9": outside}
    assert not any(is_reachable(policies, keeper, Peer(address=each), "TCP", port) for each, port in targets.items())


def test_the_table_without_a_check_is_as_before() -> None:
    names = {flow.name for flow in platform_flows(["10.0.0.0/16"])}
    assert not {name for name in names if "prepull" in name}
