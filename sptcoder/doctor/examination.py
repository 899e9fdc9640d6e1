"""The whole examination, in the order in which one thing needs another."""

__all__ = ["examine", "examine_sign_in"]

from collections.abc import Iterator

from core.errors import SptFlowError, UsageError
from sptcoder.config import BadConfigError, NoContextError
from sptcoder.doctor.connection import examine_connection
from sptcoder.doctor.finding import Finding, State, problem
from sptcoder.doctor.machine import examine_configuration, examine_machine, examine_terminal
from sptcoder.doctor.server import examine_server, kind_of
from sptcoder.doctor.workspaces import examine_workspaces
from sptcoder.session import Session, open_session


def examine(context: str | None = None) -> Iterator[Finding]:
    """Yield each finding as soon as it is there; UsageError only for a context that does not exist."""
    yield from examine_machine()
    yield from examine_terminal()
    yield from examine_configuration()
    try:
        with open_session(context) as session:
            yield from _examine_signed_in(session)
    except BadConfigError:
        return  # said above
    except UsageError:
        raise
    except NoContextError as error:
        yield problem("sign-in", error, kind="not-signed-in")
    except SptFlowError as error:
        yield problem("server", error, kind=kind_of(error))


def examine_sign_in(context: str) -> Iterator[Finding]:
    """Yield what is worth knowing to somebody who has just signed in: whatever is not as it should be."""
    with open_session(context) as session:
        for finding in (*examine_machine(), *_examine_signed_in(session)):
            if finding.state is not State.FINE:
                yield finding


def _examine_signed_in(session: Session) -> Iterator[Finding]:
    """Look at the server and what it has of the user's; what does not answer ends it."""
    for finding in examine_server(session):
        yield finding
        if finding.state is State.PROBLEM:
            return
    yield from examine_connection(session)
    yield from examine_workspaces(session.client)
