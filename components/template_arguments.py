"""The workspace templates of a stack: which there are, and what the stack's settings fill them with."""

__all__ = ["CI_TEMPLATE", "declared_variables", "template_args"]

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pulumi

from components.network_flows import WORKSPACES
from components.template import TemplateArgs
from core.errors import UsageError
from core.quantity import Quantity
from settings import Settings
from sptcoder.templates.bundled import CI_TEMPLATE, bundled_templates, template_layers
from sptcoder.templates.request import SmokeSettings

_ROOT: Final = Path(__file__).resolve().parents[1]
_FOLDER: Final = Path("templates")
_DEV_CONTAINER: Final = "coder-devcontainer-kubernetes"
_VARIABLE: Final = re.compile(r'^variable "(\w+)"', re.MULTILINE)
_GIBI: Final = Quantity.parse("1Gi").nano
_CORE: Final = Quantity.parse("1").nano
_HOUR: Final = 3600 * 1000
_MINUTE: Final = 60 * 1000
_SMALL: Final = {"cpu": "1", "memory": "1", "disk": "1"}


def template_args(
    settings: Settings,
    *,
    url: pulumi.Input[str],
    session_token: pulumi.Input[str],
    registry_url: pulumi.Input[str],
    workspace_image: pulumi.Input[str],
) -> list[TemplateArgs]:
    """Return the arguments of each template; raise UsageError for a variable that its template does not have.

    `workspace_image` is the image of a workspace that names no other, whatever the settings say of it.
    """
    given = {"registry_url": registry_url, "workspace_image": workspace_image}
    chosen, idle = settings.templates, settings.templates.workspace_idle_hours * _HOUR
    smoke = SmokeSettings(enabled=chosen.template_smoke, parameters=_SMALL)
    lifetimes = {CI_TEMPLATE: {"default_ttl_ms": chosen.ci_ttl_minutes * _MINUTE}}
    of_people = {"default_ttl_ms": idle, "activity_bump_ms": idle}
    # It needs a repository to build: without one there is nothing that could come up.
    built = SmokeSettings(enabled=chosen.template_smoke and "git_url" in _own(settings, _DEV_CONTAINER))
    rows = [
        (
            template.name,
            _FOLDER / template.folder,
            _variants(settings) if template.name == _DEV_CONTAINER else [],
            template.settings.model_copy(update=lifetimes.get(template.name, of_people)),
            built if template.name == _DEV_CONTAINER else smoke,
        )
        for template in bundled_templates()
    ]
    unknown = sorted(set(chosen.template_variables) - {row[0] for row in rows})
    if unknown:
        raise UsageError(
            f"The setting templateVariables names the template {unknown[0]}, which there is not; there are: "
            f"{', '.join(row[0] for row in rows)}."
        )
    return [
        {
            "name": name,
            "directory": directory,
            "overlays": [*_layers(directory), *variants],
            "variables": _variables(settings, name, [directory, *_layers(directory), *variants], given),
            "settings": options,
            "smoke": trial,
            "url": url,
            "session_token": session_token,
        }
        for name, directory, variants, options, trial in rows
    ]


def declared_variables(folders: Sequence[Path]) -> set[str]:
    """Return the names of the Terraform variables that the folders' files declare."""
    files = [file for folder in folders for file in sorted((_ROOT / folder).glob("*.tf"))]
    return {name for file in files for name in _VARIABLE.findall(file.read_text(encoding="utf-8"))}


def _layers(directory: Path) -> list[Path]:
    """Return the shared folders that a template is laid over, as its layers.json names them."""
    return [_FOLDER / layer for layer in template_layers(_ROOT / directory)]


def _variants(settings: Settings) -> list[Path]:
    chosen = settings.templates
    claude = {"agent": ["claude-code-v5"], "tasks": ["claude-code-v4"], "none": []}[chosen.template_claude]
    names = [
        *(["registry-modules"] if chosen.template_modules else []),
        *claude,
        *(["cached-image"] if chosen.template_cached_image else []),
        *(["onepassword-provider"] if chosen.template_onepassword else []),
    ]
    return [_FOLDER / _DEV_CONTAINER / "variants" / name for name in names]


def _variables(
    settings: Settings, template: str, folders: Sequence[Path], given: Mapping[str, pulumi.Input[str]]
) -> dict[str, pulumi.Input[str]]:
    """Return what program and settings say of the variables that the template has, and what the user says of more."""
    declared = declared_variables(folders)
    own = _own(settings, template)
    unknown = sorted(own.keys() - declared)
    if unknown:
        raise UsageError(
            f"The setting templateVariables gives the template {template} the variable {unknown[0]}, which it does not "
            "have; its variables.tf and those it shares name them all."
        )
    platform = {**_platform_variables(settings), **given}
    return {name: value for name, value in {**platform, **own}.items() if name in declared}


def _platform_variables(settings: Settings) -> dict[str, pulumi.Input[str]]:
    templates, workspace = settings.templates, settings.workspace
    return {
        "namespace": WORKSPACES,
        "agent_url": templates.workspace_agent_url,
        "coder_image": str(settings.coder.coder_image),
        "envbuilder_image": str(templates.envbuilder_image),
        "image_pull_policy": templates.workspace_image_pull_policy,
        "storage_class": templates.workspace_storage_class,
        "kvm_resource": settings.kvm.kvm_resource,
        "external_auth_id": "primary-github" if settings.login.coder_github_auth else "",
        "wildcard_apps": "true" if settings.entry.coder_wildcard_access_url else "false",
        "workspace_cpu_max": _whole(workspace.workspace_cpu_max, _CORE),
        "workspace_memory_max": _whole(workspace.workspace_memory_max, _GIBI),
        "workspace_ephemeral_max": _whole(workspace.workspace_disk_max, _GIBI),
        "workspace_volume_max": _whole(templates.workspace_volume_max, _GIBI),
        "workspace_volume_default": _whole(templates.workspace_home_storage, _GIBI),
        "workspace_cpu_request": str(workspace.workspace_cpu_request),
        "workspace_memory_request": str(workspace.workspace_memory_request),
        "ttl_minutes_default": str(templates.ci_ttl_minutes),
        # The registry inside the cluster speaks plain HTTP.
        "registry_insecure": "true",
        "install_claude_code": "false" if templates.template_claude == "none" else "true",
    }


def _own(settings: Settings, template: str) -> dict[str, str]:
    """Return the user's variables of a template as the server takes them: text, and JSON for what is none."""
    given: Mapping[str, Any] = settings.templates.template_variables.get(template, {})
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in given.items()}


def _whole(amount: Quantity, unit: int) -> str:
    """Return how many whole units the amount holds, one at least."""
    return str(max(1, amount.nano // unit))
