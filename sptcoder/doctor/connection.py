"""What `ssh` and its like need: the server's own program for this machine, and keys in an agent."""

__all__ = ["examine_connection"]

import platform
import sys
from collections.abc import Iterator

from core.errors import SptFlowError
from sptcoder.connection.agent_choice import AgentKind, choose_agent
from sptcoder.connection.agent_forwarding import surroundings_here
from sptcoder.connection.offered_program import ask_offer
from sptcoder.connection.release_name import program_name
from sptcoder.connection.tunnel import require_openssh
from sptcoder.doctor.finding import Finding, fine, note, problem
from sptcoder.session import Session


def examine_connection(session: Session) -> Iterator[Finding]:
    """Look for OpenSSH, ask for the program without fetching it, and look for an agent."""
    try:
        require_openssh()
        yield fine("ssh", "OpenSSH's client is here")
    except SptFlowError as error:
        yield problem("ssh", error)
    try:
        name = program_name(sys.platform, platform.machine())
        ask_offer(session.url, name, session.client.connection.trace)
        yield fine("coder program", f"the server offers {name}")
    except SptFlowError as error:
        yield problem("coder program", session.explained(error))
    agent = choose_agent(surroundings_here())
    if agent.kind is AgentKind.NONE:
        yield note("ssh agent", f"no keys are forwarded: {agent.reason}", 'eval "$(ssh-agent)" && ssh-add')
    else:
        yield fine("ssh agent", f"{agent.kind.value} {agent.address}")
