"""What policies said during a run of the engine, from the event log that the CLI writes."""

__all__ = ["PolicyVerdict", "policy_verdicts"]

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_COLOR: Final = re.compile(r"<\{%.*?%\}>")


@dataclass(frozen=True)
class PolicyVerdict:
    """One policy that was broken: `level` is mandatory or advisory, `sentence` what the rule reported."""

    policy: str
    level: str
    sentence: str


def policy_verdicts(log: Path) -> list[PolicyVerdict]:
    """Return the verdicts in the order of the log, each once; an unreadable line is passed over."""
    found: dict[PolicyVerdict, None] = {}
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if log.is_file() else []:
        try:
            event = json.loads(line).get("policyEvent")
        except (ValueError, AttributeError, RecursionError):
            continue
        if isinstance(event, dict):
            text = _COLOR.sub("", str(event.get("message", ""))).strip()
            # The engine puts the policy's description before what the rule reported.
            sentence = text.partition("\n")[2].strip() or text
            found[PolicyVerdict(str(event.get("policyName")), str(event.get("enforcementLevel")), sentence)] = None
    return list(found)
