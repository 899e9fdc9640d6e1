"""`make bench`: measure, print, and write docs/benchmarks.md.

COLD=1 adds the cold run, which builds every tool; FULL=1 the full workspace image, and a Go repository built in it.
"""

import os
import platform
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import psutil

from benchmarks.cli_figures import cli_figures
from benchmarks.ending import end_engines, end_in_order
from benchmarks.kubernetes_plugin import markdown, measure
from benchmarks.lab_figures import cold_figure, lab_figures
from benchmarks.pack_figures import pack_figures
from benchmarks.policy_figures import policy_figures
from core.errors import InterruptedRunError, SptFlowError
from lab.commands.failure import show_failure
from lab.deploy.stack_file import PROJECT_ROOT
from lab.display import open_progress
from lab.images import ensure_debian_layers
from lab.toolchain import ensure_toolchain

_RARE = ("| cold:", "| workspace from create to a Go repository")
_TARGET = PROJECT_ROOT / "docs" / "benchmarks.md"


def main() -> int:
    """Measure every figure this machine allows; exit 1 when one is missed."""
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="spt-bench-") as name, open_progress() as progress:
        folder = Path(name)
        toolchain = ensure_toolchain(progress)
        ensure_debian_layers(toolchain, progress)
        os.environ["PATH"] = os.pathsep.join([str(toolchain.bin), os.environ["PATH"]])
        cold = [cold_figure(folder, progress)] if os.environ.get("COLD") == "1" else []
        command_line = cli_figures(folder, progress)
        figures = [*cold, *lab_figures(folder, progress), *command_line, *policy_figures(progress)]
        with progress.step("The policy pack on many resources"):
            figures.extend(pack_figures())
        with progress.step("The kubernetes edition against the official plugin"):
            scaling = markdown(measure())
    rows = [figure.row() for figure in figures]
    page = _page([*_rare_rows(rows), *rows], scaling, load)
    _TARGET.write_text(page, encoding="utf-8")
    sys.stdout.write(page)
    missed = [figure.name for figure in figures if figure.ratio > 1]
    sys.stdout.write(f"\nMissed: {', '.join(missed)}\n" if missed else "\nEvery figure is within its limit.\n")
    return 1 if missed else 0


def _rare_rows(fresh: list[str]) -> list[str]:
    """Return the rows of the last runs that take a quarter of an hour, and that this run has not made."""
    wanting = tuple(prefix for prefix in _RARE if not any(row.startswith(prefix) for row in fresh))
    lines = _TARGET.read_text(encoding="utf-8").splitlines() if _TARGET.exists() else []
    return [line for line in lines if wanting and line.startswith(wanting)]


def _page(rows: list[str], scaling: str, load: float) -> str:
    memory = psutil.virtual_memory().total / 2**30
    machine = (
        f"Machine: {os.cpu_count()} cores, {memory:.0f} GiB memory, Linux {platform.release()}; "
        f"measured on {datetime.now(tz=UTC):%Y-%m-%d}, with a load of {load:.1f} before it began."
    )
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench` (`COLD=1` adds the cold run, `FULL=1` the full workspace image). Wall-clock medians.",
        "",
        machine,
        "",
        "| figure | median | min to max | runs | limit | median / limit |",
        "|---|---|---|---|---|---|",
        *rows,
        "",
        "## The kubernetes plugin edition",
        "",
        scaling,
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    end_in_order()
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        end_engines()
        sys.exit(InterruptedRunError.exit_code)
    except SptFlowError as error:
        show_failure(error)
        sys.exit(error.exit_code)
