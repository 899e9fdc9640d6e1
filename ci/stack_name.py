"""The project's folder, and the stacks that have a file in it; imports nothing that takes its time."""

__all__ = ["PROJECT_ROOT", "check_stack_name"]

import re
from pathlib import Path
from typing import Final

from core.errors import UsageError

PROJECT_ROOT: Final = Path(__file__).resolve().parents[1]
"""The folder of Pulumi.yaml and __main__.py."""

_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?", re.ASCII)


def check_stack_name(name: str, root: Path = PROJECT_ROOT) -> str:
    """Return the name of a stack that has a file; raise UsageError for any other."""
    stacks = sorted(path.name.split(".")[1] for path in root.glob("Pulumi.*.yaml"))
    if _NAME.fullmatch(name) is None or name not in stacks:
        raise UsageError(
            f"The stack {name[:40]!r} is unknown: the stacks of this project are {', '.join(stacks)}.",
            next_command="name one of them, for example STACK=staging",
        )
    return name
