"""One comment on a pull request, found again by a hidden mark and changed in place."""

__all__ = ["MARK", "marked", "post_comment", "pull_request_number"]

import json
import os
from pathlib import Path
from typing import Final

from ci.github_api import GithubApi
from ci.review_comment import LIMIT, join_parts
from core.errors import UsageError

MARK: Final = "<!-- spt-flow: review of the change -->"
"""First line of the comment; GitHub does not show it."""

AUTHOR: Final = "github-actions[bot]"
"""Whose comments may be changed: a mark in anybody else's is somebody's trick."""


def marked(parts: list[str]) -> str:
    """Return the comment's whole text for its parts, within GitHub's limit."""
    return f"{MARK}\n{join_parts(parts, limit=LIMIT - len(MARK) - 1)}"


def post_comment(api: GithubApi, number: int, body: str, *, author: str = AUTHOR) -> str:
    """Change the author's marked comment, or write it if there is none; return "updated" or "created".

    Of several, which two runs at once may have left, the oldest is the one.
    """
    for comment in api.listed(f"/issues/{number}/comments"):
        user = comment.get("user") or {}
        if str(comment.get("body", "")).startswith(MARK) and user.get("login") == author:
            api.change(f"/issues/comments/{int(comment['id'])}", {"body": body})
            return "updated"
    api.create(f"/issues/{number}/comments", {"body": body})
    return "created"


def pull_request_number() -> int:
    """Return the pull request of the workflow's event; raise UsageError where there is none."""
    path = os.environ.get("GITHUB_EVENT_PATH", "")
    try:
        event = json.loads(Path(path).read_text(encoding="utf-8")) if path else {}
        number = event["pull_request"]["number"]
    except (OSError, ValueError, KeyError, TypeError):
        number = None
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise UsageError(
            "The workflow's event is of no pull request, so there is nothing to comment on.",
            next_command="make ci-post-comment PULL_REQUEST=17 COMMENT=comment.md",
        )
    return number
