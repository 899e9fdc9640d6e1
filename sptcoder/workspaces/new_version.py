"""What a newer template version asks for that a workspace has no answer to: found before anything is stopped."""

__all__ = ["check_parameters"]

from collections.abc import Mapping

from core.errors import UsageError
from sptcoder.api.client import CoderClient
from sptcoder.api.models.workspace import Workspace


def check_parameters(client: CoderClient, workspace: Workspace, version_id: str, given: Mapping[str, str]) -> None:
    """Raise UsageError if `given` names parameters the version does not have, or leaves out one without a default."""
    parameters = client.template_versions.rich_parameters(version_id)
    names = sorted(parameter.name for parameter in parameters)
    unknown = sorted(given.keys() - set(names))
    if unknown:
        raise UsageError(
            f"The template '{workspace.template_name}' has no parameter '{unknown[0]}'; it has: {', '.join(names)}."
        )
    known = {*given, *client.builds.parameters(workspace.latest_build.id)}
    missing = [parameter.name for parameter in parameters if parameter.required and parameter.name not in known]
    if missing:
        raise UsageError(
            f"The newest version of the template '{workspace.template_name}' asks for '{missing[0]}', which the "
            f"workspace '{workspace.name}' does not say yet.",
            next_command=f"sptcoder restart --update {workspace.name} --param {missing[0]}=VALUE",
        )
