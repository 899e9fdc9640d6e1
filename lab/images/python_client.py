"""uv, as the checkout's bootstrap has installed it, asking the index that pip of this machine would ask."""

__all__ = ["install_requirements", "uv"]

import os
import re
from pathlib import Path

from core.command import Command
from core.errors import CommandFailedError, SptFlowError
from lab.toolchain import toolchain_bin

_REQUIREMENTS = Path(__file__).parents[1] / "toolchain" / "uv-requirements.txt"
_INDEX_VARIABLES = ("UV_DEFAULT_INDEX", "UV_INDEX_URL")


def uv(*, cwd: Path | None = None) -> Command:
    """Return uv with the environment it needs on this machine."""
    version = re.search(r"^uv==([\d.]+)", _REQUIREMENTS.read_text(encoding="utf-8"), re.MULTILINE)
    folder = toolchain_bin().parent / f"uv-{version[1] if version else ''}" / "bin"
    environment = {"UV_NATIVE_TLS": os.environ.get("UV_NATIVE_TLS", "1"), "UV_NO_PROGRESS": "1"}
    if not any(os.environ.get(name) for name in _INDEX_VARIABLES):
        index = os.environ.get("PIP_INDEX_URL") or _configured_index(folder)
        if index:
            environment["UV_DEFAULT_INDEX"] = index
    return Command("uv", env=environment, path=[folder], cwd=cwd)


def install_requirements(requirements: Path, target: Path) -> None:
    """Install pinned, hashed requirements as files for Debian 12's Python into the folder `target`."""
    # Also on a machine whose own Python is another one.
    image = ("--python-version", "3.11", "--python-platform", f"{os.uname().machine}-manylinux_2_28")
    try:
        uv().run(
            *("pip", "install", "--quiet", "--target", str(target), *image),
            *("--only-binary", ":all:", "--require-hashes", "--requirement", str(requirements)),
        )
    except CommandFailedError as failure:
        reason = re.sub(r"//[^/@\s]*@", "//", " ".join(failure.stderr.split()))[-300:]
        raise SptFlowError(
            f"Python packages for the lab's images cannot be installed ({reason or 'uv gave no reason'}): set "
            f"PIP_INDEX_URL to an index that has them, or HTTPS_PROXY and SSL_CERT_FILE where they are needed."
        ) from None


def _configured_index(folder: Path) -> str:
    python = folder / "python"
    if not python.exists():
        return ""
    asked = Command(str(python)).run("-m", "pip", "config", "get", "global.index-url", check=False)
    return asked.stdout.strip() if asked.returncode == 0 else ""
