"""The platform on a cluster of its own, up once for all tests of a file."""

import shutil
from collections.abc import Iterator, Mapping

import pytest

from tests.integration.upgrade.platform_program import Change
from tests.integration.upgrade.stage import CLASS, HOME, Stage, Volume
from tests.standins.coderd.platform import Platform as CoderPlatform
from tests.standins.coderd.server import Coderd
from tests.standins.kubelets.kubelets import Kubelets
from tests.support.apiserver import running_apiserver, running_beside
from tests.support.event_loop import own_event_loop
from tests.support.patience import wait_until
from tests.support.pulumi_engine import PulumiEngine, find_pulumi

_VERSION = "2.26.5"


@pytest.fixture(scope="module")
def coderd() -> Iterator[Coderd]:
    """Yield the server that answers at the access URL."""
    with Coderd(CoderPlatform(version=f"v{_VERSION}")) as server:
        yield server


@pytest.fixture(scope="module")
def stage(coderd: Coderd, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Yield the platform in its first version, with a home beside it."""
    cli = find_pulumi()
    if cli is None or shutil.which("helm") is None:
        pytest.skip("needs pulumi and helm: make toolchain")
    folder = tmp_path_factory.mktemp("upgrade")
    values = {
        "coderAccessUrl": coderd.url,
        "coderChart": "lab/charts/coder",
        "coderChartVersion": _VERSION,
        "coderImage": f"localhost/spt-flow/coder:{_VERSION}",
        "homeSnapshots": "files",
        "registryStorageClass": CLASS,
        "databaseStorageClass": CLASS,
        "snapshotRepositoryStorageClass": CLASS,
    }
    with running_apiserver(folder) as server, own_event_loop():
        scheduler = running_beside(
            folder, "kube-scheduler", f"--kubeconfig={server.kubeconfig}", "--leader-elect=false", "--secure-port=0"
        )
        with scheduler, Kubelets(server):
            made = Stage(server, PulumiEngine(cli, folder / "engine"), Change(values))
            made.prepare()
            made.up(made.version)
            made.make_home()
            made.first, made.password = _bound(made), made.read_password()
            yield made


def _bound(stage: Stage) -> Mapping[str, Volume]:
    wait_until(lambda: {each.phase for each in stage.volumes().values()} == {"Bound"} and HOME in stage.volumes())
    return stage.volumes()
