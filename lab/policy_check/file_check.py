"""Files judged by the rules of a stack."""

__all__ = ["check_files"]

import datetime as dt
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from lab.deploy.stack_file import StackFile
from lab.policy_check.check import Check
from lab.policy_check.checked_files import read_files
from lab.policy_check.throw_away import make_throw_away
from policies.config_file import read_config
from policies.judging import judge

_LISTED: Final = 3


def check_files(names: Sequence[str], stack: StackFile, today: dt.date) -> Check:
    """Judge files by the configuration of a stack; raise UsageError for a file or a configuration that is none."""
    config = read_config(stack.policy_config)
    with tempfile.TemporaryDirectory(prefix="spt-policy-") as folder:
        settings = make_throw_away(stack, Path(folder)).settings
    content = read_files(names)
    shown = ["standard input" if name == "-" else name for name in names]
    listed = ", ".join(shown[:_LISTED]) + (f" and {len(shown) - _LISTED} more" if len(shown) > _LISTED else "")
    return Check(
        title=f"{listed}, by the rules of {stack.name}",
        stack=stack.name,
        source=shown[0],
        report=judge(content.resources, content.changes, config, today, stack_gap=content.gap),
        locations=content.locations,
        fails_undecided=settings.policy.policy_undecidable == "fail",
    )
