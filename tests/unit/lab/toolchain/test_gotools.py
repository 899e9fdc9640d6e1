"""The wrapper modules and versions.py say the same, and each tool's module is complete."""

import re
from pathlib import Path

import pytest

import versions
from lab.cluster import addons
from lab.toolchain.gotools import GO_TOOLS, IMAGE_TOOLS, LINT_TOOLS, MODULES, GoTool

ALL_TOOLS = tuple({tool.name: tool for tool in (*GO_TOOLS, *LINT_TOOLS, *IMAGE_TOOLS)}.values())
WITH_DEPENDENCIES = [tool for tool in ALL_TOOLS if tool.name != "pause"]
WITH_MAIN_OF_THEIR_OWN = {"coredns", "pause", "registry"}
SAME_VERSIONS = (
    ("registry", "coredns", "helm", "local-path-provisioner", "terraform-provider-coder", "terraform-provider-kubectl"),
    ("coder", "envbuilder"),
)
"""Tools that compile what they have in common once: only packages whose whole dependencies are the same are shared."""


def requirement(tool: GoTool) -> str:
    found = re.findall(
        rf"^(?:require )?\s*{re.escape(tool.module)} v(\S+)", (tool.folder / "go.mod").read_text(), re.MULTILINE
    )
    assert len(found) == 1
    return str(found[0])


@pytest.mark.parametrize("tool", WITH_DEPENDENCIES, ids=lambda tool: tool.name)
def test_go_mod_requires_the_version_of_versions_py(tool: GoTool) -> None:
    assert requirement(tool) == tool.version


@pytest.mark.parametrize("tool", ALL_TOOLS, ids=lambda tool: tool.name)
def test_tools_go_imports_every_package_that_is_built(tool: GoTool) -> None:
    if tool.name in WITH_MAIN_OF_THEIR_OWN:
        assert tool.packages == (".",)
        assert "package main" in (tool.folder / "main.go").read_text()
        assert not (tool.folder / "tools.go").exists()
        return
    imported = re.findall(r'_ "([^"]+)"', (tool.folder / "tools.go").read_text())
    assert sorted(imported) == sorted(tool.packages)


def test_the_staging_modules_of_kubernetes_follow_its_version() -> None:
    replaced = re.findall(
        r"^replace (\S+) => (\S+) v(\S+)$", (MODULES / "kubernetes" / "go.mod").read_text(), re.MULTILINE
    )
    expected = f"0.{versions.KUBERNETES.split('.', 1)[1]}"
    assert len(replaced) > 20
    assert all(old == new and version == expected for old, new, version in replaced)


def test_pulumi_is_built_against_its_own_sdk() -> None:
    line = f"replace github.com/pulumi/pulumi/sdk/v3 => github.com/pulumi/pulumi/sdk/v3 v{versions.PULUMI}"
    assert line in (MODULES / "pulumi" / "go.mod").read_text().splitlines()


@pytest.mark.parametrize("tools", SAME_VERSIONS, ids=" ".join)
def test_modules_that_tools_have_in_common_have_one_version(tools: tuple[str, ...]) -> None:
    required: dict[str, set[str]] = {}
    for tool in tools:
        text = (MODULES / tool / "go.mod").read_text()
        for module, version in re.findall(r"^(?:require |\t)(\S+\.\S+/\S+) (v\S+)", text, re.MULTILINE):
            required.setdefault(module, set()).add(version)
    assert len(required) > 100
    assert {module: found for module, found in required.items() if len(found) > 1} == {}


def test_the_lab_s_dns_has_every_plugin_that_its_configuration_uses() -> None:
    source = (MODULES / "coredns" / "main.go").read_text()
    order = re.findall(r'^\t\t"(\w+)",$', source, re.MULTILINE)
    imported = set(re.findall(r"coredns/plugin/(\w+)", source))
    assert {"metrics" if name == "prometheus" else name for name in order} == imported
    manifest = (Path(addons.__file__).parents[1] / "manifests" / "coredns.yaml").read_text()
    used = set(re.findall(r"^        (\w+)", manifest.partition("Corefile: |")[2].partition("---")[0], re.MULTILINE))
    assert used | {"forward"} <= set(order)
    assert {"errors", "kubernetes", "cache"} <= used


@pytest.mark.parametrize("tool", ALL_TOOLS, ids=lambda tool: tool.name)
def test_the_compiler_is_new_enough_for_every_module(tool: GoTool) -> None:
    found = re.search(r"^go (\S+)$", (tool.folder / "go.mod").read_text(), re.MULTILINE)
    assert found is not None
    wanted = [int(part) for part in found[1].split(".")]
    assert wanted <= [int(part) for part in versions.GO.split(".")]


def test_every_wrapper_module_belongs_to_a_tool() -> None:
    assert sorted(folder.name for folder in MODULES.iterdir()) == sorted(tool.name for tool in ALL_TOOLS)


def test_the_programs_the_lab_runs_are_all_there() -> None:
    programs = {program for tool in GO_TOOLS for program in tool.programs}
    assert programs == {
        *("pause", "registry", "pulumi", "coredns", "helm", "local-path-provisioner", "pushgateway"),
        *("coder", "envbuilder", "terraform", "terraform-provider-coder", "terraform-provider-kubectl"),
        *("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy", "kubelet", "kubectl"),
    }


def test_a_lab_is_not_kept_waiting_for_linters() -> None:
    assert [tool.name for tool in LINT_TOOLS] == ["actionlint", "terraform"]
    assert "actionlint" not in {tool.name for tool in GO_TOOLS}


def test_nor_for_what_looks_at_images() -> None:
    assert [tool.name for tool in IMAGE_TOOLS] == ["syft", "grype", "cosign"]
    assert {tool.name for tool in IMAGE_TOOLS} & {tool.name for tool in GO_TOOLS} == set()


@pytest.mark.parametrize(
    ("package", "program"),
    [
        (".", "some-tool"),
        ("example.com/owner/some-module/v2", "some-tool"),
        ("example.com/owner/some-module/v2/cmd/server", "server"),
    ],
)
def test_a_program_at_the_root_of_its_module_has_the_name_of_the_tool(package: str, program: str) -> None:
    tool = GoTool(name="some-tool", version="1", module="example.com/owner/some-module/v2", packages=(package,))
    assert tool.programs == (program,)


def test_each_state_backend_that_terraform_leaves_out_stands_in_the_wrapper() -> None:
    folder = MODULES / "terraform"
    excluded = re.findall(r"^\t\S+/remote-state/(\w+) v0\.0\.0", (folder / "go.mod").read_text(), re.MULTILINE)
    packages = {path.parent.name for path in folder.glob("backends/*/backend.go")} - {"leftout"}
    assert len(excluded) == 8
    assert packages == set(excluded)
