"""The template of a new workspace: the server's, or the one that comes with this program, pushed there (002:57-61)."""

__all__ = ["DEFAULT_TEMPLATE", "TemplateMissingError", "choose_template"]

import re
from typing import Final

from core.errors import SptFlowError
from sptcoder.api.client import CoderClient
from sptcoder.api.errors import ApiError
from sptcoder.api.models.template import Template
from sptcoder.cli.phases import Phases
from sptcoder.templates.bundled import BundledTemplate, bundled_templates, find_bundled
from sptcoder.templates.push import push_template
from sptcoder.templates.request import PushRequest

DEFAULT_TEMPLATE: Final = "spt-flow"

_VARIABLE: Final = re.compile(r'^variable "(\w+)"', re.MULTILINE)
_NOT_ALLOWED: Final = frozenset({403, 404})
"""Coder hides from those who may not what they may not."""


class TemplateMissingError(SptFlowError):
    """The template is not on the server, and cannot be brought there."""


def choose_template(client: CoderClient, name: str, phases: Phases) -> Template:
    """Return the template of this name; one that comes with this program is pushed if the server has none.

    Raises TemplateMissingError if there is none of that name, or the user may not push.
    """
    found = client.templates.find(name)
    if found is not None:
        if found.deprecated:
            phases.note(f"The template '{name}' is deprecated. {found.deprecation_message}".rstrip(), "yellow")
        return found
    bundled = find_bundled(name)
    if bundled is None:
        there = ", ".join(sorted(template.name for template in client.templates.list())) or "none"
        raise TemplateMissingError(
            f"{client.url} has no template '{name}', and none of that name comes with this program; it has: {there}.",
            next_command="the same command with --template NAME, or sptcoder template push FOLDER",
        )
    with phases.phase("Template") as phase:
        phase.log(f"{client.url} has no template '{name}'; pushing the one that comes with this program.")
        try:
            result = push_template(client, _request(client, bundled), say=phase.log)
        except ApiError as error:
            if error.status not in _NOT_ALLOWED:
                raise
            raise TemplateMissingError(
                f"{client.url} has no template '{name}', and you may not push one there.",
                next_command=f"ask a template admin to run: sptcoder template push {name}",
            ) from None
        phase.say(f"pushed {name}, version {result.version_name}")
    return client.templates.get(result.template_id)


def _request(client: CoderClient, bundled: BundledTemplate) -> PushRequest:
    """Return what to push, with the platform's own figures where another template on the server tells them."""
    request = bundled.request()
    files = [file for folder in (request.directory, *request.overlays) for file in sorted(folder.glob("*.tf"))]
    declared = {name for file in files for name in _VARIABLE.findall(file.read_text(encoding="utf-8"))}
    for other in bundled_templates():
        there = client.templates.find(other.name)
        if there is not None:
            told = client.template_versions.variables(there.active_version_id)
            values = {one.name: one.value for one in told if not one.sensitive and one.value != one.default_value}
            shared = {name: value for name, value in values.items() if name in declared}
            return request.model_copy(update={"variables": shared})
    return request
