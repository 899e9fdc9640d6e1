"""Releases on a real API server, by the real helm."""

import asyncio
import stat
from pathlib import Path

import psutil
import pytest

from core.errors import SptFlowError
from lab.plugins.kubernetes.helm_release_client import HelmClient
from lab.plugins.protocol.errors import OperationCancelledError, ResourceNotReadyError
from lab.plugins.protocol.values import UNKNOWN, Secret
from tests.unit.lab.plugins.kubernetes.helm.conftest import Desk, TestConnection


def client_of(desk: Desk) -> HelmClient:
    return HelmClient(TestConnection(desk.api, desk.namespace), desk.namespace)


async def wait_for_status(desk: Desk, name: str, status: str) -> None:
    for _ in range(600):
        found = await client_of(desk).find(name)
        if found is not None and found.status == status:
            return
        await asyncio.sleep(0.1)
    pytest.fail(f"the release did not become '{status}'")


def mode_of(path: Path) -> int | None:
    return stat.S_IMODE(path.stat().st_mode) if path.exists() else None


def kill_helm() -> None:
    """End the helm this process runs, and only that one, as the kernel ends a process out of memory."""
    helms = [child for child in psutil.Process().children(recursive=True) if child.name() == "helm"]
    assert len(helms) == 1
    helms[0].kill()


async def test_a_release_comes_changes_and_goes(desk: Desk, chart: Path) -> None:
    inputs = await desk.checked(chart=str(chart), name="web", values={"message": Secret("first-secret")})
    assert inputs["version"] == "0.1.0"
    preview = await desk.create(inputs, preview=True)
    assert preview.id == ""
    assert preview.properties["status"] is UNKNOWN
    assert await client_of(desk).find("web") is None, "a preview touches nothing"

    made = await desk.create(inputs)
    assert made.id == f"{desk.namespace}/web"
    assert made.properties["resourceNames"] == {"ConfigMap/v1": ["web-settings"]}
    assert made.properties["status"] == {
        "appVersion": "1.2",
        "chart": "small",
        "name": "web",
        "namespace": desk.namespace,
        "revision": 1,
        "status": "deployed",
        "version": "0.1.0",
    }
    assert "first-secret" not in repr(made)
    assert not (await desk.diff(made.properties, inputs)).changes

    news = await desk.checked(inputs, chart=str(chart), name="web", values={"message": "second"})
    assert set((await desk.diff(made.properties, news)).detailed) == {"values.message"}
    changed = await desk.update(made.properties, news)
    assert changed["status"]["revision"] == 2
    settings = desk.api.request("GET", f"/api/v1/namespaces/{desk.namespace}/configmaps/web-settings")
    assert settings["data"] == {"message": "second"}

    read = await desk.read("web", changed)
    assert (read.properties, read.inputs) == (changed, news)
    await desk.delete("web", changed)
    assert "web-settings" not in desk.names()
    assert (await desk.read("web", changed)).id is None
    await desk.delete("web", changed)


