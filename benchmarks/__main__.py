"""`make bench`: measure, print, and write docs/benchmarks.md. COLD=1 adds the cold run (it builds every tool)."""

import os
import platform
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import psutil

from benchmarks.kubernetes_plugin import markdown, measure
from benchmarks.lab_figures import cold_figure, lab_figures
from benchmarks.pack_figures import pack_figures
from benchmarks.policy_figures import policy_figures
from core.errors import SptFlowError
from lab.commands.failure import show_failure
from lab.deploy.stack_file import PROJECT_ROOT
from lab.display import open_progress
from lab.images import ensure_debian_layers
from lab.toolchain import ensure_toolchain

_TARGET = PROJECT_ROOT / "docs" / "benchmarks.md"


def main() -> int:
    """Measure every figure this machine allows; exit 1 when one is missed."""
    with tempfile.TemporaryDirectory(prefix="spt-bench-") as name, open_progress() as progress:
        folder = Path(name)
        toolchain = ensure_toolchain(progress)
        ensure_debian_layers(toolchain, progress)
        os.environ["PATH"] = os.pathsep.join([str(toolchain.bin), os.environ["PATH"]])
        cold = [cold_figure(folder, progress)] if os.environ.get("COLD") == "1" else []
        figures = [*cold, *lab_figures(folder, progress), *policy_figures(progress)]
        with progress.step("The policy pack on many resources"):
            figures.extend(pack_figures())
        with progress.step("The kubernetes edition against the official plugin"):
            scaling = markdown(measure())
    rows = [figure.row() for figure in figures]
    page = _page(rows if cold else [*_cold_row(), *rows], scaling)
    _TARGET.write_text(page, encoding="utf-8")
    sys.stdout.write(page)
    missed = [figure.name for figure in figures if figure.ratio > 1]
    sys.stdout.write(f"\nMissed: {', '.join(missed)}\n" if missed else "\nEvery figure is within its limit.\n")
    return 1 if missed else 0


def _cold_row() -> list[str]:
    """Return the row of the last cold run, which takes a quarter of an hour and is not made every time."""
    lines = _TARGET.read_text(encoding="utf-8").splitlines() if _TARGET.exists() else []
    return [line for line in lines if line.startswith("| cold:")]


def _page(rows: list[str], scaling: str) -> str:
    memory = psutil.virtual_memory().total / 2**30
    machine = (
        f"Machine: {os.cpu_count()} cores, {memory:.0f} GiB memory, Linux {platform.release()}; "
        f"measured on {datetime.now(tz=UTC):%Y-%m-%d}."
    )
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench` (`COLD=1 make bench` adds the cold run). Wall-clock medians of whole commands.",
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
    try:
        sys.exit(main())
    except SptFlowError as error:
        show_failure(error)
        sys.exit(error.exit_code)
