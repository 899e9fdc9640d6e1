"""Whatever changes about the platform, its volumes stay the same ones: real engine, real API server, real chart.

The tests follow each other on one cluster; each brings its change on top of those before it.
"""

import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
import yaml
from pulumi import automation as auto

from tests.integration.upgrade.stage import CLASS, HOME, Stage, takes_away
from tests.standins.coderd.server import Coderd
from tests.unit.lab.charts.coder_chart import CHART

pytestmark = pytest.mark.timeout(300)

_CLAIMS: Final = {
    "coder/registry-data",
    "coder/postgres-data",
    "coder/database-dumps",
    "coder-workspace/home-snapshots-repository",
}


def _protected(refused: pytest.ExceptionInfo[auto.CommandError]) -> set[str]:
    """Return the resources that the engine refuses to take away."""
    return set(re.findall(r'resource "[^"]+::([\w-]+)"', str(refused.value)))


def test_every_volume_is_there_at_first(stage: Stage) -> None:
    assert stage.first.keys() == _CLAIMS | {HOME}
    assert len({each.volume for each in stage.first.values()}) == len(stage.first)
    assert stage.plan(stage.version) == {}


def test_larger_sizes_and_other_images_change_what_is_there(stage: Stage) -> None:
    newer = stage.changed(
        registryStorage="120Gi",
        databaseStorage="30Gi",
        databaseDumpStorage="40Gi",
        snapshotRepositoryStorage="150Gi",
        registryImage="docker.io/library/registry:3.1.3",
        databaseImage="docker.io/library/postgres:15.15",
    )
    assert stage.up(newer) == {"update": 6}
    assert {stage.requested(claim) for claim in _CLAIMS} == {"120Gi", "30Gi", "40Gi", "150Gi"}
    running = stage.images("coder")
    assert {newer.values[key] for key in ("registryImage", "databaseImage")} <= running
    assert "docker.io/library/registry:3.1.2" not in running
    assert stage.volumes() == stage.first


def test_a_smaller_size_is_refused_and_the_volume_stays(stage: Stage) -> None:
    with pytest.raises(auto.CommandError):
        stage.up(stage.changed(registryStorage="50Gi"))
    assert "field can not be less than" in stage.engine.transcript
    assert stage.requested("coder/registry-data") == "120Gi"
    assert stage.volumes() == stage.first


def test_another_class_is_refused_before_anything_changes(stage: Stage) -> None:
    keys = ("registryStorageClass", "databaseStorageClass", "snapshotRepositoryStorageClass")
    with pytest.raises(auto.CommandError) as refused:
        stage.plan(stage.changed(**dict.fromkeys(keys, f"not-{CLASS}")))
    assert "registry-pvc" in _protected(refused)
    assert stage.volumes() == stage.first


def test_a_resource_that_is_called_otherwise_without_an_alias_is_refused(stage: Stage) -> None:
    with pytest.raises(auto.CommandError) as refused:
        stage.plan(replace(stage.version, registry="images"))
    assert "registry-pvc" in _protected(refused)
    assert stage.volumes() == stage.first
    assert stage.plan(stage.version) == {}


def test_a_resource_that_is_called_otherwise_with_an_alias_is_the_same_one(stage: Stage) -> None:
    renamed = replace(stage.version, registry="images", registry_was="registry")
    assert takes_away(stage.up(renamed)) == set()
    assert {"images", "images-pvc", "images-deployment"} <= stage.engine.resources().keys()
    assert "registry-pvc" not in stage.engine.resources()
    assert stage.volumes() == stage.first
    # The alias has done its work: the version after that need not have it.
    assert stage.plan(replace(renamed, registry_was="")) == {}
    stage.version = replace(renamed, registry_was="")


def test_another_version_of_the_chart_is_an_upgrade_of_the_release_after_a_dump(
    stage: Stage, coderd: Coderd, tmp_path: Path
) -> None:
    chart = tmp_path / "coder"
    shutil.copytree(CHART, chart)
    about = yaml.safe_load((chart / "Chart.yaml").read_text(encoding="utf-8"))
    (chart / "Chart.yaml").write_text(yaml.safe_dump({**about, "version": "2.26.6", "appVersion": "2.26.6"}))
    newer = stage.changed(
        coderChart=str(chart), coderChartVersion="2.26.6", coderImage="localhost/spt-flow/coder:2.26.6"
    )
    # What goes is the Job of the dump before: a new version has its own.
    stage.up(newer)
    assert {"sh.helm.release.v1.coder.v1", "sh.helm.release.v1.coder.v2"} <= stage.objects(
        "/api/v1/namespaces/coder/secrets"
    )
    assert "coder-pre-upgrade-dump-2.26.6" in stage.objects("/apis/batch/v1/namespaces/coder/jobs")
    assert "localhost/spt-flow/coder:2.26.6" in stage.images("coder")
    assert stage.volumes() == stage.first
    coderd.platform.version = "v2.26.6"


def test_a_lower_version_is_refused_and_the_release_stays(stage: Stage) -> None:
    lower = stage.changed(
        coderChart="lab/charts/coder", coderChartVersion="2.26.5", coderImage="localhost/spt-flow/coder:2.26.5"
    )
    with pytest.raises(auto.CommandError):
        stage.up(lower)
    assert "its database is migrated forwards only" in stage.engine.transcript
    assert "sh.helm.release.v1.coder.v3" not in stage.objects("/api/v1/namespaces/coder/secrets")
    assert "localhost/spt-flow/coder:2.26.6" in stage.images("coder")
    assert stage.volumes() == stage.first


def test_destroy_is_refused_by_its_preview_as_long_as_there_are_volumes_to_keep(stage: Stage) -> None:
    with pytest.raises(auto.CommandError) as refused:
        stage.engine.destroy(preview_only=True)
    assert _protected(refused)
    assert stage.volumes() == stage.first
    assert "registry" in stage.objects("/apis/apps/v1/namespaces/coder/deployments")


def test_destroy_of_all_but_the_protected_leaves_volumes_and_what_opens_them(stage: Stage) -> None:
    stage.engine.destroy(exclude_protected=True)
    assert stage.volumes() == stage.first
    for path in (
        "/apis/apps/v1/deployments",
        "/apis/apps/v1/statefulsets",
        "/apis/batch/v1/cronjobs",
        "/apis/batch/v1/jobs",
        "/api/v1/namespaces/coder/services",
        "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
    ):
        assert stage.objects(path) == set(), path
    left = stage.objects("/api/v1/namespaces")
    assert {"coder", "coder-workspace"} <= left
    kept = {name for name, resource in stage.engine.resources().items() if resource.get("protect")}
    assert kept == {
        *("coder-namespace", "coder-workspace-namespace"),
        *("images-pvc", "database-pvc", "database-dump-pvc", "home-snapshots-repository-pvc"),
        *("database-password", "home-snapshots-repository-password"),
    }


def test_the_next_up_finds_them(stage: Stage) -> None:
    before = stage.password
    stage.up(stage.version)
    assert stage.volumes() == stage.first
    assert stage.read_password() == before
    assert "localhost/spt-flow/coder:2.26.6" in stage.images("coder")