async def test_imported_inputs_show_no_change(desk: Desk, chart: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = await desk.create(await desk.checked(chart=str(chart), name="web", values={"message": "kept"}))
    monkeypatch.chdir(chart.parent)
    found = await desk.read("web")
    assert found.id == made.id
    program = await desk.checked(found.inputs, chart="small", name="web", values={"message": "kept"})
    assert not (await desk.diff(found.properties, program)).changes


async def test_drift_is_found_and_repaired(desk: Desk, chart: Path) -> None:
    inputs = await desk.checked(chart=str(chart), name="web", values={"message": "ours"})
    made = await desk.create(inputs)
    theirs = await desk.checked(chart=str(chart), name="web", values={"message": "theirs"})
    await desk.update(made.properties, theirs)
    read = await desk.read("web", made.properties)
    assert read.inputs == inputs
    assert set((await desk.diff(read.properties, inputs)).detailed) == {"values.message"}


async def test_a_release_somebody_uninstalled_is_installed_again(desk: Desk, chart: Path) -> None:
    inputs = await desk.checked(chart=str(chart), name="web")
    made = await desk.create(inputs)
    await desk.delete("web", made.properties)
    assert (await desk.update(made.properties, inputs))["status"]["status"] == "deployed"


async def test_a_release_of_somebody_else_is_left_alone(desk: Desk, chart: Path) -> None:
    await desk.create(await desk.checked(chart=str(chart), name="web", values={"message": "theirs"}))
    desk.urn += "-other"
    inputs = await desk.checked(chart=str(chart), name="web", values={"message": "ours"})
    with pytest.raises(SptFlowError, match="already a release 'web'"):
        await desk.create(inputs)
    settings = desk.api.request("GET", f"/api/v1/namespaces/{desk.namespace}/configmaps/web-settings")
    assert settings["data"] == {"message": "theirs"}


async def test_a_failed_release_says_why_and_the_next_update_repairs_it(desk: Desk, chart: Path) -> None:
    broken = await desk.checked(chart=str(chart), name="web", timeout=5, values={"replicas": 1})
    with pytest.raises(ResourceNotReadyError) as caught:
        await desk.create(broken)
    reasons = " ".join(caught.value.reasons)
    assert caught.value.resource_id == f"{desk.namespace}/web"
    assert "context deadline exceeded" in reasons
    assert "service account" in reasons or "serviceaccount" in reasons, "the events must say what is missing"
    assert caught.value.properties["status"]["status"] == "failed"
    with pytest.raises(ResourceNotReadyError, match="did not become ready"):
        await desk.read("web", caught.value.properties)
    fixed = await desk.checked(broken, chart=str(chart), name="web", values={"replicas": 0})
    repaired = await desk.update(caught.value.properties, fixed)
    assert repaired["status"]["status"] == "deployed"
    assert desk.names("deployments", "apis/apps/v1") == set()


async def test_an_atomic_failure_leaves_nothing(desk: Desk, chart: Path) -> None:
    inputs = await desk.checked(chart=str(chart), name="web", timeout=4, atomic=True, values={"replicas": 1})
    with pytest.raises(SptFlowError, match=r"The release '.*/web' failed: ") as caught:
        await desk.create(inputs)
    assert not isinstance(caught.value, ResourceNotReadyError)
    assert await client_of(desk).find("web") is None


async def test_helm_killed_while_it_installs(desk: Desk, chart: Path) -> None:
    waiting = await desk.checked(chart=str(chart), name="web", timeout=60, values={"replicas": 1})
    running = asyncio.create_task(desk.create(waiting))
    await wait_for_status(desk, "web", "pending-install")
    kill_helm()
    with pytest.raises(SptFlowError):
        await running
    assert (found := await client_of(desk).find("web")) is not None
    assert found.pending

    fixed = await desk.checked(chart=str(chart), name="web", values={"replicas": 0, "message": "after"})
    made = await desk.create(fixed)
    assert made.properties["status"]["status"] == "deployed"
    assert desk.names("deployments", "apis/apps/v1") == set()
    assert any("was left 'pending-install'" in line and "uninstalled" in line for line in desk.host.said)


async def test_helm_killed_while_it_upgrades(desk: Desk, chart: Path) -> None:
    inputs = await desk.checked(chart=str(chart), name="web", values={"message": "first"})
    made = await desk.create(inputs)
    waiting = await desk.checked(inputs, chart=str(chart), name="web", timeout=60, values={"replicas": 1})
    running = asyncio.create_task(desk.update(made.properties, waiting))
    await wait_for_status(desk, "web", "pending-upgrade")
    kill_helm()
    with pytest.raises(SptFlowError):
        await running

    fixed = await desk.checked(inputs, chart=str(chart), name="web", values={"message": "after"})
    changed = await desk.update(made.properties, fixed)
    assert changed["status"]["status"] == "deployed"
    assert desk.names("deployments", "apis/apps/v1") == set()
    assert any("goes back to revision 1" in line for line in desk.host.said)


async def test_what_a_killed_run_had_finished_is_taken_on(desk: Desk, chart: Path) -> None:
    inputs = await desk.checked(chart=str(chart), name="web")
    await desk.create(inputs)
    again = await desk.create(inputs)
    assert again.properties["status"]["revision"] == 2


async def test_cancel_stops_helm(desk: Desk, chart: Path) -> None:
    waiting = await desk.checked(chart=str(chart), name="web", timeout=60, values={"replicas": 1})
    running = asyncio.create_task(desk.create(waiting))
    await wait_for_status(desk, "web", "pending-install")
    desk.host.cancelled.set()
    with pytest.raises(OperationCancelledError, match="'helm install' of the release 'web' was cancelled"):
        await running
    assert not [child for child in psutil.Process().children(recursive=True) if child.name() == "helm"]


async def test_values_are_never_on_a_command_line_nor_readable(desk: Desk, chart: Path) -> None:
    secret = "do-not-show-this"  # noqa: S105 - what the test looks for
    inputs = await desk.checked(
        chart=str(chart), name="web", timeout=60, values={"replicas": 1, "message": Secret(secret)}
    )
    running = asyncio.create_task(desk.create(inputs))
    await wait_for_status(desk, "web", "pending-install")
    (helm,) = [child for child in psutil.Process().children(recursive=True) if child.name() == "helm"]
    line = helm.cmdline()
    values = Path(line[line.index("--values") + 1])
    assert secret not in " ".join(line)
    assert [mode_of(path) for path in (values, values.parent)] == [0o600, 0o700]
    desk.host.cancelled.set()
    with pytest.raises(OperationCancelledError):
        await running
    assert mode_of(values) is None


async def test_a_chart_that_is_not_there_fails_the_check(desk: Desk) -> None:
    (failure,) = (await desk.check(chart="./nowhere", name="web")).failures
    assert failure.property == "chart"
    assert "neither an archive nor a folder" in failure.reason


async def test_a_namespace_can_be_made(desk: Desk, chart: Path) -> None:
    name = f"{desk.namespace}-made"
    inputs = await desk.checked(chart=str(chart), name="web", namespace=name, createNamespace=True)
    made = await desk.create(inputs)
    assert made.id == f"{name}/web"
    desk.api.request("DELETE", f"/api/v1/namespaces/{name}")
