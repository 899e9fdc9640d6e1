"""What goes wrong for users of a template, live: each case is told, and leaves nothing behind."""

from collections.abc import Iterator

import pytest

from sptcoder.api import ApiError, CoderClient
from sptcoder.api.job_watch import JobFailedError
from sptcoder.api.models.workspace import Workspace
from sptcoder.api.workspace_wait import wait_for_agents, wait_for_build
from tests.support.coder_site import SMALL, WORKSPACES, CoderSite
from tests.support.patience import wait_until

pytestmark = pytest.mark.lab


@pytest.fixture
def started(site: CoderSite, client: CoderClient) -> Iterator["list[str]"]:
    """Collect ids of workspaces; whatever is left of them after the test is deleted."""
    ids: list[str] = []
    yield ids
    for workspace_id in ids:
        try:
            site.remove(client, workspace_id)
        except ApiError as error:
            assert error.status in {404, 410}  # noqa: PT017 - deleted by the test already


def create(client: CoderClient, name: str, **parameters: str) -> Workspace:
    template = client.templates.find("spt-flow")
    assert template is not None
    return client.workspaces.create(name=name, template_id=template.id, parameters={**SMALL, **parameters})


@pytest.mark.parametrize(
    ("parameter", "value", "said"),
    [
        ("cpu", "99", "99 was given"),
        ("memory", "0", "0 was given"),
        ("repo_url", "not a repository", "It must be an address such as"),
        ("workspace_image", "Ubuntu 22", "It must be an image reference"),
        ("workspace_class", "quantum", "quantum"),
    ],
)
def test_bad_parameters_are_refused_before_anything_is_made(
    site: CoderSite, client: CoderClient, parameter: str, value: str, said: str
) -> None:
    before = client.workspaces.list('owner:"me"')
    with pytest.raises(ApiError) as refused:
        create(client, "bad-parameters", **{parameter: value})
    assert refused.value.status == 400
    assert said in refused.value.message
    assert len(client.workspaces.list('owner:"me"')) == len(before)
    assert (
        site.kubectl.get("-n", WORKSPACES, "deployments", "-l", "com.coder.workspace.name=bad-parameters")["items"]
        == []
    )


def test_a_repository_that_needs_a_github_link_does_not_keep_the_workspace_from_starting(
    site: CoderSite, client: CoderClient, started: list[str], repositories: str
) -> None:
    made = create(client, "no-github-link", repo_url=f"{repositories}/private.git")
    started.append(made.id)
    wait_for_build(client, made.latest_build, timeout=120)
    ready = wait_for_agents(client, made.id, timeout=120)
    log = "\n".join(line.output for line in client.agents.logs(ready.latest_build.agents[0].id))
    assert "private.git cannot be read" in log
    assert "link your account" in log
    assert site.ssh("no-github-link", "ls -A ~/private 2>&1 || true").strip() in {"", _absent("private")}


def test_an_image_that_no_registry_has_is_told_by_the_pod_and_the_workspace_can_be_deleted(
    site: CoderSite, client: CoderClient, started: list[str]
) -> None:
    image = "registry.coder.svc.cluster.local:5000/none/image:1"
    made = create(client, "image-missing", workspace_image=image)
    started.append(made.id)
    wait_for_build(client, made.latest_build, timeout=120)
    wait_until(lambda: _pull_error(site, made.id, image), seconds=90)
    agent = client.workspaces.get(made.id).latest_build.agents[0]
    assert not agent.is_ready

    site.remove(client, made.id)
    wait_until(lambda: site.kinds(made.id) == [], seconds=60)


def test_an_image_from_elsewhere_is_refused_by_the_cluster_in_words_in_the_build_log(
    site: CoderSite, client: CoderClient, started: list[str]
) -> None:
    made = create(client, "image-elsewhere", workspace_image="registry.example.org/any/image:1")
    started.append(made.id)
    lines: list[str] = []
    with pytest.raises(JobFailedError):
        wait_for_build(client, made.latest_build, timeout=120, show=lambda line: lines.append(line.output))
    said = " ".join(" ".join(lines).split())
    assert "must have an image from an allowed repository: registry.example.org/any/image:1" in said
    assert "Deployment" not in site.kinds(made.id)


def test_a_workspace_whose_objects_somebody_took_away_can_still_be_deleted(
    site: CoderSite, client: CoderClient, started: list[str]
) -> None:
    made = create(client, "taken-away")
    started.append(made.id)
    wait_for_build(client, made.latest_build, timeout=120)
    for item in site.objects(made.id):
        if item["kind"] in {"Deployment", "Secret"}:
            site.kubectl.delete(f"{item['kind']}/{item['metadata']['name']}", namespace=WORKSPACES)
    site.remove(client, made.id)
    wait_until(lambda: site.kinds(made.id) == [], seconds=60)
    assert client.workspaces.find("taken-away") is None


def _pull_error(site: CoderSite, workspace_id: str, image: str) -> bool:
    for status in site.pod(workspace_id)["status"].get("containerStatuses", []):
        waiting = status["state"].get("waiting", {})
        if waiting.get("reason") in {"ErrImagePull", "ImagePullBackOff"}:
            return image in waiting["message"]
    return False


def _absent(name: str) -> str:
    return f"ls: cannot access '/home/coder/{name}': No such file or directory"
