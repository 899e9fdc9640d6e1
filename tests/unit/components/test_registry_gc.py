import json
from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from components.network_flows import CODER, platform_flows
from components.network_policies import build_network_policies
from components.platform_namespaces import platform_namespaces
from components.registry_gc import RegistryGc
from components.registry_gc_arguments import declare_registry_gc, registry_gc_args
from components.registry_gc_manifests import (
    build_account,
    build_gc_cron_job,
    build_guard_cron_job,
    build_image_role,
    build_role,
    build_role_binding,
)
from components.registry_manifests import DATA_CLAIM, build_deployment, registry_config
from jobs.environment import read_settings
from jobs.registry_gc.gate import LEASE_NAME
from jobs.registry_gc.settings import RegistryGcSettings
from settings import Settings, SettingsError
from tests.support.analyzer import PackAnalyzer, StackItem
from tests.support.reachability import Peer, is_reachable
from tests.support.recording import Registered, declare
from tests.support.sample_settings import sample_settings

_HOST = "registry.coder.svc.cluster.local:5000"
_IMAGE = f"{_HOST}/spt-flow/workspace@sha256:{'a1' * 32}"
_ROLES = {"registry-gc-role", "registry-gc-coder-workspace-role"}


def _settings(**values: str) -> Settings:
    return sample_settings("staging", **values)


def _declare(image: pulumi.Input[str] = _IMAGE, **values: str) -> dict[str, Registered]:
    return declare(lambda: RegistryGc("registry-gc", registry_gc_args(_settings(**values), image)))


