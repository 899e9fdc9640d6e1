from collections.abc import Callable
from typing import Any

import pytest

from components.kvm import Kvm, KvmArgs
from components.kvm_arguments import kvm_args
from components.kvm_manifests import (
    build_account,
    build_builtin_daemon_set,
    build_generic_daemon_set,
    build_role,
    build_role_binding,
)
from components.platform_namespaces import platform_namespaces
from jobs.environment import read_settings
from jobs.kvm.settings import KvmPluginSettings
from settings import Settings
from tests.support.recording import Registered, declare
from tests.support.sample_settings import sample_settings

_IMAGE = "registry.example.com/spt-flow/platform-tools:0.1.0"
_ARGS: KvmArgs = {
    "namespace": "spt-system",
    "plugin": "builtin",
    "image": _IMAGE,
    "resource": "devices.spt-flow.dev/kvm",
    "devices_per_node": 7,
}


def _settings(**values: str) -> Settings:
    return sample_settings("staging", **values)


def _declare(**changes: Any) -> dict[str, Registered]:  # noqa: ANN401 - any argument
    args: KvmArgs = {**_ARGS, **changes}  # type: ignore[typeddict-item] # changes are of its keys
    return declare(lambda: Kvm("kvm", args))


@pytest.mark.parametrize(
    ("name", "build"),
    [("kvm-plugin-builtin", build_builtin_daemon_set), ("kvm-plugin-generic", build_generic_daemon_set)],
)
def test_manifests(golden: Callable[[str, Any], None], name: str, build: Callable[..., dict[str, Any]]) -> None:
    daemon_set = build("spt-system", image="x:1", resource="devices.spt-flow.dev/kvm", devices_per_node=7)
    golden(name, [build_account("spt-system"), build_role(), build_role_binding("spt-system"), daemon_set])


def test_the_job_reads_what_the_manifest_says() -> None:
    container = _declare()["kvm-daemonset"].inputs["spec"]["template"]["spec"]["containers"][0]
    variables = {entry["name"]: entry.get("value", "node-1") for entry in container["env"]}
    settings = read_settings(KvmPluginSettings, variables)
    assert (settings.resource, settings.devices, settings.node) == ("devices.spt-flow.dev/kvm", 7, "node-1")
    mounted = {mount["mountPath"] for mount in container["volumeMounts"]}
    assert mounted == {str(settings.folder), "/dev"}
    assert container["readinessProbe"]["exec"]["command"][2] == f"{settings.folder}/devices.spt-flow.dev-kvm.sock"


def test_only_the_platforms_own_may_label_nodes() -> None:
    builtin, generic = _declare(), _declare(plugin="generic", resource="squat.ai/kvm", image="x:1")
    assert {"kvm-role", "kvm-role-binding"} <= set(builtin)
    assert {"kvm-role", "kvm-role-binding"} & set(generic) == set()
    rules = builtin["kvm-role"].inputs["rules"]
    assert rules == [{"apiGroups": [""], "resources": ["nodes"], "verbs": ["get", "list", "patch"]}]
    pods = {
        name: made["kvm-daemonset"].inputs["spec"]["template"]["spec"]
        for name, made in (("b", builtin), ("g", generic))
    }
    assert (pods["b"]["automountServiceAccountToken"], pods["g"]["automountServiceAccountToken"]) == (True, False)


def test_settings_become_arguments() -> None:
    assert kvm_args(_settings()) is None
    builtin = kvm_args(
        _settings(kvmPlugin="builtin", kvmResource="devices.spt-flow.dev/kvm", platformToolsImage=_IMAGE)
    )
    assert builtin is not None
    assert (builtin["plugin"], builtin["image"], builtin["namespace"]) == ("builtin", _IMAGE, "spt-system")
    generic = kvm_args(_settings(kvmPlugin="generic", kvmResource="squat.ai/kvm", kvmPluginImage="example.com/g:1"))
    assert generic is not None
    assert (generic["plugin"], generic["image"], generic["devices_per_node"]) == ("generic", "example.com/g:1", 20)


def test_only_workspaces_may_have_the_resource() -> None:
    namespaces = platform_namespaces(_settings(kvmResource="devices.spt-flow.dev/kvm", kvmQuota="3"))
    quotas = {args["namespace"]: args["quota"].get("requests.devices.spt-flow.dev/kvm") for args in namespaces}
    assert quotas == {"coder": "0", "coder-workspace": "3", "spt-system": "0"}
    assert all("kvm" not in key for args in platform_namespaces(_settings()) for key in args["quota"])
