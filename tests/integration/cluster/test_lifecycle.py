"""Starting and stopping: nothing is left behind, a killed start is made good, two labs do not meet."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import psutil
import pytest

from core.command import Command
from core.errors import SptFlowError, UsageError
from lab.cluster import lab_is_running, lab_status, start_lab, stop_lab
from lab.cluster.cgroup import CgroupTree
from lab.cluster.network import other_lab_directories
from lab.cluster.sysctl import AT_LEAST, FORWARDING, GLOBAL_SETTINGS, read
from lab.instance import LabInstance
from lab.progress import SilentProgress
from lab.toolchain import Toolchain
from tests.support.lab_instance import borrowed_instance, running_lab

pytestmark = pytest.mark.lab

_ROOT = Path(__file__).parents[3]
_KILLS = (2.0, 4.5, 7.0, 9.5)
"""Seconds, each plus or minus one: all over a start, which takes about a dozen."""

_USUAL_TRACES = (
    "/etc/cni",
    "/opt/containerd",
    "/run/containerd",
    "/run/netns",
    "/var/lib/cni",
    "/var/lib/containerd",
    "/var/lib/kubelet",
    "/var/log/containers",
    "/var/log/pods",
)
"""Where a Kubernetes node that is not in namespaces of its own would write."""


def snapshot(instance: LabInstance) -> dict[str, object]:
    """Return what a lab could leave on the host. Traces of other labs, which come and go meanwhile, are not counted."""
    mine = (instance.host_device, f"spt-flow {instance.name}", str(instance.directory), instance.cgroup)
    networks = tuple(str(network).partition("/")[0].rpartition(".")[0] for network in (instance.link,))
    marks = (*mine, *networks, f"10.98.{instance.slot}.", f"10.97.{instance.slot}.")
    ip = Command("ip")
    texts = {
        "links": ip.run("-o", "link").stdout,
        "routes": ip.run("route", "show", "table", "all").stdout,
        "addresses": ip.run("-o", "address").stdout,
        "rules": Command("iptables-save").run().stdout,
        "mounts": Path("/proc/self/mountinfo").read_text(),
    }
    found: dict[str, object] = {name: _marked(text, marks) for name, text in texts.items()}
    found["cgroups"] = [group for group in CgroupTree(instance.cgroup).groups() if group.exists()]
    found["folders"] = [name for name in _USUAL_TRACES if Path(name).exists()]
    found["processes"] = [pid for pid in psutil.pids() if str(instance.directory) in _command(pid)]
    return found


def _marked(text: str, marks: tuple[str, ...]) -> list[str]:
    return [line for line in text.splitlines() if any(mark in line for mark in marks)]


def kill_all(pids: Iterable[int]) -> None:
    """Kill each that is still there: the first process of a lab takes the others with it."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def settings() -> dict[str, str | None]:
    return {name: read(name) for name in (*GLOBAL_SETTINGS, FORWARDING, *AT_LEAST)}


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def test_down_leaves_nothing(toolchain: Toolchain) -> None:
    with borrowed_instance() as instance:
        alone = not other_lab_directories(instance)
        values, before = settings(), snapshot(instance)
        start_lab(instance, toolchain, SilentProgress())
        during = snapshot(instance)
        stop_lab(instance, SilentProgress())
        after = snapshot(instance)
        assert not instance.directory.exists()
        assert after == before
        for kind in ("links", "routes", "addresses", "rules", "cgroups", "processes"):
            assert during[kind], f"a lab that runs would be seen by its {kind}"
        assert during["mounts"] == []
        if alone and not other_lab_directories(instance):
            assert settings() == values


def test_down_of_a_crashed_lab_leaves_nothing_and_keeps_files_of_others(toolchain: Toolchain) -> None:
    with borrowed_instance() as instance:
        before = snapshot(instance)
        start_lab(instance, toolchain, SilentProgress())
        kill_all(CgroupTree(instance.cgroup).processes())
        note = instance.directory / "notes.txt"
        note.write_text("mine")
        stop_lab(instance, SilentProgress())
        assert note.read_text() == "mine"
        assert [path.name for path in instance.directory.iterdir()] == ["notes.txt"]
        note.unlink()
        instance.directory.rmdir()
        assert snapshot(instance) == before


def test_down_refuses_a_directory_that_is_no_lab(tmp_path: Path) -> None:
    (tmp_path / "etcd").mkdir()
    with pytest.raises(UsageError, match="not known to be a lab"):
        stop_lab(LabInstance(name="none", directory=tmp_path, slot=63), SilentProgress())
    assert (tmp_path / "etcd").is_dir()


