"""The comment on a pull request: each stack's changes and the policies' verdict, within GitHub's limit."""

__all__ = ["LIMIT", "cut_text", "join_parts", "review_comment"]

from collections.abc import Sequence
from typing import Final

from ci.plan import Plan
from ci.plan_section import plan_section

LIMIT: Final = 65_536
"""Most characters GitHub takes for a comment; bytes are counted here, of which there are never fewer."""

_ROWS: Final = (2_000, 500, 200, 75, 25, 8)
_CUT: Final = "\n\n*Cut here: GitHub takes at most 65,536 characters for a comment. The job's log has the rest.*\n"
_DETAILS: Final = ("<details>", "</details>")


def review_comment(plans: Sequence[Plan], policy: str = "", *, limit: int = LIMIT) -> str:
    """Return the comment for one plan or several, with the policy report (Markdown) at its end.

    Tables lose rows before anything is cut; the policy report is cut last, since it says whether the change may be.
    """
    kept_policy = cut_text(f"{policy.strip()}\n", limit // 2) if policy.strip() else ""
    room = limit - _size(kept_policy) - 1
    body = ""
    for most_rows in _ROWS:
        body = "\n".join(line for plan in plans for line in [*plan_section(plan, most_rows=most_rows), ""])
        if _size(body) <= room:
            break
    kept_body = cut_text(body.rstrip() + "\n", room)
    return "\n".join(part for part in (kept_body, kept_policy) if part)


def join_parts(parts: Sequence[str], *, limit: int) -> str:
    """Return the parts one after another, each cut to an equal share of what those before it left over."""
    joined: list[str] = []
    left = limit
    for index, part in enumerate(parts):
        kept = cut_text(part, left // (len(parts) - index) - 1)
        left -= _size(kept) + 1
        joined.append(kept)
    return "\n".join(joined)


def cut_text(text: str, limit: int) -> str:
    """Return Markdown of at most `limit` bytes, cut at the end of a line, with nothing left open and a note."""
    if _size(text) <= limit:
        return text
    closing = f"\n\n{_DETAILS[1]}{_CUT}"
    room = max(0, limit - _size(closing))
    kept = text.encode()[:room].decode(errors="ignore").rpartition("\n")[0]
    is_open = kept.count(_DETAILS[0]) > kept.count(_DETAILS[1])
    return f"{kept}{closing if is_open else _CUT}"


def _size(text: str) -> int:
    return len(text.encode())
