from pathlib import Path
from typing import Any

import pytest

from lab import platform_health
from lab.cluster import PartHealth
from lab.instance import LabInstance
from lab.platform_health import platform_status

_DAILY = "cronjob coder/home-snapshots"


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str, str], Any]:
    """Return what the cluster has, for the test to fill; whatever answers by itself is well."""
    objects: dict[tuple[str, str, str], Any] = {}
    monkeypatch.setattr(platform_health, "_objects", lambda _instance: objects)
    monkeypatch.setattr(platform_health, "builds_image", lambda _instance: False)
    for name in ("_registry_answer", "_coder_answer", "template_health"):
        monkeypatch.setattr(platform_health, name, lambda _instance: PartHealth("other", healthy=True, detail=""))
    return objects


def _parts(tmp_path: Path) -> dict[str, PartHealth]:
    return {part.name: part for part in platform_status(LabInstance(name="lab", slot=0, directory=tmp_path))}


def test_snapshots_are_told_of_where_the_stack_has_them(found: dict[tuple[str, str, str], Any], tmp_path: Path) -> None:
    assert _DAILY not in _parts(tmp_path)
    found["CronJob", "coder", "home-snapshots"] = {"status": {}}
    assert _parts(tmp_path)[_DAILY].detail == "has not run yet"
    assert "cronjob coder/home-snapshot-drill" not in _parts(tmp_path)
    found["CronJob", "coder", "home-snapshots"] = {"status": {"lastScheduleTime": "2026-11-22T02:17:00Z"}}
    failed = _parts(tmp_path)[_DAILY]
    assert not failed.healthy
    assert failed.next_command == "kubectl -n coder logs -l app.kubernetes.io/name=home-snapshots --tail=20"