def _pod(entry: Registered) -> dict[str, Any]:
    pod: dict[str, Any] = entry.inputs["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    return pod


def _variables(entry: Registered) -> dict[str, str]:
    return {each["name"]: each["value"] for each in _pod(entry)["containers"][0]["env"]}


def test_manifests(golden: Callable[[str, Any], None]) -> None:
    settings = {"REGISTRY_GC_NAMESPACE": "coder"}
    golden(
        "registry-gc",
        [
            build_account("coder"),
            build_role("coder"),
            build_role_binding("coder", "coder"),
            build_image_role("coder-workspace"),
            build_role_binding("coder-workspace", "coder"),
            build_gc_cron_job("coder", image="x:1", schedule="0 2 * * *", deadline_seconds=3600, settings=settings),
            build_guard_cron_job("coder", image="x:1", schedule="*/5 * * * *", settings=settings),
        ],
    )


def test_everything_is_registered_under_the_component_and_the_guard_is_there_first() -> None:
    found = _declare()
    assert {entry.name: entry.type.rpartition(":")[2] for entry in found.values()} == {
        "registry-gc": "RegistryGc",
        "registry-gc-account": "ServiceAccount",
        "registry-gc-role": "Role",
        "registry-gc-role-binding": "RoleBinding",
        "registry-gc-coder-workspace-role": "Role",
        "registry-gc-coder-workspace-role-binding": "RoleBinding",
        "registry-gc-guard-cronjob": "CronJob",
        "registry-gc-cronjob": "CronJob",
    }
    assert {entry.parent for entry in found.values() if entry.name != "registry-gc"} == {"registry-gc"}
    assert "registry-gc-guard-cronjob" in found["registry-gc-cronjob"].depends_on
    assert {"registry-gc-account", "registry-gc-role-binding"} <= found["registry-gc-guard-cronjob"].depends_on


def test_the_job_reads_what_the_manifest_says() -> None:
    found = _declare(
        registryGcKeepTags="3",
        registryGcKeepDays="7",
        registryGcProtected='["spt-flow/*:v*"]',
        businessTimeZone="Europe/Berlin",
        reaperPushgatewayUrl="https://pushgateway.example.com",
    )
    job, guard = (
        read_settings(RegistryGcSettings, _variables(found[name]))
        for name in ("registry-gc-cronjob", "registry-gc-guard-cronjob")
    )
    assert (job.keep_tags, job.age.days, job.protected) == (3, 7, ("spt-flow/*:v*",))
    assert (job.override, job.dry_run, job.namespaces) == ("", False, ("coder", "coder-workspace"))
    assert job.closed_hours is not None
    assert job.closed_hours.zone.key == "Europe/Berlin"
    always = _declare(maintenanceWindow="any")["registry-gc-cronjob"]
    assert read_settings(RegistryGcSettings, _variables(always)).closed_hours is None
    assert str(job.url) == f"http://{_HOST}/"
    assert str(job.pushgateway_url) == "https://pushgateway.example.com/"
    assert _IMAGE in job.used_images
    assert any("platform-tools" in image for image in job.used_images)
    assert all(image.startswith(f"{_HOST}/") for image in job.used_images)
    assert (guard.namespace, guard.deployment, guard.collector) == (job.namespace, job.deployment, job.collector)
    assert job.collector == _pod(found["registry-gc-cronjob"])["serviceAccountName"] == "registry-gc"


def test_an_image_that_is_built_stays_as_it_comes_out() -> None:
    found = _declare(pulumi.Output.from_input(_IMAGE))
    assert _IMAGE in json.loads(_variables(found["registry-gc-cronjob"])["REGISTRY_GC_USED_IMAGES"])


def test_runs_never_overlap_and_a_stopped_one_has_time_to_open_the_registry() -> None:
    found = _declare(registryGcDeadlineMinutes="30")
    spec = found["registry-gc-cronjob"].inputs["spec"]
    assert (spec["concurrencyPolicy"], spec["schedule"], spec["timeZone"]) == ("Forbid", "0 2 * * *", "Etc/UTC")
    assert spec["jobTemplate"]["spec"]["activeDeadlineSeconds"] == 1800
    settings = read_settings(RegistryGcSettings, _variables(found["registry-gc-cronjob"]))
    assert _pod(found["registry-gc-cronjob"])["terminationGracePeriodSeconds"] > settings.open_seconds


def test_it_is_where_the_registry_is_and_the_registry_comes_back_to_it() -> None:
    pod = _pod(_declare()["registry-gc-cronjob"])
    assert {"name": "data", "persistentVolumeClaim": {"claimName": DATA_CLAIM}} in pod["volumes"]
    (wanted,) = pod["affinity"]["podAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    registry = build_deployment("coder", image="registry:3.1.2", config=registry_config(), resources={})
    template = registry["spec"]["template"]
    assert wanted["labelSelector"]["matchLabels"].items() <= template["metadata"]["labels"].items()
    (preferred,) = template["spec"]["affinity"]["podAffinity"]["preferredDuringSchedulingIgnoredDuringExecution"]
    job = _declare()["registry-gc-cronjob"].inputs["spec"]["jobTemplate"]["spec"]["template"]
    assert preferred["podAffinityTerm"]["labelSelector"]["matchLabels"].items() <= job["metadata"]["labels"].items()
    assert pod["securityContext"]["runAsUser"] == template["spec"]["securityContext"]["runAsUser"]
    # The guard needs no volume, so that it starts where nothing else does.
    guard = _pod(_declare()["registry-gc-guard-cronjob"])
    assert "volumes" not in guard
    assert "affinity" not in guard


def test_it_may_set_the_replicas_of_the_registry_and_of_nothing_else() -> None:
    found = _declare()
    rules = [rule for name in _ROLES for rule in found[name].inputs["rules"]]
    writing = [rule for rule in rules if not set(rule["verbs"]) <= {"get", "list"}]
    assert sorted((rule["resources"], rule.get("resourceNames", []), rule["verbs"]) for rule in writing) == [
        (["deployments/scale"], ["registry"], ["get", "patch"]),
        (["leases"], [], ["create"]),
        (["leases"], [LEASE_NAME], ["get", "patch"]),
    ]


@pytest.mark.parametrize("stack", ["dev", "prod", "staging"])
def test_the_policy_pack_has_nothing_to_say(stack: str) -> None:
    digest = f"{_HOST}/spt-flow/platform-tools@sha256:{'c3' * 32}"
    found = _declare(platformToolsImage="localhost/spt-flow/platform-tools:0.1.0" if stack == "dev" else digest)
    items = [StackItem(entry.type, entry.sent, entry.name, entry.protect, entry.parent) for entry in found.values()]
    analyzer = PackAnalyzer.of_stack(stack)
    assert [each for item in items for each in analyzer.analyze(item.type, item.props, item.name)] == []


def test_it_is_on_unless_the_stack_says_otherwise() -> None:
    assert declare(lambda: declare_registry_gc(_settings(registryGc="false"), _IMAGE, pulumi.ResourceOptions())) == {}
    assert "registry-gc-cronjob" in declare(lambda: declare_registry_gc(_settings(), _IMAGE, pulumi.ResourceOptions()))


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"registryGcProtected": '["no-tag"]'}, "patterns of repository:tag is expected"),
        ({"registryGcProtected": "all"}, "patterns of repository:tag is expected"),
        ({"registryGcKeepTags": "0"}, "a whole number"),
        ({"registryGcSchedule": "nightly"}, "a cron schedule of five fields"),
    ],
)
def test_a_wrong_setting_is_one_sentence(values: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        _settings(**values)


@pytest.mark.parametrize("is_on", [True, False])
@pytest.mark.parametrize("url", ["", "https://pushgateway.example.com"])
def test_its_pods_may_talk_to_what_they_need(url: str, *, is_on: bool) -> None:
    settings = _settings(registryGc=json.dumps(is_on), reaperPushgatewayUrl=url)
    coder = next(each for each in platform_namespaces(settings) if each["namespace"] == CODER)
    policies = build_network_policies(CODER, coder["flows"])
    targets = {
        ("10.0.0.5", 6443): is_on,
        ("203.0.113.9", 443): is_on and bool(url),
        ("203.0.113.9", 22): False,
    }
    for name in ("registry-gc", "registry-gc-guard"):
        pod = Peer(CODER, {"app.kubernetes.io/name": name, "app.kubernetes.io/component": "registry-gc"})
        reached = {
            (address, port): is_reachable(policies, pod, Peer(address=address), "TCP", port)
            for address, port in targets
        }
        assert reached == targets
        registry = Peer(CODER, {"app.kubernetes.io/name": "registry"})
        assert is_reachable(policies, pod, registry, "TCP", 5000)
    assert not {flow.name for flow in platform_flows(["10.0.0.0/16"]) if "registry-gc" in flow.name}
