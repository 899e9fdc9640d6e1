"""The rules about a plan, asked of a preview: the engine shows its policies no steps."""

__all__ = ["change_verdicts"]

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path

from ci.event_log import PolicyVerdict
from policies.config_file import read_config
from policies.engine_document import planned_change
from policies.judging import judge


def change_verdicts(document: Path, config: Path) -> list[PolicyVerdict]:
    """Return what they say of the JSON of `pulumi preview`; `config` is the pack's configuration of the stack."""
    steps = json.loads(document.read_text(encoding="utf-8")).get("steps", [])
    changes = [planned_change(step) for step in steps if isinstance(step, Mapping) and step.get("urn")]
    report = judge([], changes, read_config(config), dt.datetime.now(dt.UTC).date(), rules=())
    return [PolicyVerdict(each.rule, each.level, each.sentence) for each in report.violations]
