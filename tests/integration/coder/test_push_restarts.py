"""The server goes away in the middle of a push, at each of its steps: it is finished later, or fails whole."""

from collections.abc import Callable
from dataclasses import dataclass

import httpx
import pytest

from core.errors import SptFlowError
from sptcoder.api import CoderClient
from tests.integration.coder.conftest import AGENT, BARE, POD, OwnTemplate
from tests.support.coder_site import CoderSite
from tests.support.patience import wait_until

pytestmark = pytest.mark.lab

_SMOKE_SECONDS = 60.0


class _Saboteur(httpx.HTTPTransport):
    """Passes requests on, and takes the server away once: before a request, or as soon as it is answered."""

    def __init__(self, step: "Step", act: Callable[[], None]) -> None:
        super().__init__()
        self._step, self._act = step, act
        self.acted = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        step = self._step
        hit = not self.acted and request.method == step.method and request.url.path.endswith(step.path_end)
        if hit and not step.after:
            self._strike()
        response = super().handle_request(request)
        if hit and step.after:
            self._strike()
        return response

    def _strike(self) -> None:
        self.acted = True
        self._act()


@dataclass(frozen=True)
class Step:
    """A request of a push: the server goes before it, or after its answer, with a smoke workspace or without."""

    method: str
    path_end: str
    after: bool = False
    smoke: bool = False


STEPS = {
    "upload": Step("POST", "/files"),
    "import": Step("POST", "/templateversions", after=True),
    "smoke": Step("POST", "/workspaces", after=True, smoke=True),
    "activate": Step("PATCH", "/versions"),
}


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS.keys())
def test_a_restart_of_the_server_costs_no_push(
    site: CoderSite, client: CoderClient, own_template: OwnTemplate, step: Step
) -> None:
    own_template.write(BARE)
    first = own_template.push(client)
    own_template.write(BARE, *((AGENT, POD) if step.smoke else ("# changed\n",)))
    seconds = _SMOKE_SECONDS if step.smoke else None
    before = site.server_pods()

    saboteur = _Saboteur(step, site.restart_server)
    with site.client(transport=saboteur) as disturbed:
        failure = _failure(lambda: own_template.push(disturbed, smoke_seconds=seconds))
    assert saboteur.acted, "the step was never reached"
    # The old server may answer for a moment more; what it says is not what the next one does.
    wait_until(lambda: not {*before} & {*site.server_pods(leaving=True)}, seconds=90)
    wait_until(client.deployment.is_healthy, seconds=120)
    active = client.templates.get(first.template_id).active_version_id
    if failure is None:
        assert active != first.version_id
    elif step is not STEPS["activate"]:  # of which the answer may be lost when all is done
        assert active == first.version_id, failure

    own_template.push(client, smoke_seconds=seconds)
    active = client.templates.get(first.template_id).active_version_id
    assert active != first.version_id
    assert client.template_versions.get(active).job.status == "succeeded"
    assert client.workspaces.list(f'template:"{own_template.name}"') == (), "a smoke workspace stays"
    assert len(site.server_pods()) == 1


def _failure(action: Callable[[], object]) -> SptFlowError | None:
    try:
        action()
    except SptFlowError as error:
        return error
    return None
