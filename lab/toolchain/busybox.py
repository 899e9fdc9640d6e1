"""Debian's static busybox, taken out of its package: the package itself would push the dynamic one off the machine."""

__all__ = ["ensure_busybox", "has_busybox"]

import os
import shutil
import tempfile
from pathlib import Path

from core.command import Command
from core.errors import CommandFailedError, SptFlowError
from lab.progress import Step
from lab.toolchain.cache import Cache

_PACKAGE = "busybox-static"


def has_busybox(cache: Cache) -> bool:
    """Tell whether `busybox` is among the programs."""
    return os.access(cache.bin / "busybox", os.X_OK)


def ensure_busybox(cache: Cache, step: Step) -> None:
    """Put `busybox` among the programs; apt checks what it downloads against the distribution's signature."""
    if has_busybox(cache):
        step.unchanged("already there")
        return
    with tempfile.TemporaryDirectory(dir=cache.temporary) as folder:
        scratch = Path(folder)
        _download(scratch, step)
        package = next(scratch.glob(f"{_PACKAGE}_*.deb"))
        Command("dpkg-deb").run("--extract", str(package), str(scratch / "content"))
        program = next(path for path in scratch.glob("content/**/bin/busybox") if path.is_file())
        ready = cache.temporary / "busybox"
        shutil.copyfile(program, ready)
        ready.chmod(0o755)
        ready.replace(cache.bin / "busybox")


def _download(folder: Path, step: Step) -> None:
    # Without the option apt drops to a user that may not write into the cache.
    apt = Command("apt-get", env={"LC_ALL": "C.UTF-8"}, cwd=folder)
    arguments = ("download", "-o", "APT::Sandbox::User=root", _PACKAGE)
    if apt.run(*arguments, check=False).returncode == 0:
        return
    step.note("reading the package lists anew")
    apt.run("update", "-o", "DPkg::Lock::Timeout=300", check=False)
    try:
        apt.run(*arguments)
    except CommandFailedError:
        raise SptFlowError(
            f"The Debian package {_PACKAGE} cannot be fetched: check the addresses in /etc/apt/sources.list and, "
            f"behind a proxy, set http_proxy and https_proxy.",
            next_command="apt-get update",
        ) from None
