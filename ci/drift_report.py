"""What a drift issue says: how the cluster differs from the program, and what to do."""

__all__ = ["drift_report"]

from collections.abc import Sequence

from ci.event_log import PolicyVerdict
from ci.markdown import code, prose
from ci.plan import Plan
from ci.review_comment import review_comment


def drift_report(plan: Plan, verdicts: Sequence[PolicyVerdict]) -> str:
    """Return the Markdown of the issue."""
    broken = [f"- {code(one.policy)}: {prose(one.sentence)}" for one in verdicts]
    return "\n".join(
        [
            f"The cluster of stack {code(plan.stack)} is not what the program says. This is what a deployment would",
            "change, as the nightly check found it:",
            "",
            review_comment([plan]),
            *(["### Policies that the plan breaks", "", *broken, ""] if broken else []),
            "Either deploy, which sets the cluster right, or put the change into the program: `docs/ci.md` says how.",
            "This issue is kept up to date, and closed when the difference is gone.",
            "",
        ]
    )
