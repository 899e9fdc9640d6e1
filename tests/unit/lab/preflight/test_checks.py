"""Each check on a machine that is right in everything but one thing."""

import re
from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from core.errors import SptFlowError
from lab.deploy.stack_file import PROJECT_ROOT
from lab.instance import LabInstance
from lab.preflight import host
from lab.preflight.checks import CHECKS, DISK_FROM_NOTHING, GIB, notes
from lab.preflight.facts import Device, HostFacts, Route
from lab.preflight.gather import _cgroups, _room, _routes

LAB = LabInstance(name="lab", directory=Path("/srv/lab"), slot=0)
GOOD = HostFacts(
    effective_user=0,
    system="debian",
    release="12",
    machine="x86_64",
    has_apt=True,
    devices=(Device("lo", (IPv4Network("127.0.0.0/8"),)), Device("eth0", (IPv4Network("192.0.2.0/24"),))),
    routes=(Route(IPv4Network("192.0.2.0/24"), "eth0"),),
    free_disk=20 * GIB,
    toolchain_complete=False,
    memory=8 * GIB,
    cgroup_version=1,
    cgroup_controllers=frozenset({"cpu", "cpuacct", "cpuset", "memory", "pids"}),
    cgroup_writable=True,
    missing_features=(),
    runtimes=(),
    kept_name=None,
    kept_slot=None,
)


def judged(facts: HostFacts, lab: LabInstance = LAB) -> list[str]:
    return [finding.sentence for check in CHECKS if (finding := check(facts, lab)) is not None]


def device(name: str, network: str | None = None, lab: Path | None = None) -> tuple[Device, ...]:
    return (*GOOD.devices, Device(name, (IPv4Network(network),) if network else (), lab))


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"system": "debian", "release": "13"},
        {"system": "debian", "release": ""},
        {"system": "ubuntu", "release": "24.04"},
        {"toolchain_complete": True, "free_disk": 6 * GIB},
        {"cgroup_version": 2, "cgroup_controllers": frozenset({"cpu", "memory", "pids"})},
        {"kept_name": "lab", "kept_slot": 0},
        {"runtimes": ("dockerd", "containerd")},
        {"devices": (Device("spt-lab", (IPv4Network("10.99.0.0/30"),), LAB.directory),)},
        {
            "devices": (Device("spt-lab", (IPv4Network("10.99.0.0/30"),), LAB.directory),),
            "routes": (Route(IPv4Network("10.98.0.0/24"), "spt-lab"),),
        },
        {"devices": device("spt-test", "10.99.12.0/30", Path("/srv/test"))},
    ],
)
def test_a_machine_that_will_do_passes_every_check(change: dict[str, Any]) -> None:
    assert judged(replace(GOOD, **change)) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"effective_user": 1000}, "needs root, and this is user 1000"),
        ({"system": "debian", "release": "11"}, "debian 11"),
        ({"system": "ubuntu", "release": "20.04"}, "ubuntu 20.04"),
        ({"system": "fedora", "release": "43"}, "fedora 43"),
        ({"system": "", "release": ""}, "unknown"),
        ({"has_apt": False}, "apt-get is missing"),
        ({"machine": "aarch64"}, "this machine is aarch64"),
        ({"devices": device("spt-lab")}, "spt-lab exists and is not the lab's"),
        ({"devices": device("spt-lab", None, Path("/srv/other"))}, "belongs to the lab in /srv/other"),
        ({"devices": device("br0", "10.99.0.0/16")}, "link, 10.99.0.0/30, overlaps an address of br0"),
        ({"devices": device("spt-b", "10.99.0.0/30", Path("/srv/b"))}, r"of spt-b \(lab in /srv/b\)"),
        ({"devices": device("br0", "10.98.0.0/24")}, "Services, 10.98.0.0/24, overlaps an address of br0"),
        ({"routes": (Route(IPv4Network("10.0.0.0/8"), "wg0"),)}, "overlaps the route 10.0.0.0/8 by wg0"),
        ({"routes": (Route(IPv4Network("10.97.0.128/25"), "wg0"),)}, "pods, 10.97.0.0/24, overlaps the route"),
        ({"free_disk": 14.5 * GIB}, r"needs 15 GiB .* there are 14\.5 GiB"),
        ({"free_disk": 4 * GIB, "toolchain_complete": True}, r"needs 5 GiB .* there are 4\.0 GiB"),
        ({"cgroup_version": 0}, "none are mounted"),
        ({"cgroup_controllers": frozenset({"cpu", "cpuacct", "cpuset"})}, "controllers memory, pids"),
        ({"cgroup_version": 2, "cgroup_controllers": frozenset({"memory"})}, "controllers cpu, pids"),
        ({"cgroup_writable": False}, "mounted read-only"),
        ({"missing_features": ("overlay mounts",)}, "overlay mounts"),
        ({"kept_name": "old", "kept_slot": 4}, r"holds the lab 'old' \(slot 4\)"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(change: dict[str, Any], words: str) -> None:
    found = judged(replace(GOOD, **change))
    assert len(found) == 1
    assert re.search(words, found[0]), found[0]
    assert "\n" not in found[0]
    assert found[0].endswith(".")


def test_the_readme_asks_for_the_disk_that_is_checked() -> None:
    readme = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"(\d+) GiB free disk", readme) == [str(DISK_FROM_NOTHING // GIB)]


def test_what_an_interrupted_build_left_counts_as_room(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("lab.preflight.gather.toolchain_bin", lambda: tmp_path / "cache" / "bin")
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "half").write_bytes(bytes(64 * 1024))
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=GIB))
    assert _room(tmp_path, toolchain_complete=False) >= GIB + 64 * 1024
    assert _room(tmp_path, toolchain_complete=True) == GIB


