"""Debian packages the lab needs: installed only where a program is missing, nothing removed, no service started."""

__all__ = ["REQUIRED", "REQUIRED_BY_TESTS", "DebianPackages", "Requirement"]

import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.command import Command
from core.errors import SptFlowError
from lab.progress import Step

_SCRIPT = Path(__file__).with_name("apt-install.sh")
_POLL_SECONDS = 0.5
_SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class Requirement:
    """A Debian package and the programs (names on PATH, or absolute files) that show it is there."""

    package: str
    programs: tuple[str, ...]


REQUIRED: tuple[Requirement, ...] = (
    Requirement("containerd", ("containerd", "ctr", "containerd-shim-runc-v2")),
    Requirement("runc", ("runc",)),
    # Builds the images that are made of a Dockerfile. Another docker client may be on PATH: what counts are files.
    Requirement("docker.io", ("/usr/sbin/dockerd", "/usr/bin/docker")),
    Requirement(
        "containernetworking-plugins", ("/usr/lib/cni/bridge", "/usr/lib/cni/host-local", "/usr/lib/cni/portmap")
    ),
    Requirement("iptables", ("iptables", "ip6tables")),
    Requirement("etcd-server", ("etcd",)),
    Requirement("etcd-client", ("etcdctl",)),
    Requirement("skopeo", ("skopeo",)),
    Requirement("iproute2", ("ip",)),
    Requirement("util-linux", ("unshare", "nsenter", "setpriv")),
    Requirement("mount", ("mount", "umount")),
    Requirement("mmdebstrap", ("mmdebstrap",)),
    Requirement("ca-certificates", ("/etc/ssl/certs/ca-certificates.crt",)),
)

REQUIRED_BY_TESTS: tuple[Requirement, ...] = (
    Requirement("prometheus", ("/usr/bin/prometheus", "/usr/bin/promtool")),
    Requirement("nginx-light", ("/usr/sbin/nginx",)),
)
"""What the lab can do without, and the tests prove things with: `make test` installs it, no other target does."""


@dataclass(frozen=True)
class DebianPackages:
    """Installs packages with apt.

    `guard` is where Debian's service policy is looked for; `search_path` is where programs are.
    """

    guard: Path = Path("/usr/sbin/policy-rc.d")
    search_path: str = _SYSTEM_PATH
    required: tuple[Requirement, ...] = REQUIRED

    def missing(self) -> list[str]:
        """Return the packages of which a program is not there."""
        return [item.package for item in self.required if not all(map(self._is_there, item.programs))]

    def ensure(self, step: Step, *, root: bool) -> None:
        """Install what is missing; raise SptFlowError, one sentence, when that cannot be done."""
        packages = self.missing()
        if not packages:
            step.unchanged("already installed")
            return
        names = " ".join(packages)
        if not root:
            raise SptFlowError(
                f"The Debian packages {names} are missing and only root can install them.",
                next_command=f"sudo apt-get install --no-install-recommends {names}",
            )
        if shutil.which("apt-get", path=self.search_path) is None:
            raise SptFlowError(f"The lab needs Debian 12 or newer: apt-get is missing, and so are {names}.")
        step.note(f"installing {names}")
        code, output = self._install(packages, step)
        if code != 0 and not _refused(output):
            step.note("reading the package lists anew")
            self._apt("update", step)
            code, output = self._install(packages, step)
        if code != 0:
            raise _failure(packages, output)
        self._keep_services_off(packages)

    def _is_there(self, program: str) -> bool:
        if program.startswith("/"):
            return Path(program).exists()
        return shutil.which(program, path=self.search_path) is not None

    def _install(self, packages: Sequence[str], step: Step) -> tuple[int, str]:
        return self._follow(str(_SCRIPT), [str(self.guard), *packages], step)

    def _apt(self, verb: str, step: Step) -> tuple[int, str]:
        return self._follow("apt-get", [verb, "-o", "DPkg::Lock::Timeout=300"], step)

    def _follow(self, program: str, args: list[str], step: Step) -> tuple[int, str]:
        """Run to the end even when the user presses Ctrl-C: dpkg is never stopped between two packages."""
        command = Command(program, env={"PATH": self.search_path, "LC_ALL": "C.UTF-8"})
        with tempfile.TemporaryFile() as output:
            process = command.start(*args, output=output)
            try:
                code = process.wait()
            except KeyboardInterrupt:
                step.note("finishing the package installation, then stopping")
                process.wait()
                raise
            output.seek(0)
            return code, output.read().decode(errors="replace")

    def _keep_services_off(self, packages: Sequence[str]) -> None:
        """Disable and stop the services that came with packages which were not there before."""
        listing = Command("dpkg", env={"PATH": self.search_path}).run("-L", *packages, check=False).stdout
        units = sorted(set(re.findall(r"/systemd/system/([\w.-]+\.service)$", listing, re.MULTILINE)))
        scripts = sorted(set(re.findall(r"^/etc/init\.d/([\w.-]+)$", listing, re.MULTILINE)))
        if units and shutil.which("systemctl", path=self.search_path) is not None:
            running = ["--now"] if Path("/run/systemd/system").is_dir() else []
            self._try("systemctl", "disable", *running, *units)
        for script in scripts:
            if shutil.which("update-rc.d", path=self.search_path) is not None:
                self._try("update-rc.d", script, "disable")

    def _try(self, program: str, *args: str) -> None:
        Command(program, env={"PATH": self.search_path}).run(*args, check=False)


_REFUSALS = ("remove is disabled", "unmet dependencies", "held broken packages")
_NETWORK = (
    "Failed to fetch",
    "Could not resolve",
    "Could not connect",
    "Unable to connect",
    "Unable to locate package",
)


def _refused(output: str) -> bool:
    return any(sign in output for sign in _REFUSALS)


def _failure(packages: Sequence[str], output: str) -> SptFlowError:
    names = " ".join(packages)
    if _refused(output):
        removed = re.search(r"will be REMOVED:\n((?:  .*\n)+)", output)
        conflict = f" without removing {' '.join(removed[1].split())}" if removed else ""
        return SptFlowError(
            f"apt cannot install {names}{conflict}, and the lab removes nothing: bring the missing programs in a way "
            f"that fits this machine (Docker's own packages bring containerd and runc with containerd.io).",
            next_command=f"apt-get install --no-install-recommends {names}",
        )
    if any(sign in output for sign in _NETWORK):
        return SptFlowError(
            f"The Debian packages {names} cannot be fetched: check the addresses in /etc/apt/sources.list and, "
            f"behind a proxy, set http_proxy and https_proxy.",
            next_command="apt-get update",
        )
    errors = [line.removeprefix("E: ") for line in output.splitlines() if line.startswith("E: ")]
    return SptFlowError(f"apt could not install {names}: {' | '.join(errors[-2:]) or 'it gave no reason'}")
