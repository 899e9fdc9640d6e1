import pytest

from sptcoder.api import CoderClient
from sptcoder.workspaces.state import workspace_state
from tests.standins.coderd.server import Coderd
from tests.support.coder_workspaces import add_workspace


@pytest.mark.parametrize(
    ("build", "agent", "state"),
    [
        ("running", ("connected", "ready"), "running"),
        ("running", ("connecting", "created"), "starting"),
        ("running", ("connected", "starting"), "starting"),
        ("running", ("connected", "start_error"), "start script failed"),
        ("running", ("connected", "start_timeout"), "start script failed"),
        ("running", ("disconnected", "ready"), "agent lost"),
        ("running", ("timeout", "created"), "agent lost"),
        ("stopped", ("", ""), "stopped"),
        ("failed", ("", ""), "failed to start"),
        ("canceled", ("", ""), "start canceled"),
        ("pending", ("", ""), "pending"),
        ("stopping", ("", ""), "stopping"),
    ],
)
def test_the_state_is_that_of_build_and_agents_together(
    coderd: Coderd, client: CoderClient, build: str, agent: tuple[str, str], state: str
) -> None:
    identity = add_workspace(coderd.platform, "shop", status=build, agent=agent[0], lifecycle=agent[1])
    assert workspace_state(client.workspaces.get(identity)) == state
