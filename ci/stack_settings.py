"""The settings of a stack, read from its file before any engine runs."""

__all__ = ["PROJECT_ROOT", "check_stack_name", "stack_settings"]

import re
from pathlib import Path
from typing import Final

import yaml

from core.errors import UsageError
from settings import Settings, engine_texts, load_settings

PROJECT_ROOT: Final = Path(__file__).resolve().parents[1]
"""The folder of Pulumi.yaml and __main__.py."""

_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?", re.ASCII)
_LAB: Final = "lab"


def check_stack_name(name: str, root: Path = PROJECT_ROOT) -> str:
    """Return the name of a stack that has a file; raise UsageError for any other."""
    stacks = sorted(path.name.split(".")[1] for path in root.glob("Pulumi.*.yaml"))
    if _NAME.fullmatch(name) is None or name not in stacks:
        raise UsageError(
            f"The stack {name[:40]!r} is unknown: the stacks of this project are {', '.join(stacks)}.",
            next_command="name one of them, for example STACK=staging",
        )
    return name


def stack_settings(name: str, root: Path = PROJECT_ROOT) -> Settings:
    """Return the settings of a cluster's stack; raise UsageError for the embedded lab's, which CI never deploys."""
    check_stack_name(name, root)
    content = yaml.safe_load((root / f"Pulumi.{name}.yaml").read_text(encoding="utf-8")) or {}
    texts = engine_texts(content.get("config") or {})
    if texts.get("spt-flow:cluster") == _LAB:
        raise UsageError(
            f"The stack '{name}' is the embedded lab's; CI deploys clusters only.", next_command=f"make up STACK={name}"
        )
    return load_settings(name, texts)
