"""Rules about what a plan does to things that are there already: replacements and deletions."""

__all__ = ["ChangeRule"]

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from policies.change import Change
from policies.findings import Findings
from policies.rule import Config, Rule, Verdict


@dataclass(frozen=True)
class ChangeRule(Rule[Config]):
    """A rule over the steps of a preview.

    The engine shows its policies no steps, so whoever runs a preview judges them before anything is changed.
    """

    check: Callable[[Sequence[Change], Config, Findings], None] = field(kw_only=True)

    def judge(self, changes: Sequence[Change], config: Mapping[str, Any], today: dt.date) -> Verdict:
        """Return what the rule says of a plan."""
        findings = Findings()
        settings, granted = self.settings(config)
        self.check(changes, settings, findings)
        return self._verdict(findings, granted, today)
