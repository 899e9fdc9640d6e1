"""Which cluster a stack may touch: the lab's stack the lab alone, the others only with a backend named."""

from pathlib import Path

import pytest
import yaml

from core.errors import SptFlowError, UsageError
from lab.deploy.stack_file import StackFile, load_stack_file
from lab.deploy.target import check_lab_kubeconfig, kubeconfig_target, lab_target
from lab.images.platform_tools import platform_tools_reference
from lab.instance import LabInstance
from settings import SettingsError


def instance(folder: Path) -> LabInstance:
    return LabInstance(name="unit", directory=folder, slot=7)


def stack(folder: Path, **settings: object) -> StackFile:
    config = {f"spt-flow:{key}": value for key, value in {"cluster": "lab", **settings}.items()}
    (folder / "Pulumi.dev.yaml").write_text(yaml.safe_dump({"config": config}), encoding="utf-8")
    return load_stack_file("dev", folder)


def write_kubeconfig(lab: LabInstance, *, server: str, context: str) -> None:
    content = {
        "clusters": [{"name": "c", "cluster": {"server": server}}],
        "contexts": [{"name": context, "context": {"cluster": "c", "user": "u"}}],
    }
    lab.kubeconfig.write_text(yaml.safe_dump(content), encoding="utf-8")


def test_the_labs_stack_gets_the_labs_own_kubeconfig_and_addresses(tmp_path: Path) -> None:
    lab = instance(tmp_path)
    target = lab_target(stack(tmp_path), lab)
    assert target.overlay == {
        "kubeconfigPath": str(lab.kubeconfig),
        "kubeContext": "spt-flow-unit",
        "registryClusterIp": "10.98.7.50",
        "coderClusterIp": "10.98.7.80",
        "coderAccessUrl": "http://10.98.7.80",
        "platformToolsImage": platform_tools_reference(),
    }
    assert target.backend == f"file://{tmp_path}/state"


@pytest.mark.parametrize("key", ["kubeconfigPath", "kubeContext"])
def test_the_labs_stack_may_not_name_another_cluster(tmp_path: Path, key: str) -> None:
    with pytest.raises(UsageError, match=f"sets spt-flow:{key} to 'elsewhere'; the lab's own kubeconfig is the only"):
        lab_target(stack(tmp_path, **{key: "elsewhere"}), instance(tmp_path))


def test_a_stack_of_the_users_is_not_deployed_into_the_lab(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is for a cluster of your own"):
        lab_target(stack(tmp_path, cluster="kubeconfig"), instance(tmp_path))


def test_a_kubeconfig_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    lab = instance(tmp_path)
    write_kubeconfig(lab, server="https://10.0.0.1:6443", context=lab.context)
    with pytest.raises(SptFlowError, match=r"leads to https://10\.0\.0\.1:6443, which is not this lab"):
        check_lab_kubeconfig(lab)


def test_a_kubeconfig_without_the_labs_context_is_refused(tmp_path: Path) -> None:
    lab = instance(tmp_path)
    write_kubeconfig(lab, server=lab.api_url, context="production")
    with pytest.raises(SptFlowError, match="has no usable context 'spt-flow-unit'"):
        check_lab_kubeconfig(lab)


def test_the_labs_own_kubeconfig_is_accepted(tmp_path: Path) -> None:
    lab = instance(tmp_path)
    write_kubeconfig(lab, server=lab.api_url, context=lab.context)
    check_lab_kubeconfig(lab)


def test_settings_are_judged_before_anything_starts(tmp_path: Path) -> None:
    target = lab_target(stack(tmp_path, nodeCidrs=["10.99.0.0/16"], registryStorage="much"), instance(tmp_path))
    with pytest.raises(SettingsError, match="registryStorage has the value 'much'"):
        target.check_settings()


def test_a_cluster_of_the_users_needs_a_backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="PULUMI_BACKEND_URL is not set"):
        kubeconfig_target(stack(tmp_path, cluster="kubeconfig"))
    monkeypatch.setenv("PULUMI_BACKEND_URL", "file:///somewhere")
    assert kubeconfig_target(stack(tmp_path, cluster="kubeconfig")).backend == "file:///somewhere"
