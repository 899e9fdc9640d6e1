"""The mirror holds the pinned providers, and nothing else, in the layout that Terraform reads."""

from pathlib import Path, PurePosixPath

import pytest

import versions
from core.errors import SptFlowError
from lab.toolchain import Toolchain
from lab.toolchain.golang import go_architecture
from lab.toolchain.gotools import GO_TOOLS
from lab.toolchain.terraform_mirror import PROVIDERS, cli_configuration, terraform_mirror


@pytest.fixture
def toolchain(tmp_path: Path) -> Toolchain:
    programs = tmp_path / "bin"
    programs.mkdir()
    for provider in PROVIDERS:
        (programs / provider.program).write_text(f"program {provider.name}")
    return Toolchain(bin=programs, images=tmp_path / "images")


def held(toolchain: Toolchain) -> dict[str, str]:
    mirror = toolchain.terraform / "mirror"
    return {str(path.relative_to(mirror)): path.read_text() for path in mirror.rglob("*") if path.is_file()}


def test_each_provider_has_its_place(toolchain: Toolchain) -> None:
    terraform_mirror(toolchain)
    platform = f"linux_{go_architecture()}"
    coder, kubectl = versions.TERRAFORM_PROVIDER_CODER, versions.TERRAFORM_PROVIDER_KUBECTL
    root = "registry.terraform.io"
    assert held(toolchain) == {
        f"{root}/coder/coder/{coder}/{platform}/terraform-provider-coder_v{coder}": "program coder",
        f"{root}/gavinbunney/kubectl/{kubectl}/{platform}/terraform-provider-kubectl_v{kubectl}": "program kubectl",
    }


def test_the_configuration_names_the_mirror_and_no_other_source(toolchain: Toolchain) -> None:
    configuration = terraform_mirror(toolchain)
    assert configuration.read_text() == cli_configuration(PurePosixPath(toolchain.terraform / "mirror"))
    assert f'path = "{toolchain.terraform}/mirror"' in configuration.read_text()
    assert "direct" not in configuration.read_text()


def test_nothing_is_written_again_when_nothing_changed(toolchain: Toolchain) -> None:
    configuration = terraform_mirror(toolchain)
    written = configuration.stat().st_mtime_ns
    assert terraform_mirror(toolchain).stat().st_mtime_ns == written


def test_a_provider_built_anew_takes_the_old_ones_place(toolchain: Toolchain) -> None:
    terraform_mirror(toolchain)
    outdated = toolchain.terraform / "mirror" / PROVIDERS[0].path.parents[1] / "0.0.1" / "linux_amd64" / "provider"
    outdated.parent.mkdir(parents=True)
    outdated.touch()
    fresh = toolchain.bin / "fresh"
    fresh.write_text("newer")
    fresh.replace(toolchain.bin / PROVIDERS[0].program)
    terraform_mirror(toolchain)
    assert sorted(held(toolchain).values()) == ["newer", "program kubectl"]


def test_a_provider_that_is_not_built_is_named(toolchain: Toolchain) -> None:
    (toolchain.bin / PROVIDERS[1].program).unlink()
    with pytest.raises(SptFlowError, match=r"provider .*bin/terraform-provider-kubectl is missing"):
        terraform_mirror(toolchain)


def test_every_provider_is_among_the_tools() -> None:
    built = {program: tool.version for tool in GO_TOOLS for program in tool.programs}
    assert {provider.program: provider.version for provider in PROVIDERS}.items() <= built.items()
