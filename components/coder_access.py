"""Who gets into Coder: the owner, the bot that pushes templates, the user of the reaper; made again and again alike."""

__all__ = ["CoderAccess", "CoderAccessArgs", "rotation_period"]

import json
from typing import Final, TypedDict

import pulumi
import pulumi_random as random

from components.platform_command import platform_command

_PASSWORD_LENGTH: Final = 32
_DAY_SECONDS: Final = 86400
_REAPER: Final = "spt-reaper"
# Deleting other users' workspaces, as the reaper does, needs the organization's administrator; nothing less has it.
_REAPER_ROLE: Final = "organization-admin"


class CoderAccessArgs(TypedDict):
    """Which users there are to be, and for how long a token is theirs."""

    access_url: pulumi.Input[str]
    """Where the server answers, for this machine."""
    version: str
    """Version the server has to run before anything else is done."""
    admin_email: str
    """E-mail address of the owner, the first user."""
    admin_username: str
    """Name of the owner."""
    bot_username: str
    """Name of the user that pushes templates."""
    rotation_days: int
    """Days after which a new token is due; a token can be used for twice as long."""
    rotation: int
    """Number of the current period: another number makes new tokens."""


class CoderAccess(pulumi.ComponentResource):
    """A server with its users; whatever depends on the whole component can use their tokens."""

    session_token: pulumi.Output[str]
    """Token of the bot, a secret."""

    reaper_token: pulumi.Output[str]
    """Token of the reaper's user, a secret."""

    admin_password: pulumi.Output[str]
    """Password of the owner, a secret."""

    def __init__(self, name: str, args: CoderAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("spt-flow:index:CoderAccess", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        generated = random.RandomPassword(f"{name}-admin-password", length=_PASSWORD_LENGTH, special=False, opts=child)
        password: pulumi.Output[str] = pulumi.Output.secret(generated.result)
        healthy = platform_command(
            f"{name}-healthy",
            "wait-healthy",
            {"CODER_URL": args["access_url"], "SPTCODER_TARGET_VERSION": args["version"]},
            opts=child,
        )
        common: dict[str, pulumi.Input[str]] = {
            "CODER_URL": args["access_url"],
            "SPTCODER_ADMIN_EMAIL": args["admin_email"],
            "SPTCODER_ADMIN_USERNAME": args["admin_username"],
            "SPTCODER_ADMIN_PASSWORD": password,
            "SPTCODER_TOKEN_DAYS": str(2 * args["rotation_days"]),
        }
        triggers = [str(args["rotation"])]
        bot = platform_command(
            f"{name}-bot",
            "bootstrap",
            {**common, "SPTCODER_BOT_USERNAME": args["bot_username"]},
            triggers=triggers,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[healthy]),
        )
        reaper = platform_command(
            f"{name}-reaper",
            "bootstrap",
            {**common, "SPTCODER_BOT_USERNAME": _REAPER, "SPTCODER_BOT_ROLE": _REAPER_ROLE},
            triggers=triggers,
            # One after the other: both would make the first user.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[bot]),
        )
        self.session_token = pulumi.Output.secret(bot.stdout.apply(_token))
        self.reaper_token = pulumi.Output.secret(reaper.stdout.apply(_token))
        self.admin_password = password
        self.register_outputs({"sessionToken": self.session_token, "reaperToken": self.reaper_token})


def rotation_period(seconds: float, days: int) -> int:
    """Return the number of the period of `days` days in which the time `seconds` since 1970 lies."""
    return int(seconds // (_DAY_SECONDS * days))


def _token(printed: str) -> str:
    return str(json.loads(printed)["session_token"])
