"""The seven metadata scripts, for real in dash and bash, on file trees as cgroup v1 and v2 show them."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.rendered_template import TEMPLATES

_SCRIPTS = TEMPLATES / "shared/base/scripts/metadata"
_GIB = 1024**3
_SHELLS = [
    pytest.param(shell, marks=pytest.mark.skipif(shutil.which(shell) is None, reason=f"no {shell}"))
    for shell in ("dash", "bash")
]
pytestmark = pytest.mark.parametrize("shell", _SHELLS)

_STAT = """\
cpu  100 0 100 700 100 0 0 0 0 0
cpu0 50 0 50 350 50 0 0 0 0 0
cpu1 50 0 50 350 50 0 0 0 0 0
cpu2 0 0 0 0 0 0 0 0 0 0
cpu3 0 0 0 0 0 0 0 0 0 0
intr 1
"""


class Machine:
    """A root of its own with the files a script reads, and a place for what it remembers."""

    def __init__(self, root: Path, shell: str) -> None:
        self.root = root / "root"
        self.state = root / "state"
        self.state.mkdir()
        self.shell = shell
        self.write("proc/stat", _STAT)
        self.write("proc/uptime", "0.08 0.00\n")
        self.write("proc/meminfo", f"MemTotal: {32 * 1024**2} kB\nMemFree: 1 kB\nMemAvailable: {24 * 1024**2} kB\n")

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def run(self, script: str, **environment: str) -> str:
        done = subprocess.run(
            [self.shell, str(_SCRIPTS / f"{script}.sh")],
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.state),
                "SPT_FLOW_ROOT": str(self.root),
                "SPT_FLOW_STATE": str(self.state),
                "SPT_FLOW_PAUSE": "0",
                **environment,
            },
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.removesuffix("\n")


@pytest.fixture
def machine(tmp_path: Path, shell: str) -> Machine:
    return Machine(tmp_path, shell)


def _cpu_v2(machine: Machine, used: int, limit: str) -> None:
    machine.write("sys/fs/cgroup/cpu.stat", f"usage_usec {used}\nuser_usec 1\nsystem_usec 2\n")
    machine.write("sys/fs/cgroup/cpu.max", limit)


def _cpu_v1(machine: Machine, used: int, quota: int, folder: str = "cpu,cpuacct") -> None:
    machine.write(f"sys/fs/cgroup/{folder}/cpuacct.usage", f"{used * 1000}\n")
    machine.write(f"sys/fs/cgroup/{folder}/cpu.cfs_quota_us", f"{quota}\n")
    machine.write(f"sys/fs/cgroup/{folder}/cpu.cfs_period_us", "100000\n")


def test_cpu_is_what_was_used_since_the_last_call_on_v2(machine: Machine) -> None:
    _cpu_v2(machine, 1_000_000, "200000 100000\n")
    assert machine.run("cpu_container") == "0.00/2.00 cores (0%)"
    machine.write("proc/uptime", "10.08 0.00\n")
    _cpu_v2(machine, 6_000_000, "200000 100000\n")
    assert machine.run("cpu_container") == "0.50/2.00 cores (25%)"


def test_without_a_limit_the_nodes_cores_are_the_limit(machine: Machine) -> None:
    _cpu_v2(machine, 0, "max 100000\n")
    machine.run("cpu_container")
    machine.write("proc/uptime", "2.08 0.00\n")
    _cpu_v2(machine, 8_000_000, "max 100000\n")
    assert machine.run("cpu_container") == "4.00/4.00 cores (100%)"


@pytest.mark.parametrize("folder", ["cpu,cpuacct", "cpuacct"])
def test_cpu_on_v1(machine: Machine, folder: str) -> None:
    _cpu_v1(machine, 500_000, 150_000, folder)
    if folder == "cpuacct":
        machine.write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "150000\n")
        machine.write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n")
    machine.run("cpu_container")
    machine.write("proc/uptime", "1.09 0.00\n")
    _cpu_v1(machine, 1_510_000, 150_000, folder)
    assert machine.run("cpu_container") == "1.00/1.50 cores (66%)"


def test_cpu_on_v1_without_a_limit(machine: Machine) -> None:
    _cpu_v1(machine, 0, -1)
    assert machine.run("cpu_container") == "0.00/4.00 cores (0%)"


def test_a_restarted_container_starts_counting_anew(machine: Machine) -> None:
    _cpu_v2(machine, 9_000_000, "100000 100000\n")
    machine.run("cpu_container")
    _cpu_v2(machine, 10, "100000 100000\n")
    machine.write("proc/uptime", "50.00 0.00\n")
    assert machine.run("cpu_container") == "0.00/1.00 cores (0%)"


def test_memory_on_v2_leaves_out_what_can_be_dropped(machine: Machine) -> None:
    machine.write("sys/fs/cgroup/memory.current", f"{3 * _GIB}\n")
    machine.write("sys/fs/cgroup/memory.max", f"{8 * _GIB}\n")
    machine.write("sys/fs/cgroup/memory.stat", f"anon 1\ninactive_file {_GIB}\nactive_file 5\n")
    assert machine.run("ram_container") == "2.0/8.0 GiB (25%)"


def test_memory_on_v1(machine: Machine) -> None:
    machine.write("sys/fs/cgroup/memory/memory.usage_in_bytes", f"{3 * _GIB}\n")
    machine.write("sys/fs/cgroup/memory/memory.limit_in_bytes", f"{4 * _GIB}\n")
    machine.write("sys/fs/cgroup/memory/memory.stat", f"inactive_file 7\ntotal_inactive_file {2 * _GIB}\n")
    assert machine.run("ram_container") == "1.0/4.0 GiB (25%)"


@pytest.mark.parametrize("limit", ["max", str(9223372036854771712)])
def test_without_a_memory_limit_the_nodes_memory_is_the_limit(machine: Machine, limit: str) -> None:
    version_two = limit == "max"
    folder = "sys/fs/cgroup" if version_two else "sys/fs/cgroup/memory"
    names = ("memory.current", "memory.max") if version_two else ("memory.usage_in_bytes", "memory.limit_in_bytes")
    machine.write(f"{folder}/{names[0]}", f"{8 * _GIB}\n")
    machine.write(f"{folder}/{names[1]}", f"{limit}\n")
    machine.write(f"{folder}/memory.stat", "anon 1\n")
    assert machine.run("ram_container") == "8.0/32.0 GiB (25%)"


@pytest.mark.parametrize("script", ["cpu_container", "ram_container"])
def test_a_container_without_accounting_says_so(machine: Machine, script: str) -> None:
    assert machine.run(script).startswith("unknown: no ")


def test_the_nodes_cpu_counts_waiting_for_disks_as_idle(machine: Machine) -> None:
    assert machine.run("cpu_host") == "0%"
    machine.write("proc/stat", "cpu  150 0 150 800 150 0 0 0 0 0\ncpu0 1\n")
    assert machine.run("cpu_host") == "40%"


def test_the_nodes_memory(machine: Machine) -> None:
    assert machine.run("ram_host") == "8.0/32.0 GiB (25%)"


@pytest.mark.parametrize(
    ("load", "shown"),
    [
        ("0.08 0 0", "0.02 per core"),
        ("2.00 0 0", "0.50 per core"),
        ("9.60 1 1", "2.40 per core"),
        ("0.00 0 0", "0.00 per core"),
    ],
)
def test_the_nodes_load_is_scaled_by_its_cores(machine: Machine, load: str, shown: str) -> None:
    machine.write("proc/loadavg", f"{load} 1/100 5\n")
    assert machine.run("load_host") == shown


def test_the_nodes_swap(machine: Machine) -> None:
    assert machine.run("swap_host") == "none"
    machine.write("proc/meminfo", f"SwapTotal: {2 * 1024**2} kB\nSwapFree: {1024**2} kB\n")
    assert machine.run("swap_host") == "1.0/2.0 GiB (50%)"


def test_the_disk_is_that_of_the_named_folder(machine: Machine, tmp_path: Path) -> None:
    shown = machine.run("disk", SPT_FLOW_DISK_PATH=str(tmp_path))
    size = shutil.disk_usage(tmp_path).total / _GIB
    used, total = (float(part) for part in shown.split(" ")[0].split("/"))
    assert total == pytest.approx(size, abs=0.06)
    assert 0 <= used <= total
    assert machine.run("disk", SPT_FLOW_DISK_PATH="/nowhere").startswith("unknown: no volume")


@pytest.mark.parametrize("script", sorted(path.stem for path in _SCRIPTS.glob("*.sh")))
def test_on_this_machine_every_script_answers_in_one_line(shell: str, script: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [shell, str(_SCRIPTS / f"{script}.sh")],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "SPT_FLOW_STATE": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
    )
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (0, "", 1)