def test_down_refuses_while_something_of_somebody_elses_is_mounted_inside(toolchain: Toolchain) -> None:
    del toolchain
    with borrowed_instance() as instance:
        instance.save()
        volume = instance.directory / "volumes" / "mine"
        volume.mkdir(parents=True)
        Command("mount").run("-t", "tmpfs", "none", str(volume))
        try:
            (volume / "data").write_text("kept")
            with pytest.raises(SptFlowError, match="is mounted inside the lab's directory"):
                stop_lab(instance, SilentProgress())
            assert (volume / "data").read_text() == "kept"
        finally:
            Command("umount").run(str(volume))


@pytest.mark.faults
def test_a_full_disk_is_one_sentence_and_room_makes_it_good(toolchain: Toolchain) -> None:
    with borrowed_instance() as instance:
        instance.directory.mkdir(mode=0o700)
        Command("mount").run("-t", "tmpfs", "-o", "size=200m", "none", str(instance.directory))
        try:
            with pytest.raises(SptFlowError, match=r"(?i)no space left|did not come up") as full:
                start_lab(instance, toolchain, SilentProgress())
            assert "\n" not in full.value.message
            Command("mount").run("-o", "remount,size=2g", str(instance.directory))
            start_lab(instance, toolchain, SilentProgress())
            assert all(part.healthy for part in lab_status(instance))
        finally:
            stop_lab(instance, SilentProgress())
            Command("umount").run(str(instance.directory))


@pytest.mark.faults
def test_a_start_killed_at_any_point_is_made_good_by_the_next(toolchain: Toolchain) -> None:
    script = (
        "import sys; from pathlib import Path; from lab.cluster import start_lab; from lab.instance import LabInstance;"
        "from lab.progress import SilentProgress; from lab.toolchain import Toolchain;"
        "start_lab(LabInstance.model_validate_json(sys.argv[1]),"
        "Toolchain(bin=Path(sys.argv[2]), images=Path(sys.argv[3])), SilentProgress())"
    )
    chosen = random.Random(20)  # noqa: S311 - points in time, not secrets
    with borrowed_instance() as instance:
        before = snapshot(instance)
        arguments = (instance.model_dump_json(), str(toolchain.bin), str(toolchain.images))
        for point in [0.5, 0.7, 0.9, *(middle + chosen.uniform(-1, 1) for middle in _KILLS)]:
            starter = subprocess.Popen([sys.executable, "-c", script, *arguments], cwd=_ROOT)
            time.sleep(point)
            starter.kill()
            starter.wait()
            if chosen.random() < 1 / 2:
                kill_all(CgroupTree(instance.cgroup).processes())
        start_lab(instance, toolchain, SilentProgress())
        assert all(part.healthy for part in lab_status(instance))
        stop_lab(instance, SilentProgress())
        assert snapshot(instance) == before


def test_two_labs_stand_side_by_side(lab: LabInstance, toolchain: Toolchain) -> None:
    with running_lab(toolchain) as other:
        assert other.slot != lab.slot
        for instance in (lab, other):
            assert [part.name for part in lab_status(instance) if not part.healthy] == []
    assert [part.name for part in lab_status(lab) if not part.healthy] == []
    assert read(FORWARDING) == "1", "the lab that stays still needs it"
    assert not lab_is_running(other)


def test_a_second_start_at_the_same_time_is_refused(toolchain: Toolchain) -> None:
    with borrowed_instance() as instance:
        hold = (
            "import sys, time; from lab.cluster.lock import exclusive; from lab.instance import LabInstance\n"
            "instance = LabInstance.model_validate_json(sys.argv[1])\ninstance.save()\n"
            "with exclusive(instance):\n print('held', flush=True); time.sleep(60)"
        )
        holder = subprocess.Popen(
            [sys.executable, "-c", hold, instance.model_dump_json()], cwd=_ROOT, stdout=subprocess.PIPE
        )
        try:
            assert holder.stdout is not None
            holder.stdout.readline()
            with pytest.raises(SptFlowError, match="being started or stopped by another command"):
                start_lab(instance, toolchain, SilentProgress())
        finally:
            holder.kill()
            holder.communicate()


def test_a_directory_of_another_lab_is_refused(lab: LabInstance, toolchain: Toolchain) -> None:
    stranger = lab.model_copy(update={"name": "other", "slot": 62})
    with pytest.raises(SptFlowError, match=f"holds the lab '{lab.name}'"):
        start_lab(stranger, toolchain, SilentProgress())
