"""Whether this machine can run the lab: facts are gathered first, then judged; nothing is touched."""

from lab.preflight.facts import HostFacts
from lab.preflight.gather import gather_facts
from lab.preflight.host import check_host

__all__ = ["HostFacts", "check_host", "gather_facts"]
