"""What a template would make: its manifests, by the real Terraform and Coder's real provider, without a cluster.

The provider of Coder needs no server: workspace, owner and parameters reach it as environment variables, just as the
server hands them over, and it judges the parameters. Only the provider that talks to a cluster is mocked.
"""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from core.errors import SptFlowError
from lab.toolchain import Toolchain, toolchain_bin
from lab.toolchain.terraform_mirror import terraform_mirror

__all__ = ["TEMPLATES", "RenderError", "Rendering", "Template", "assemble", "layers", "terraform_settings"]

TEMPLATES: Final = Path(__file__).resolve().parents[2] / "templates"

WORKSPACE_ID: Final = "8d6f1f0e-5a52-4b0e-9a53-0d2f3c4b5a69"
OWNER_ID: Final = "1f0b7c5e-23a4-4b8b-8f0a-6c1d2e3f4a5b"

_RUN: Final = "rendering"
_FILE: Final = f"tests/{_RUN}.tftest.hcl"


class RenderError(AssertionError):
    """Terraform refused; the message holds what it said."""


@dataclass(frozen=True)
class Rendering:
    """The state after the workspace was made: manifests by the name of their resource, and every resource's values."""

    manifests: dict[str, dict[str, Any]]
    resources: dict[str, dict[str, Any]]

    @property
    def pod_spec(self) -> dict[str, Any]:
        """The pod inside the Deployment."""
        deployment = next(body for body in self.manifests.values() if body["kind"] == "Deployment")
        spec: dict[str, Any] = deployment["spec"]["template"]["spec"]
        return spec

    @property
    def agent(self) -> dict[str, Any]:
        """The values of the agent."""
        return self.resources["coder_agent.main"]


def terraform_settings() -> dict[str, str]:
    """Return the environment in which the lab's Terraform finds its providers and no network.

    Raises SptFlowError when the toolchain has no Terraform or not its providers.
    """
    found = toolchain_bin()
    if not (found / "terraform").is_file():
        raise SptFlowError("Terraform is not in the toolchain.", next_command="make toolchain")
    configuration = terraform_mirror(Toolchain(bin=found, images=found.parent / "images"))
    return {
        "PATH": os.pathsep.join([str(found), os.environ.get("PATH", os.defpath)]),
        "HOME": os.environ.get("HOME", "/"),
        "TF_CLI_CONFIG_FILE": str(configuration),
        "TF_IN_AUTOMATION": "1",
        "CHECKPOINT_DISABLE": "1",
    }


def layers(template: str) -> list[Path]:
    """Return the folders a template is put together from, its own last."""
    own = TEMPLATES / template
    shared = json.loads((own / "layers.json").read_text(encoding="utf-8"))
    return [*(TEMPLATES / name for name in shared), own]


def assemble(template: str, target: Path) -> Path:
    """Copy a template with its layers to `target`, as the push does; a file in two layers is an error."""
    for layer in layers(template):
        for source in sorted(path for path in layer.rglob("*") if path.is_file()):
            place = target / source.relative_to(layer)
            if place.exists():
                raise AssertionError(f"{source.relative_to(layer)} is in two layers of {template}")
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, place)
    return target


