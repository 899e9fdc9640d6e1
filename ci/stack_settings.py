"""The settings of a stack, read from its file before any engine runs."""

__all__ = ["stack_settings"]

from pathlib import Path
from typing import Final

import yaml

from ci.stack_name import PROJECT_ROOT, check_stack_name
from core.errors import UsageError
from settings import Settings, engine_texts, load_settings

_LAB: Final = "lab"


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
