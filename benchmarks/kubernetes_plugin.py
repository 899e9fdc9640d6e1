"""The kubernetes edition against the official plugin: how long a stack of ConfigMaps takes, and how that grows."""

__all__ = ["Row", "markdown", "measure"]

import itertools
import statistics
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pulumi
from pulumi import automation as auto

from benchmarks.figure import timed
from lab.toolchain import toolchain_bin
from tests.parity.control_plane import ControlPlane
from tests.parity.sdk import k8s
from tests.parity.side import find_official, our_launcher
from versions import PULUMI_KUBERNETES

SIZES = (10, 30, 100, 300)
_REPEATS = 3
_OURS, _OFFICIAL = "ours", "official"


@dataclass(frozen=True)
class Row:
    """Median wall seconds for one size: creating all, and running again with nothing to change; None was not run."""

    resources: int
    ours_create: float
    ours_unchanged: float
    official_create: float | None = None
    official_unchanged: float | None = None


@dataclass(frozen=True)
class _Times:
    create: float
    unchanged: float


def measure(sizes: Sequence[int] = SIZES, repeats: int = _REPEATS) -> list[Row]:
    """Measure both plugins by turns in one run, on a control plane of the benchmark's own; all of it is removed."""
    official = find_official()
    with tempfile.TemporaryDirectory(prefix="spt-bench-plugin-") as name:
        folder = Path(name)
        plugins = {_OURS: our_launcher(folder / "launcher")} | ({_OFFICIAL: official} if official else {})
        with ControlPlane(folder / "control-plane", _tools()) as cluster:
            stacks = {side: _Bench(side, plugin, cluster, folder / side) for side, plugin in plugins.items()}
            for bench in stacks.values():
                bench.run(1)  # files and caches warm, discovery made
            return [_row(size, stacks, repeats) for size in sizes]


def markdown(rows: Sequence[Row]) -> str:
    """Return the rows as a Markdown table with ratios, and what the growth is."""
    lines = [
        "Time of `up` for a stack of ConfigMaps on a control plane without nodes: create all, then nothing to change.",
        "",
        "| resources | create, ours | create, official | ratio | unchanged, ours | unchanged, official | ratio |",
        "|---|---|---|---|---|---|---|",
        *(_line(row) for row in rows),
        "",
        *(f"- {text}" for text in _growth(rows)),
    ]
    if any(row.official_create is None for row in rows):
        lines.append("- not run: the official plugin is not on PATH")
    return "\n".join(lines)


def _row(size: int, stacks: Mapping[str, "_Bench"], repeats: int) -> Row:
    times: dict[str, list[_Times]] = {side: [] for side in stacks}
    for _ in range(repeats):
        for side, bench in stacks.items():
            times[side].append(bench.run(size))
    median = {
        side: _Times(statistics.median(one.create for one in found), statistics.median(one.unchanged for one in found))
        for side, found in times.items()
    }
    ours, official = median[_OURS], median.get(_OFFICIAL)
    return Row(
        size,
        ours.create,
        ours.unchanged,
        official.create if official else None,
        official.unchanged if official else None,
    )


def _line(row: Row) -> str:
    cells = (
        str(row.resources),
        _seconds(row.ours_create),
        _seconds(row.official_create),
        _ratio(row.ours_create, row.official_create),
        _seconds(row.ours_unchanged),
        _seconds(row.official_unchanged),
        _ratio(row.ours_unchanged, row.official_unchanged),
    )
    return f"| {' | '.join(cells)} |"


def _growth(rows: Sequence[Row]) -> list[str]:
    """Return what one more resource costs between one size and the next: the same everywhere if growth is linear."""
    sides: dict[str, Callable[[Row], float | None]] = {
        _OURS: lambda row: row.ours_create,
        _OFFICIAL: lambda row: row.official_create,
    }
    texts: list[str] = []
    for side, pick in sides.items():
        costs = []
        for smaller, larger in itertools.pairwise(rows):
            before, after = pick(smaller), pick(larger)
            if before is not None and after is not None:
                milliseconds = (after - before) / (larger.resources - smaller.resources) * 1000
                costs.append(f"{milliseconds:.0f} ms ({smaller.resources} to {larger.resources})")
        if costs:
            texts.append(f"one more resource, {side}: {', '.join(costs)}")
    return texts


def _seconds(value: float | None) -> str:
    return "not run" if value is None else f"{value:.2f} s"


def _ratio(ours: float, official: float | None) -> str:
    return "" if official is None else f"{ours / official:.2f}"


def _tools() -> Path | None:
    """Return the toolchain's folder; without a toolchain, PATH must have the programs."""
    folder = toolchain_bin()
    return folder if (folder / "kube-apiserver").is_file() else None


class _Bench:
    """One plugin on one stack; each run begins and ends with an empty one."""

    def __init__(self, name: str, plugin: Path, cluster: ControlPlane, folder: Path) -> None:
        self._name = name
        self._kubeconfig = cluster.kubeconfig.read_text(encoding="utf-8")
        home = folder / "home" / "plugins" / f"resource-kubernetes-v{PULUMI_KUBERNETES}"
        home.mkdir(parents=True)
        (home / "pulumi-resource-kubernetes").symlink_to(plugin)
        for part in ("backend", "work", "tmp"):
            (folder / part).mkdir()
        cluster.kubectl("create", "namespace", name)
        self._stack = auto.create_or_select_stack(
            stack_name=name,
            project_name="bench",
            program=lambda: None,
            opts=auto.LocalWorkspaceOptions(
                work_dir=str(folder / "work"),
                env_vars={
                    "PULUMI_HOME": str(folder / "home"),
                    "PULUMI_BACKEND_URL": f"file://{folder / 'backend'}",
                    "PULUMI_CONFIG_PASSPHRASE": "bench",
                    "TMPDIR": str(folder / "tmp"),  # the official plugin leaves kubeconfigs behind
                    "PULUMI_SKIP_UPDATE_CHECK": "true",
                    "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
                },
            ),
        )

    def run(self, size: int) -> _Times:
        """Create `size` ConfigMaps, run again unchanged, and remove them, which is not timed."""
        self._stack.workspace.program = lambda: self._program(size)
        times = _Times(timed(self._stack.up), timed(self._stack.up))
        self._stack.destroy()
        return times

    def _program(self, size: int) -> None:
        provider = k8s.Provider("kubernetes", kubeconfig=self._kubeconfig, context="parity", namespace=self._name)
        for number in range(size):
            name = f"settings-{number}"
            k8s.core.v1.ConfigMap(
                name, metadata={"name": name}, data={"a": "1"}, opts=pulumi.ResourceOptions(provider=provider)
            )


if __name__ == "__main__":
    sys.stdout.write(markdown(measure()) + "\n")
