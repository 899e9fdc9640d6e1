"""A Coder template: a folder of this repository as the active version of a template on the server."""

__all__ = ["Template", "TemplateArgs", "build_request"]

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NotRequired, TypedDict

import pulumi
import pulumi_command as command

from sptcoder.templates.archive import pack_template
from sptcoder.templates.request import SmokeSettings
from sptcoder.templates.settings import TemplateSettings

_ROOT: Final = Path(__file__).resolve().parents[1]


class TemplateArgs(TypedDict):
    """What the template is to be, and where."""

    name: str  # no Input: it names the resource too
    """Name on the server."""
    directory: Path  # no Input: its content is read at preview
    """Folder with the template's files; relative to the repository, if not absolute."""
    overlays: NotRequired[Sequence[Path]]
    """Folders whose files are laid beside the template's own."""
    variables: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Values of the Terraform variables."""
    settings: NotRequired[TemplateSettings]
    """Display name, time to live and the like; two hours idle if left out."""
    smoke: NotRequired[SmokeSettings]
    """The workspace that must come up before a version is activated."""
    url: pulumi.Input[str]
    """Address of the Coder server."""
    session_token: pulumi.Input[str]
    """Token of a user with the role organization-template-admin."""


class Template(pulumi.ComponentResource):
    """A template that is pushed when its files, variables or settings change; nothing is removed on deletion.

    A changed token runs the push too, for the command plugin takes any change of the environment for an update. Such
    a push finds that the content is there, changes nothing, and takes less than a second.
    """

    template_id: pulumi.Output[str]
    """Id of the template on the server."""

    version_name: pulumi.Output[str]
    """Name of the active version."""

    def __init__(self, name: str, args: TemplateArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("spt-flow:index:Template", name, None, opts)
        directory = _ROOT / args["directory"]
        overlays = [_ROOT / overlay for overlay in args.get("overlays", ())]
        pushed = command.local.Command(
            f"{name}-push",
            interpreter=[sys.executable, "-m", "sptcoder.platform"],
            create="push",
            dir=str(_ROOT),
            environment={
                "CODER_URL": args["url"],
                "CODER_SESSION_TOKEN": pulumi.Output.secret(args["session_token"]),
                "SPTCODER_PUSH": pulumi.Output.json_dumps(build_request(args)),
            },
            # In clear, so that a preview shows that the content changed, and nothing else of it.
            triggers=[pack_template(directory, overlays).sha256],
            logging=command.local.Logging.STDERR,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.template_id = pushed.stdout.apply(_template_id)
        self.version_name = pushed.stdout.apply(_version_name)
        self.register_outputs({"templateId": self.template_id, "versionName": self.version_name})


def build_request(args: TemplateArgs) -> dict[str, Any]:
    """Return the push request, see `sptcoder.templates.request.PushRequest`; variables may be outputs."""
    return {
        "name": args["name"],
        "directory": str(args["directory"]),
        "overlays": [str(overlay) for overlay in args.get("overlays", ())],
        "variables": dict(args.get("variables", {})),
        "settings": args.get("settings", TemplateSettings()).model_dump(),
        "smoke": args.get("smoke", SmokeSettings()).model_dump(),
    }


def _template_id(stdout: str) -> str:
    return str(json.loads(stdout)["template_id"])


def _version_name(stdout: str) -> str:
    return str(json.loads(stdout)["version_name"])
