"""Pushing templates to the real server: what changes there, and what never does."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import pytest

from sptcoder.api import CoderClient, TokenRefusedError
from sptcoder.api.job_watch import JobFailedError
from sptcoder.templates.smoke import SmokeFailedError
from tests.integration.coder.conftest import AGENT, BARE, OwnTemplate
from tests.support.coder_site import CoderSite
from tests.support.patience import wait_until

pytestmark = pytest.mark.lab


class _Recorder(httpx.HTTPTransport):
    """Passes requests on and keeps their methods."""

    def __init__(self) -> None:
        super().__init__()
        self.methods: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.methods.append(request.method)
        return super().handle_request(request)


def test_first_push_no_change_and_a_change(site: CoderSite, client: CoderClient, own_template: OwnTemplate) -> None:
    own_template.write(BARE)
    first = own_template.push(client)
    assert first.new_version
    template = client.templates.get(first.template_id)
    assert (template.active_version_id, template.default_ttl_ms, template.activity_bump_ms) == (
        first.version_id,
        7_200_000,
        7_200_000,
    )

    recorder = _Recorder()
    with site.client(transport=recorder) as watched:
        again = own_template.push(watched)
    assert (again.version_id, again.new_version, again.new_settings) == (first.version_id, False, False)
    assert set(recorder.methods) == {"GET"}, "an unchanged push changes nothing"
    assert len(client.templates.versions(first.template_id, include_archived=True)) == 1

    own_template.write(BARE, "\n# changed\n")
    second = own_template.push(client)
    assert second.new_version
    assert second.version_id != first.version_id
    assert client.templates.get(first.template_id).active_version_id == second.version_id


def test_a_version_that_cannot_be_imported_leaves_the_active_one(
    client: CoderClient, own_template: OwnTemplate
) -> None:
    own_template.write(BARE)
    first = own_template.push(client)
    own_template.write(BARE, 'output "wrong" {\n  value = var.missing\n}\n')
    with pytest.raises(JobFailedError) as failed:
        own_template.push(client)
    assert "undeclared input variable" in str(failed.value)
    assert client.templates.get(first.template_id).active_version_id == first.version_id

    own_template.write(BARE, "# mended\n")
    assert own_template.push(client).new_version


def test_a_version_whose_smoke_workspace_does_not_come_up_leaves_the_active_one(
    site: CoderSite, client: CoderClient, own_template: OwnTemplate
) -> None:
    own_template.write(BARE)
    first = own_template.push(client)
    own_template.write(BARE, AGENT)
    with pytest.raises(SmokeFailedError, match="did not come up"):
        own_template.push(client, smoke_seconds=8)
    assert client.templates.get(first.template_id).active_version_id == first.version_id
    wait_until(lambda: client.workspaces.list(f'template:"{own_template.name}"') == (), seconds=60)
    assert [pod for pod in site.kubectl.get("-n", "coder-workspace", "pods")["items"] if "smoke" in str(pod)] == []


@pytest.mark.parametrize("contents", [("# same\n", "# same\n"), ("# one\n", "# other\n")], ids=["same", "different"])
def test_two_pushes_at_once_end_with_one_whole_version(
    site: CoderSite, client: CoderClient, own_template: OwnTemplate, contents: tuple[str, str]
) -> None:
    own_template.write(BARE)
    first = own_template.push(client)
    sides = []
    for number, content in enumerate(contents):
        folder = own_template.folder.parent / f"side-{number}"
        folder.mkdir()
        sides.append(OwnTemplate(own_template.name, folder))
        sides[-1].write(BARE, content)

    def push(side: OwnTemplate) -> str:
        with site.client() as own:
            return side.push(own).version_id

    with ThreadPoolExecutor(2) as pool:
        pushed = list(pool.map(push, sides))
    assert (len(set(pushed)) == 1) == (contents[0] == contents[1])
    active = client.templates.get(first.template_id).active_version_id
    assert active in pushed
    assert client.template_versions.get(active).job.status == "succeeded"


def test_an_expired_token_is_one_sentence(site: CoderSite, client: CoderClient, own_template: OwnTemplate) -> None:
    own_template.write(BARE)
    token = client.tokens.create("me", name=f"short-{time.time_ns()}", lifetime=timedelta(seconds=1))
    time.sleep(1.2)
    with site.client(token=token) as late, pytest.raises(TokenRefusedError) as refused:
        own_template.push(late)
    assert refused.value.message.count("\n") == 0
    assert "expired" in refused.value.message
    assert token not in str(refused.value)
    assert client.templates.find(own_template.name) is None
