"""What the pack's rules say of one manifest that a component builds, with a stack's own configuration."""

__all__ = ["broken_rules"]

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from core.fields import Field
from policies.pack import RULES
from policies.resource import Resource
from policies.rule import ResourceRule

_CONFIG: Final = Path(__file__).resolve().parents[2] / "policies/config"


def broken_rules(
    resource_type: str, manifest: Mapping[str, Any], *, stack: str = "dev", prefix: str = "workload-"
) -> list[str]:
    """Return the sentences of the rules that judge workloads (or whose names have another prefix)."""
    config = json.loads((_CONFIG / f"{stack}.json").read_text(encoding="utf-8"))
    resource = Resource(resource_type, "thing", Field(manifest))
    rules = [rule for rule in RULES if isinstance(rule, ResourceRule) and rule.words.name.startswith(prefix)]
    verdicts = [rule.judge(resource, config[rule.words.name], dt.date.min) for rule in rules]
    assert not any(verdict.unknown for verdict in verdicts)
    return [violation.sentence for verdict in verdicts for violation in verdict.violations]
