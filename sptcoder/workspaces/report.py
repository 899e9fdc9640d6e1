"""What a command that changes a workspace says when it is through."""

__all__ = ["report"]

from sptcoder.api.models.workspace import Workspace
from sptcoder.cli.correlation import correlation_id
from sptcoder.cli.terminal import say, write_json, write_line
from sptcoder.session import Session
from sptcoder.workspaces.badge import update_hint
from sptcoder.workspaces.summary import summarise


def report(session: Session, workspace: Workspace, sentence: str, *, words: str, changed: bool, as_json: bool) -> None:
    """Print the sentence, or the workspace as it is now as JSON; the badge goes to stderr.

    `words` are what the user calls the workspace.
    """
    now = session.client.workspaces.get(workspace.id)
    if as_json:
        shown = summarise(now, session.url).as_json()
        write_json({"workspace": shown, "changed": changed, "correlation_id": correlation_id()})
    else:
        write_line(sentence)
    if now.outdated:
        say(update_hint(words), "yellow")
