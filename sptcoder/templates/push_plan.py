"""What `sptcoder template push` asks for: a template that comes with this program, or a folder, and how it is set."""

__all__ = ["plan_push"]

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from core.errors import UsageError
from sptcoder.api.client import CoderClient
from sptcoder.api.models.template import Template
from sptcoder.templates.bundled import bundled_templates, find_bundled, template_layers
from sptcoder.templates.request import PushRequest, SmokeSettings
from sptcoder.templates.settings import TemplateSettings

_LAYERS: Final = "layers.json"


def plan_push(
    client: CoderClient,
    source: str,
    *,
    name: str | None,
    variables: Mapping[str, str],
    smoke: SmokeSettings,
) -> PushRequest:
    """Return the request for `source`, the name of a template that comes with this program or a folder.

    A template that is on the server keeps its settings there, and the variables that are not given. Raises UsageError
    for a source that is neither, and for a name no template can have.
    """
    request = _of_source(source)
    changes = {"name": name or request.name, "variables": dict(variables), "smoke": smoke}
    try:
        wanted = PushRequest.model_validate({**request.model_dump(exclude=set(changes)), **changes})
    except ValidationError:
        raise UsageError(
            f"'{changes['name']}' is no name of a template; allowed are up to 32 letters, digits and hyphens.",
            next_command=f"sptcoder template push {source} --name NAME",
        ) from None
    there = client.templates.find(wanted.name)
    return wanted if there is None else wanted.model_copy(update={"settings": _settings_of(there)})


def _of_source(source: str) -> PushRequest:
    bundled, folder = find_bundled(source), Path(source)
    if bundled is not None:
        return bundled.request()
    if not folder.is_dir():
        known = ", ".join(template.name for template in bundled_templates())
        raise UsageError(
            f"'{source}' is neither a folder nor a template that comes with this program ({known}).",
            next_command="sptcoder template push FOLDER",
        )
    directory = folder.resolve()
    layers = template_layers(directory) if (directory / _LAYERS).is_file() else ()
    # The name is checked later: a folder may have one that no template can have.
    return PushRequest.model_construct(
        name=directory.name, directory=directory, overlays=tuple(directory.parent / layer for layer in layers)
    )


def _settings_of(template: Template) -> TemplateSettings:
    """Return the settings as they are on the server, so that a push of files changes files only."""
    return TemplateSettings.model_construct(
        **{field: getattr(template, field) for field in TemplateSettings.model_fields}
    )
