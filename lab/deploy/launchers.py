"""Small executables that stand between the Automation API and the tools it starts by name."""

__all__ = ["write_launchers"]

import os
import shlex
from pathlib import Path

_ENGINE = """#!/bin/sh
# A session of its own: Ctrl-C at the terminal reaches the caller alone, which passes on exactly one interrupt
# (a second one would stop the engine without its state being written). If the caller dies, the engine is
# interrupted too, finishes the step in flight and unlocks; a background job's shell may have told it to ignore that.
exec setsid setpriv --pdeathsig INT -- env --default-signal=INT {engine} "$@"
"""

_ANALYZER = """#!/bin/sh
# The engine starts a Python policy pack through this name; pack options would arrive as flags it cannot read.
# The pack serves until it is killed: it must not outlive an engine that could not do so.
exec setpriv --pdeathsig KILL -- {python} -u -m pulumi.policy "$1" "$2"
"""


def write_launchers(folder: Path, *, engine: Path, python: Path) -> Path:
    """Write `bin/pulumi` and `bin/pulumi-analyzer-policy-python` below `folder`; return that `bin`."""
    binaries = folder / "bin"
    binaries.mkdir(parents=True, exist_ok=True)
    _write_executable(binaries / "pulumi", _ENGINE.format(engine=shlex.quote(str(engine))))
    _write_executable(binaries / "pulumi-analyzer-policy-python", _ANALYZER.format(python=shlex.quote(str(python))))
    return binaries


def _write_executable(path: Path, text: str) -> None:
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_text(text, encoding="utf-8")
    fresh.chmod(0o755)
    fresh.replace(path)
