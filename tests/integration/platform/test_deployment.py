"""The platform's own deployment into a lab: nothing to change the second time, drift made good, secrets kept."""

import base64
import json
from pathlib import Path
from typing import Final

import pytest

from lab.cluster import PartHealth
from lab.deploy.service import deploy, preview
from lab.deploy.target import lab_target
from lab.doctor import examine
from lab.platform_health import platform_status
from lab.progress import SilentProgress
from tests.integration.conftest import Platform
from tests.support.patience import wait_until

pytestmark = pytest.mark.lab

_NEXT_RUNS: Final = 400.0
"""Seconds after which each frequent CronJob has run again: one may have met what an earlier test had stopped."""


def test_a_second_run_changes_nothing(platform: Platform) -> None:
    again = deploy(lab_target(platform.stack, platform.instance), platform.toolchain, SilentProgress())
    assert again.events.pending_changes() == []
    assert not again.applied


def test_a_change_made_behind_its_back_is_seen_and_made_good(platform: Platform) -> None:
    target = lab_target(platform.stack, platform.instance)
    platform.kubectl.run("-n", "coder", "delete", "deployment", "registry", "--wait=true")
    planned = preview(target, platform.toolchain, SilentProgress())
    assert [change.operation for change in planned.events.pending_changes() if change.type.endswith(":Deployment")] == [
        "create"
    ]
    deploy(target, platform.toolchain, SilentProgress())
    platform.kubectl.wait("deployment/registry", "condition=Available", namespace="coder")


def test_every_part_of_the_platform_is_healthy(platform: Platform) -> None:
    def faults() -> list[PartHealth]:
        return [part for part in platform_status(platform.instance) if not part.healthy]

    assert len(platform_status(platform.instance)) >= 6
    wait_until(lambda: not faults(), seconds=_NEXT_RUNS, what=faults)


def test_the_doctor_finds_nothing_and_then_what_somebody_has_stopped(platform: Platform) -> None:
    def faults() -> list[PartHealth]:
        """Return what is wrong, but for pods that other tests may have left waiting."""
        parts = examine(platform.stack, platform.instance)
        return [part for part in parts if not part.healthy and not part.name.startswith("pod coder-workspace/")]

    def suspend(value: str) -> None:
        change = f'{{"spec": {{"suspend": {value}}}}}'
        platform.kubectl.run("-n", "coder", "patch", "cronjob", "home-snapshots", "-p", change)

    wait_until(lambda: not faults(), seconds=_NEXT_RUNS, what=faults)
    suspend("true")
    try:
        (found,) = faults()
    finally:
        suspend("false")
    assert (found.name, found.detail) == ("last good run of home-snapshots", "suspended: it never runs")
    assert "patch cronjob home-snapshots" in str(found.next_command)


def test_no_secret_stands_in_clear_in_any_file_of_the_deployment(platform: Platform) -> None:
    secrets = platform.kubectl.get("-n", "coder", "secrets")["items"]
    values = [base64.b64decode(value) for item in secrets for value in item.get("data", {}).values()]
    key = (platform.instance.directory / "passphrase").read_bytes()
    canaries = [value for value in values if len(value) >= 16]
    assert canaries, "the platform has no secret to look for"
    wanted = [
        form
        for value in canaries
        for form in (value, base64.b64encode(value), json.dumps(value.decode())[1:-1].encode())
    ]
    for path in _files(
        platform.instance.directory, skip={"passphrase", "etcd", "containerd", "kubelet", "volumes", "storage"}
    ):
        content = path.read_bytes()
        for secret in [*wanted, key]:
            assert secret not in content, f"a secret stands in {path.name}"


def _files(folder: Path, skip: set[str]) -> list[Path]:
    found: list[Path] = []
    for name in ("state", "work", "logs", "pulumi", "launchers"):
        found += [path for path in (folder / name).rglob("*") if path.is_file() and not skip & set(path.parts)]
    assert found
    return found
