"""A stock Linux kernel in a microVM: Firecracker where it is installed, else QEMU's machine type of that kind."""

__all__ = ["BootFiles", "Machine", "boot_kernel", "machine_for"]

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Final

from core.command import Command
from core.errors import CommandNotFoundError
from microvm.device import KvmError
from microvm.initramfs import GREETING, build_initramfs

_MEMORY_MIB: Final = 256
_KERNEL_ARGUMENTS: Final = "console=ttyS0 quiet panic=-1 reboot=t"
_LOOK_SECONDS: Final = 0.05
_LEAVE_SECONDS: Final = 2.0
_LINE: Final = re.compile(rf"{GREETING}: kernel (\S+)".encode())
_LONGEST_WORDS: Final = 200


@dataclass(frozen=True)
class BootFiles:
    """What is booted: `kernel` a bzImage, `busybox` a static binary, `vmlinux` the kernel as Firecracker wants it."""

    kernel: Path
    busybox: Path
    vmlinux: Path | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "BootFiles":
        """Return the files SPT_MICROVM_KERNEL, _BUSYBOX and _VMLINUX name, else those of Debian's packages."""
        installed = sorted(Path("/boot").glob("vmlinuz-*"))
        vmlinux = environment.get("SPT_MICROVM_VMLINUX")
        return cls(
            kernel=Path(environment.get("SPT_MICROVM_KERNEL") or (installed[-1] if installed else "/boot/vmlinuz")),
            busybox=Path(environment.get("SPT_MICROVM_BUSYBOX") or "/bin/busybox"),
            vmlinux=Path(vmlinux) if vmlinux else None,
        )


@dataclass(frozen=True)
class Machine:
    """A program that runs a microVM; `emulated` says that it computes what the CPU would do."""

    program: str
    emulated: bool

    @property
    def title(self) -> str:
        """Return the machine in words."""
        return f"{self.program} ({'emulation' if self.emulated else 'kvm'})"

    def arguments(self, files: BootFiles, initramfs: Path, folder: Path) -> Sequence[str]:
        """Return the program's arguments; what Firecracker reads from a file is written into `folder`."""
        if self.program == "firecracker":
            configuration = folder / "machine.json"
            configuration.write_text(json.dumps(_firecracker(files, initramfs)), encoding="utf-8")
            return ("--no-api", "--config-file", str(configuration))
        return (
            *("-machine", "q35" if self.emulated else "microvm"),
            *("-accel", "tcg" if self.emulated else "kvm"),
            *("-cpu", "qemu64", "-smp", "1", "-m", str(_MEMORY_MIB)),
            *("-nodefaults", "-no-user-config", "-no-reboot", "-display", "none", "-serial", "stdio"),
            *("-kernel", str(files.kernel), "-initrd", str(initramfs), "-append", _KERNEL_ARGUMENTS),
        )


def machine_for(files: BootFiles, *, emulate: bool) -> Machine:
    """Return the machine to boot in; raise KvmError if none is installed. Firecracker has no emulation."""
    names = ["qemu-system-x86_64"]
    if not emulate and files.vmlinux is not None:
        names.insert(0, "firecracker")
    for name in names:
        try:
            Command(name).locate()
        except CommandNotFoundError:
            continue
        return Machine(name, emulated=emulate)
    raise KvmError(f"no {' and no '.join(names)} is installed")


def boot_kernel(files: BootFiles, machine: Machine, *, seconds: float) -> str:
    """Boot the kernel until it says hello, and return its release; raise KvmError. The machine is gone afterwards."""
    try:
        initramfs = build_initramfs(files.busybox.read_bytes())
        files.kernel.open("rb").close()
    except OSError as error:
        raise KvmError(f"{error.filename} cannot be read: {error.strerror}") from None
    with TemporaryDirectory(prefix="spt-microvm-") as name:
        folder = Path(name)
        archive = folder / "initramfs.cpio"
        archive.write_bytes(initramfs)
        with (folder / "console").open("wb+") as console:
            process = Command(machine.program).start(*machine.arguments(files, archive, folder), output=console)
            patience = 0.0
            try:
                release = _greeting(process, console, machine, seconds)
                patience = _LEAVE_SECONDS
            finally:
                _end(process, patience=patience)
            return release


def _greeting(process: subprocess.Popen[bytes], console: IO[bytes], machine: Machine, seconds: float) -> str:
    end = time.monotonic() + seconds
    while True:
        has_ended = process.poll() is not None
        printed = _printed(console)
        found = _LINE.search(printed)
        if found:
            return found[1].decode("ascii", errors="replace")
        words = " ".join(printed.decode("utf-8", errors="replace").split())[-_LONGEST_WORDS:]
        if has_ended:
            raise KvmError(f"{machine.title} ended before the kernel said hello: {words or 'it printed nothing'}")
        if time.monotonic() >= end:
            raise KvmError(
                f"under {machine.title} the kernel did not say hello within {seconds:g} s: {words or 'silence'}"
            )
        time.sleep(_LOOK_SECONDS)


def _printed(console: IO[bytes]) -> bytes:
    # The machine appends at the end through the same open file: read without moving its position.
    return os.pread(console.fileno(), 1 << 20, 0)


def _end(process: subprocess.Popen[bytes], *, patience: float) -> None:
    """Let a machine whose guest resets end by itself, else kill it with all it started."""
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _firecracker(files: BootFiles, initramfs: Path) -> dict[str, object]:
    return {
        "boot-source": {
            "kernel_image_path": str(files.vmlinux),
            "initrd_path": str(initramfs),
            "boot_args": _KERNEL_ARGUMENTS,
        },
        "drives": [],
        "machine-config": {"vcpu_count": 1, "mem_size_mib": _MEMORY_MIB},
    }
