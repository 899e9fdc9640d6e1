"""What the push may add to the devcontainer template: it fits the template, and the modules' own inputs."""

import json
import re
import shutil
from pathlib import Path
from typing import Final

import pytest

from core.errors import SptFlowError
from tests.support.rendered_template import TEMPLATES, Template, assemble, terraform_settings

NAME: Final = "coder-devcontainer-kubernetes"
VARIANTS: Final = TEMPLATES / NAME / "variants"

INTERFACES: Final = {
    ("claude-code", "5.4.1"): (
        (
            "agent_id anthropic_api_key anthropic_base_url api_key_helper claude_binary_path claude_code_oauth_token "
            "claude_code_version disable_autoupdater enable_ai_gateway icon install_claude_code managed_settings mcp "
            "mcp_config_remote_path model post_install_script pre_install_script telemetry use_bedrock use_vertex "
            "workdir"
        ),
        "scripts",
    ),
    ("claude-code", "4.9.2"): (
        (
            "agent_id agentapi_version ai_prompt allowed_tools boundary_version claude_api_key claude_binary_path "
            "claude_code_oauth_token claude_code_version claude_md_path cli_app cli_app_display_name "
            "compile_boundary_from_source continue dangerously_skip_permissions disable_autoupdater disallowed_tools "
            "enable_aibridge enable_boundary enable_state_persistence group icon install_agentapi install_claude_code "
            "install_via_npm mcp mcp_config_remote_path model order permission_mode post_install_script "
            "pre_install_script report_tasks resume_session_id subdomain system_prompt use_boundary_directly web_app "
            "web_app_display_name workdir"
        ),
        "task_app_id",
    ),
    ("vscode-desktop", "1.2.1"): ("agent_id folder group open_recent order", "vscode_url"),
    ("coder-login", "1.1.1"): ("agent_id", ""),
    ("git-commit-signing", "1.0.32"): ("agent_id", ""),
    ("code-server", "1.5.2"): (
        (
            "agent_id auto_install_extensions display_name extensions extensions_dir folder group install_prefix "
            "install_version log_path machine_settings offline order port settings share slug use_cached "
            "use_cached_extensions workspace"
        ),
        "",
    ),
}
"""Inputs and outputs of each module at the version we pin, as read in its source."""

_CALL: Final = re.compile(
    r'^module "(?P<key>[\w-]+)".*?source\s+= "(?P<source>\S+/(?P<name>[\w-]+)/coder)".*?version\s+= "(?P<version>\S+)"',
    re.MULTILINE | re.DOTALL,
)


@pytest.fixture(scope="module")
def initialised(tmp_path_factory: pytest.TempPathFactory) -> Template:
    try:
        settings = terraform_settings()
    except SptFlowError as missing:
        pytest.skip(f"needs Terraform and its providers, which `make test` builds: {missing}")
    return Template.initialised(NAME, tmp_path_factory.mktemp("plain"), settings)


def _with(template: Template, target: Path, variants: list[str]) -> Template:
    """Assemble the template with variants, each module in the shape that its interface says."""
    assemble(NAME, target)
    for variant in variants:
        for file in (VARIANTS / variant).iterdir():
            assert not (target / file.name).exists(), f"{file.name} is in the template already"
            shutil.copy(file, target)
    for name in (".terraform", ".terraform.lock.hcl"):
        source = template.directory / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target / name)
    calls = [call for file in sorted(target.glob("*.tf")) for call in _CALL.finditer(file.read_text())]
    modules = [{"Key": "", "Source": "", "Dir": "."}]
    for call in calls:
        inputs, outputs = INTERFACES[call["name"], call["version"]]
        folder = target / "modules" / call["key"]
        folder.mkdir(parents=True)
        lines = [f'variable "{item}" {{\n  default = null\n}}\n' for item in inputs.split()]
        lines += [f'output "{item}" {{\n  value = ""\n}}\n' for item in outputs.split()]
        (folder / "main.tf").write_text("".join(lines))
        place = {"Source": call["source"], "Version": call["version"], "Dir": f"modules/{call['key']}"}
        modules.append({"Key": call["key"], **place})
    (target / ".terraform" / "modules").mkdir()
    (target / ".terraform" / "modules" / "modules.json").write_text(json.dumps({"Modules": modules}))
    assert len(modules) > 1
    return Template(target, template.environment)


@pytest.mark.parametrize("generation", ["claude-code-v4", "claude-code-v5"])
def test_either_generation_of_claude_code_fits(initialised: Template, tmp_path: Path, generation: str) -> None:
    template = _with(initialised, tmp_path, ["registry-modules", generation])
    assert "The configuration is valid" in template.terraform("validate", "-no-color")
    text = (tmp_path / "claude_code.tf").read_text()
    assert ("coder_ai_task" in text) == (generation == "claude-code-v4")


def test_an_input_that_a_module_does_not_have_would_be_noticed(initialised: Template, tmp_path: Path) -> None:
    template = _with(initialised, tmp_path, ["claude-code-v5"])
    file = tmp_path / "claude_code.tf"
    file.write_text(file.read_text().replace("install_claude_code = var", "report_tasks        = var"))
    with pytest.raises(AssertionError, match='An argument named "report_tasks" is not expected here'):
        template.terraform("validate", "-no-color")


def test_both_generations_at_once_do_not_fit(initialised: Template, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"claude_code\.tf is in the template already"):
        _with(initialised, tmp_path, ["claude-code-v4", "claude-code-v5"])


def test_every_variant_is_described() -> None:
    readme = (TEMPLATES / NAME / "README.md").read_text()
    assert [folder.name for folder in VARIANTS.iterdir() if f"| `{folder.name}` |" not in readme] == []


def test_providers_beyond_the_two_of_the_lab_are_variants() -> None:
    own = "".join(file.read_text() for file in (TEMPLATES / NAME).glob("*.tf"))
    assert set(re.findall(r'^\s+source\s+= "(\S+)"', own, re.MULTILINE)) == {"coder/coder", "gavinbunney/kubectl"}
