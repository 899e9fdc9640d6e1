"""The surroundings of a command that changes a workspace: session, workspace, progress, and what is told at the end."""

__all__ = ["Change", "changing"]

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sptcoder.api.models.workspace import Workspace
from sptcoder.cli.phases import Phases
from sptcoder.session import Session, open_session
from sptcoder.workspaces.lifecycle import Lifecycle
from sptcoder.workspaces.lookup import find_workspace
from sptcoder.workspaces.report import report
from sptcoder.workspaces.still_at_work import goes_on


@dataclass(frozen=True)
class Change:
    """A workspace as it was found, and the hands to change it; `words` are what the user calls it."""

    session: Session
    workspace: Workspace
    words: str

    @property
    def lifecycle(self) -> Lifecycle:
        """Return what can be done, shown on stderr while it is waited for."""
        return Lifecycle(self.session.client, Phases())

    def report(self, sentence: str, *, changed: bool, as_json: bool) -> None:
        """Tell what came of it."""
        report(self.session, self.workspace, sentence, words=self.words, changed=changed, as_json=as_json)


@contextmanager
def changing(words: str, what: str, context: str | None) -> Iterator[Change]:
    """Find a workspace for the block; `what` is done to it there (`stop`, `start`, ...), and goes on after Ctrl-C."""
    with open_session(context) as session:
        workspace = find_workspace(session.client, words)
        with goes_on(f"{what} of '{words}'", words):
            yield Change(session, workspace, words)
