"""The templates that come with this program: of the checkout it runs from, or packed into its release."""

__all__ = ["BUNDLED_FOLDER", "CI_TEMPLATE", "BundledTemplate", "bundled_templates", "find_bundled", "template_layers"]

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sptcoder.templates.request import PushRequest, SmokeSettings
from sptcoder.templates.settings import TemplateSettings

BUNDLED_FOLDER: Final = "bundled_templates"
"""Folder inside the package in which wheels and executables hold the checkout's `templates/`."""

CI_TEMPLATE: Final = "spt-flow-ci"
"""Name of the template for pipelines, whose workspaces the reaper deletes at their deadline."""

_PACKAGE: Final = Path(__file__).resolve().parents[1]
_LAYERS: Final = "layers.json"
_CI_MILLISECONDS: Final = 30 * 60 * 1000


@dataclass(frozen=True)
class BundledTemplate:
    """A template: its name on a server, its folder's name, and the settings it is pushed with if nobody says more."""

    name: str
    folder: str
    settings: TemplateSettings

    @property
    def directory(self) -> Path:
        """Return the folder with the template's own files."""
        return _templates() / self.folder

    def request(self, *, smoke: bool = False) -> PushRequest:
        """Return what to push; with `smoke` a workspace has to come up before the version is activated."""
        return PushRequest(
            name=self.name,
            directory=self.directory,
            overlays=tuple(_templates() / layer for layer in template_layers(self.directory)),
            settings=self.settings,
            smoke=SmokeSettings(enabled=smoke),
        )


_BUNDLED: Final = (
    BundledTemplate(
        "spt-flow",
        "spt-flow",
        TemplateSettings(
            display_name="spt-flow",
            description="A workspace from any image, with your repositories, dotfiles and tools.",
            icon="/icon/k8s.png",
        ),
    ),
    BundledTemplate(
        CI_TEMPLATE,
        "ci",
        TemplateSettings(
            display_name="spt-flow for pipelines",
            description="Lives for minutes, used or not, and is deleted with its volume at its deadline.",
            icon="/icon/widgets.svg",
            default_ttl_ms=_CI_MILLISECONDS,
            activity_bump_ms=0,
        ),
    ),
    BundledTemplate(
        "coder-devcontainer-kubernetes",
        "coder-devcontainer-kubernetes",
        TemplateSettings(
            display_name="Dev container",
            description="Your repository's devcontainer.json, built by Envbuilder.",
            icon="/icon/container.svg",
        ),
    ),
)


def bundled_templates() -> tuple[BundledTemplate, ...]:
    """Return every template that comes with this program."""
    return _BUNDLED


def find_bundled(name: str) -> BundledTemplate | None:
    """Return the template that has this name on servers; None if none of that name comes with this program."""
    return next((template for template in _BUNDLED if template.name == name), None)


def template_layers(directory: Path) -> tuple[str, ...]:
    """Return the folders, beside a template's own, that it is laid over, as its layers.json names them."""
    return tuple(json.loads((directory / _LAYERS).read_text(encoding="utf-8")))


def _templates() -> Path:
    packed = _PACKAGE / BUNDLED_FOLDER
    return packed if packed.is_dir() else _PACKAGE.parent / "templates"
