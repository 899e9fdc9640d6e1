"""One open issue for a stack that differs from its program: written, kept up to date, closed when that is over."""

__all__ = ["DRIFT_LABEL", "settle_drift"]

from collections.abc import Mapping
from typing import Any, Final

from ci.github_api import GithubApi
from ci.posted_comment import AUTHOR
from ci.review_comment import LIMIT, cut_text

DRIFT_LABEL: Final = "drift"
"""Label of the issue; GitHub makes it with the first one."""

_OVER: Final = "The stack is again what its program says. Closed by the nightly check."


def settle_drift(api: GithubApi, stack: str, report: str, *, has_drift: bool, author: str = AUTHOR) -> str:
    """Open, update or close the stack's issue; return which, or "nothing" when there is neither drift nor issue.

    `report` is Markdown of what differs. Of several issues the oldest is kept and the others are closed.
    """
    mark = f"<!-- spt-flow: drift of stack {stack} -->"
    standing = sorted((one for one in _open_issues(api, author) if _is_marked(one, mark)), key=_number)
    spare = standing[1:] if has_drift else standing
    for issue in spare:
        if not has_drift:
            api.create(f"/issues/{_number(issue)}/comments", {"body": _OVER})
        api.change(f"/issues/{_number(issue)}", {"state": "closed", "state_reason": "completed"})
    if not has_drift:
        return "closed" if standing else "nothing"
    body = cut_text(f"{mark}\n{report}", LIMIT)
    if standing:
        api.change(f"/issues/{_number(standing[0])}", {"body": body})
        return "updated"
    title = f"Stack {stack} differs from its program"
    api.create("/issues", {"title": title, "body": body, "labels": [DRIFT_LABEL]})
    return "opened"


def _open_issues(api: GithubApi, author: str) -> list[Mapping[str, Any]]:
    """Return the author's open issues of the label; GitHub lists pull requests among them, which are left out."""
    listed = api.listed("/issues", state="open", labels=DRIFT_LABEL)
    return [one for one in listed if "pull_request" not in one and (one.get("user") or {}).get("login") == author]


def _is_marked(issue: Mapping[str, Any], mark: str) -> bool:
    return str(issue.get("body") or "").startswith(mark)


def _number(issue: Mapping[str, Any]) -> int:
    return int(issue["number"])
