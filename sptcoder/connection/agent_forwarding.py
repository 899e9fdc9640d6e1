"""The SSH agent of this machine, made reachable for OpenSSH for as long as a block runs."""

__all__ = ["reachable_agent", "surroundings_here"]

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from core.errors import SptFlowError
from sptcoder.connection.agent_choice import AgentKind, Surroundings, choose_agent
from sptcoder.connection.agent_relay import relayed_agent


@contextmanager
def reachable_agent(
    *, required: bool, say: Callable[[str], None], around: Surroundings | None = None
) -> Iterator[Mapping[str, str] | None]:
    """Yield the environment in which OpenSSH finds the agent; None, and a line for the user, if there is none.

    `required` says that the user asked for it: SptFlowError then, instead of the line.
    """
    choice = choose_agent(around or surroundings_here())
    if choice.kind is AgentKind.NONE:
        if required:
            raise SptFlowError(
                f"No SSH agent can be forwarded: {choice.reason}.", next_command='eval "$(ssh-agent)" && ssh-add'
            )
        say(f"No SSH agent is forwarded: {choice.reason}.")
        yield None
    elif choice.kind is AgentKind.RELAY:
        with relayed_agent(choice.address) as socket:
            yield {"SSH_AUTH_SOCK": socket}
    else:
        yield {"SSH_AUTH_SOCK": choice.address}


def surroundings_here() -> Surroundings:
    """Return what this machine has."""
    return Surroundings(
        platform=sys.platform,
        environment=os.environ,
        exists=os.path.exists,
        locate=shutil.which,
        home=str(Path.home()),
    )
