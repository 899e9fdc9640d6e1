"""One verb of `python -m sptcoder.platform` as a resource: what the program itself has to do on the Coder server."""

__all__ = ["platform_command"]

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import pulumi
import pulumi_command as command

_ROOT: Final = Path(__file__).resolve().parents[1]


def platform_command(
    name: str,
    verb: str,
    environment: Mapping[str, pulumi.Input[str]],
    *,
    opts: pulumi.ResourceOptions,
    triggers: Sequence[pulumi.Input[str]] = (),
) -> command.local.Command:
    """Return the resource; its output is a secret, and of what the verb says only its progress is shown.

    When `environment` changes the verb runs again and is told what it printed before; when `triggers` change it runs
    as for the first time.
    """
    hidden = pulumi.ResourceOptions(additional_secret_outputs=["stdout"])
    return command.local.Command(
        name,
        create=verb,
        interpreter=[sys.executable, "-m", "sptcoder.platform"],
        dir=str(_ROOT),
        environment=dict(environment),
        logging=command.local.Logging.STDERR,
        triggers=list(triggers),
        opts=pulumi.ResourceOptions.merge(opts, hidden),
    )
