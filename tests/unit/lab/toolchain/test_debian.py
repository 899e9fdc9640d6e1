"""Debian packages, with stand-ins for apt and systemd in a PATH of the test's own."""

import os
import threading
from pathlib import Path

import pytest

from core.errors import SptFlowError
from lab.toolchain.debian import REQUIRED, DebianPackages, Requirement

MARK = "# spt-flow: no service starts while packages are installed"
APT_STAND_IN = """#!/bin/sh
echo "apt-get $*" >>"$STAND_IN_LOG"
if [ -e "$STAND_IN_GUARD" ]; then
    sed 's/^/guard: /' "$STAND_IN_GUARD" >>"$STAND_IN_LOG"
fi
case "$1 $(cat "$STAND_IN_MODE")" in
    "update stale") echo good >"$STAND_IN_MODE" ;;
    "install stale" | "install offline") echo "E: Unable to locate package runc"; exit 100 ;;
    "install conflict")
        printf 'The following packages will be REMOVED:\\n  docker.io podman\\n'
        echo "E: Packages need to be removed but remove is disabled."
        exit 100 ;;
    "install broken") echo "E: dpkg was interrupted"; exit 100 ;;
    "install slow") sleep 1; echo "finished" >>"$STAND_IN_LOG" ;;
esac
"""
DPKG_STAND_IN = """#!/bin/sh
printf '%s\\n' /lib/systemd/system/containerd.service /etc/init.d/etcd /usr/bin/runc
"""
RECORDING_STAND_IN = """#!/bin/sh
echo "$(basename "$0") $*" >>"$STAND_IN_LOG"
"""


class Machine:
    """A machine of stand-ins: what apt does is `mode`, what was called is in `log`."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.programs = root / "bin"
        self.guard = root / "policy-rc.d"
        self.log_file = root / "log"
        self.mode_file = root / "mode"
        self.notes: list[str] = []
        self.programs.mkdir()
        self.log_file.touch()
        monkeypatch.setenv("STAND_IN_LOG", str(self.log_file))
        monkeypatch.setenv("STAND_IN_GUARD", str(self.guard))
        monkeypatch.setenv("STAND_IN_MODE", str(self.mode_file))
        self.behave("good")
        self.program("apt-get", APT_STAND_IN)
        self.program("dpkg", DPKG_STAND_IN)
        self.program("systemctl", RECORDING_STAND_IN)
        self.program("update-rc.d", RECORDING_STAND_IN)

    def behave(self, mode: str) -> None:
        self.mode_file.write_text(mode)

    def program(self, name: str, text: str) -> None:
        (self.programs / name).write_text(text)
        (self.programs / name).chmod(0o755)

    def packages(self) -> DebianPackages:
        required = (
            Requirement("runc", ("runc-stand-in",)),
            Requirement("etcd-server", ("etcd-stand-in", str(self.programs / "extra"))),
        )
        return DebianPackages(guard=self.guard, search_path=f"{self.programs}:{os.defpath}", required=required)

    def ensure(self, *, root: bool = True) -> None:
        self.packages().ensure(self, root=root)

    def log(self) -> list[str]:
        return self.log_file.read_text().splitlines()

    def note(self, text: str) -> None:
        self.notes.append(text)

    def unchanged(self, reason: str) -> None:
        self.notes.append(reason)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path, monkeypatch)


def test_nothing_is_called_when_every_program_is_there(machine: Machine) -> None:
    for name in ("runc-stand-in", "etcd-stand-in", "extra"):
        machine.program(name, "")
    machine.ensure()
    assert machine.notes == ["already installed"]
    assert machine.log() == []


def test_only_what_is_missing_is_installed_and_no_service_may_start(machine: Machine) -> None:
    machine.program("runc-stand-in", "")
    machine.program("etcd-stand-in", "")
    machine.ensure()
    install, *guard = [line for line in machine.log() if line.startswith(("apt-get install", "guard: "))]
    assert install.endswith(" etcd-server")
    assert "runc" not in install
    assert {"--no-install-recommends", "--no-remove", "-y"} <= set(install.split())
    assert guard == ["guard: #!/bin/sh", f"guard: {MARK}", "guard: exit 101"]
    assert not machine.guard.exists()


def test_services_that_came_along_are_disabled(machine: Machine) -> None:
    machine.ensure()
    disabled = [line for line in machine.log() if line.startswith("systemctl disable")]
    assert len(disabled) == 1
    assert disabled[0].endswith("containerd.service")
    assert "update-rc.d etcd disable" in machine.log()


def test_a_service_policy_of_somebody_else_is_used_and_kept(machine: Machine) -> None:
    machine.guard.write_text("#!/bin/sh\nexit 0\n")
    machine.ensure()
    assert machine.guard.read_text() == "#!/bin/sh\nexit 0\n"


def test_a_guard_that_a_killed_run_left_is_removed(machine: Machine) -> None:
    machine.guard.write_text(f"#!/bin/sh\n{MARK}\nexit 101\n")
    machine.ensure()
    assert not machine.guard.exists()


@pytest.mark.parametrize("mode", ["conflict", "broken", "offline"])
def test_the_guard_goes_away_when_apt_fails(machine: Machine, mode: str) -> None:
    machine.behave(mode)
    with pytest.raises(SptFlowError):
        machine.ensure()
    assert not machine.guard.exists()


def test_stale_package_lists_are_read_anew_once(machine: Machine) -> None:
    machine.behave("stale")
    machine.ensure()
    verbs = [line.split()[1] for line in machine.log() if line.startswith("apt-get")]
    assert verbs == ["install", "update", "install"]


def test_a_conflict_names_what_would_go_and_is_not_tried_twice(machine: Machine) -> None:
    machine.behave("conflict")
    with pytest.raises(SptFlowError, match=r"apt cannot install runc etcd-server without removing docker\.io podman"):
        machine.ensure()
    assert len([line for line in machine.log() if line.startswith("apt-get")]) == 1


@pytest.mark.parametrize(
    ("mode", "sentence"),
    [
        ("offline", "The Debian packages runc etcd-server cannot be fetched"),
        ("broken", "apt could not install runc etcd-server: dpkg was interrupted"),
    ],
)
def test_other_failures_name_the_packages(machine: Machine, mode: str, sentence: str) -> None:
    machine.behave(mode)
    with pytest.raises(SptFlowError, match=sentence):
        machine.ensure()


def test_somebody_who_is_not_root_is_told_what_root_must_do(machine: Machine) -> None:
    with pytest.raises(SptFlowError, match="only root can install them") as caught:
        machine.ensure(root=False)
    assert caught.value.next_command == "sudo apt-get install --no-install-recommends runc etcd-server"
    assert machine.log() == []


def test_another_docker_client_on_path_does_not_stand_in_for_debians() -> None:
    docker = next(item for item in REQUIRED if item.package == "docker.io")
    assert all(Path(program).is_absolute() for program in docker.programs)


def test_ctrl_c_lets_the_installation_finish(machine: Machine) -> None:
    machine.behave("slow")
    timer = threading.Timer(0.5, lambda: os.kill(os.getpid(), 2))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        machine.ensure()
    timer.join()
    assert "finished" in machine.log()
    assert not machine.guard.exists()
    assert machine.notes[-1] == "finishing the package installation, then stopping"