@pytest.mark.parametrize("path", ['/srv/"lab"', "/srv/lab\n", "/srv/läb", "/srv/$HOME", "/srv/a:b"])
def test_a_directory_that_would_break_settings_is_refused(path: str) -> None:
    assert len(judged(GOOD, LAB.model_copy(update={"directory": Path(path)}))) == 1


def test_what_stops_nothing_is_noted() -> None:
    assert notes(GOOD) == []
    said = notes(replace(GOOD, memory=2 * GIB, runtimes=("dockerd",)))
    assert len(said) == 2
    assert "2.0 GiB of memory" in said[0]
    assert "dockerd" in said[1]


def test_the_first_finding_is_raised_with_its_next_command(monkeypatch: pytest.MonkeyPatch) -> None:
    def gathered(_: LabInstance, *, toolchain_complete: bool) -> HostFacts:
        return replace(GOOD, effective_user=7, machine="aarch64", toolchain_complete=toolchain_complete)

    monkeypatch.setattr(host, "gather_facts", gathered)
    with pytest.raises(SptFlowError, match="needs root") as refused:
        host.check_host(LAB)
    assert refused.value.next_command == "sudo make up"
    assert refused.value.exit_code == 1


def test_the_kernels_route_table_is_understood() -> None:
    table = (
        "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
        "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
        "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
    )
    assert _routes(table) == (Route(IPv4Network("192.0.2.0/24"), "eth0"),)


def test_control_groups_are_told_apart(tmp_path: Path) -> None:
    assert _cgroups(tmp_path / "missing") == (0, frozenset())
    for name in ("cpu,cpuacct", "memory"):
        (tmp_path / "old" / name).mkdir(parents=True)
        (tmp_path / "old" / name / "cgroup.procs").touch()
    assert _cgroups(tmp_path / "old") == (1, frozenset({"cpu", "cpuacct", "memory"}))
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "cgroup.controllers").write_text("cpu memory\n")
    assert _cgroups(tmp_path / "new") == (2, frozenset({"cpu", "memory"}))