@dataclass
class Template:
    """One template, put together and initialised in a directory of its own."""

    directory: Path
    environment: Mapping[str, str]
    defaults: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def initialised(
        cls, name: str, target: Path, environment: Mapping[str, str], defaults: Mapping[str, Any] | None = None
    ) -> "Template":
        """Put `name` together in `target` and run `terraform init`; `defaults` are variables of each rendering."""
        template = cls(assemble(name, target), environment, defaults or {})
        template.terraform("init", "-backend=false", "-input=false", "-no-color")
        return template

    def terraform(self, *arguments: str, environment: Mapping[str, str] | None = None) -> str:
        """Run Terraform in the directory and return what it printed; raise RenderError if it failed."""
        done = subprocess.run(
            ["terraform", *arguments],
            cwd=self.directory,
            env={**self.environment, **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if done.returncode != 0:
            raise RenderError(_diagnostics(done.stdout) or done.stdout + done.stderr)
        return done.stdout

    def refusal(self, parameter: str, value: str) -> str:
        """Return in one line why a parameter may not have a value; fail when it may."""
        try:
            self.terraform(
                "plan",
                "-input=false",
                "-json",
                f"-target=data.coder_parameter.{parameter}",
                environment={_parameter_variable(parameter): value},
            )
        except RenderError as refused:
            return " ".join(str(refused).split())
        raise AssertionError(f"the parameter {parameter} may be {value!r}")

    def render(
        self,
        *,
        variables: Mapping[str, Any] | None = None,
        parameters: Mapping[str, str] | None = None,
        transition: str = "start",
        workspace: str = "demo",
        email: str = "alice@example.com",
    ) -> Rendering:
        """Make the workspace with mocked cluster and return what was applied; raise RenderError if that is refused.

        `parameters` are what a user chose, as text; those left out have the template's defaults.
        """
        place = self.directory / _FILE
        place.parent.mkdir(exist_ok=True)
        place.write_text(_test_file({**self.defaults, **(variables or {})}), encoding="utf-8")
        try:
            output = self.terraform(
                "test",
                "-json",
                "-verbose",
                f"-filter={_FILE}",
                environment={
                    **_workspace_environment(transition, workspace, email),
                    **{_parameter_variable(name): value for name, value in (parameters or {}).items()},
                },
            )
        finally:
            place.unlink()
        return _rendering(output)


def _test_file(variables: Mapping[str, Any]) -> str:
    """Return a Terraform test that makes everything there is; JSON is HCL's syntax for plain values."""
    values = "".join(f"    {name} = {_literal(value)}\n" for name, value in variables.items())
    return f"""\
mock_provider "kubectl" {{
  mock_resource "kubectl_manifest" {{
    defaults = {{ id = "id", name = "name", namespace = "namespace" }}
  }}
}}

run "{_RUN}" {{
  command = apply
  variables {{
{values}  }}
}}
"""


def _literal(value: Any) -> str:  # noqa: ANN401 - any HCL value
    """Return a value as HCL; what would be a template in a text stays a text."""
    return json.dumps(value).replace("${", "$${").replace("%{", "%%{")


def _workspace_environment(transition: str, workspace: str, email: str) -> dict[str, str]:
    return {
        "CODER_WORKSPACE_TRANSITION": transition,
        "CODER_WORKSPACE_ID": WORKSPACE_ID,
        "CODER_WORKSPACE_NAME": workspace,
        "CODER_WORKSPACE_OWNER": "alice",
        "CODER_WORKSPACE_OWNER_ID": OWNER_ID,
        "CODER_WORKSPACE_OWNER_EMAIL": email,
        "CODER_WORKSPACE_OWNER_NAME": "Alice Example",
        "CODER_WORKSPACE_TEMPLATE_ID": "5c3e4f0a-9b1d-4c2e-8f7a-0d1e2f3a4b5c",
        "CODER_WORKSPACE_TEMPLATE_NAME": "demo-template",
        "CODER_WORKSPACE_TEMPLATE_VERSION": "v1",
        "CODER_AGENT_URL": "https://coder.example.com",
        "CODER_WORKSPACE_BUILD_ID": "7a2a2d5e-0c0f-4c38-8f5b-3b1d2c3d4e5f",
    }


def _parameter_variable(name: str) -> str:
    """Return the variable in which Coder's provider looks for a parameter's value."""
    return f"CODER_PARAMETER_{hashlib.sha256(name.encode()).hexdigest()}"


def _diagnostics(output: str) -> str:
    """Return summary and detail of each error among Terraform's messages; empty when there is none."""
    found = [message["diagnostic"] for message in _messages(output) if message.get("type") == "diagnostic"]
    return "\n".join(f"{item['summary']}: {item['detail']}" for item in found if item["severity"] == "error")


def _messages(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


def _rendering(output: str) -> Rendering:
    state = next(message["test_state"] for message in _messages(output) if message.get("type") == "test_state")
    resources = {resource["address"]: resource["values"] for resource in state["root_module"].get("resources", [])}
    manifests = {
        address.removeprefix("kubectl_manifest.").partition("[")[0]: yaml.safe_load(values["yaml_body"])
        for address, values in resources.items()
        if address.startswith("kubectl_manifest.")
    }
    return Rendering(manifests=manifests, resources=resources)
