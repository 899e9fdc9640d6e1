"""Where a release's chart comes from: a folder, an archive, an OCI registry or a repository; remote ones are cached."""

__all__ = ["Chart", "ChartReference", "ChartStore"]

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from core.command import Command
from core.errors import SptFlowError, UsageError
from lab.plugins.kubernetes.charts_access import ChartReference, access_arguments

_HELM = Command("helm")
_PULL_SECONDS = 300.0
_SHOW_SECONDS = 60.0


@dataclass(frozen=True)
class Chart:
    """A chart on this machine: its folder or archive, and what its Chart.yaml says."""

    path: Path
    name: str
    version: str
    app_version: str


class ChartStore:
    """Finds charts; `folder` keeps the archives of remote charts asked for by an exact version."""

    def __init__(self, folder: Path | None = None) -> None:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        self._folder = folder or cache / "spt-flow" / "charts"

    def resolve(self, reference: ChartReference, *, update_dependencies: bool = False) -> Chart:
        """Return the chart, fetched if need be; blocking. Raise SptFlowError when there is none, or none to install.

        With `update_dependencies`, missing dependencies of a chart folder are fetched into it; else they are an error.
        """
        local = _local(reference)
        path = local or self._remote(reference)
        if local is not None and reference.verify:
            _HELM.run("verify", str(local), *_keyring(reference), timeout=_SHOW_SECONDS)
        metadata = _metadata(path)
        kind = metadata.get("type") or "application"
        if kind != "application":
            raise UsageError(
                f"The chart '{reference.chart}' is of type '{kind}'; only an application can be installed."
            )
        if path.is_dir():
            _complete_dependencies(path, metadata, reference, update=update_dependencies)
        return Chart(
            path=path,
            name=str(metadata.get("name", "")),
            version=str(metadata.get("version", "")),
            app_version=str(metadata.get("appVersion", "")),
        )

    def _remote(self, reference: ChartReference) -> Path:
        kept = self._folder / reference.digest
        if reference.exact and (archives := sorted(kept.glob("*.tgz"))):
            return archives[0]
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._folder, prefix=".pull-") as scratch:
            fetched = _pull(reference, Path(scratch))
            kept.mkdir(exist_ok=True)
            target = kept / fetched.name
            for older in kept.glob("*.tgz"):
                if older != target:
                    older.unlink(missing_ok=True)
            return fetched.replace(target)


def _local(reference: ChartReference) -> Path | None:
    """Return the chart's absolute path when it is on this machine; a path that leads nowhere is an error."""
    if reference.repository:
        return None
    path = Path(reference.chart)
    if path.is_file() or (path / "Chart.yaml").is_file():
        return path.absolute()
    if path.is_absolute() or reference.chart.startswith("."):
        raise UsageError(f"The chart '{reference.chart}' is neither an archive nor a folder with a Chart.yaml.")
    return None


def _pull(reference: ChartReference, scratch: Path) -> Path:
    target = scratch / "archive"
    target.mkdir()
    with access_arguments(reference, _HELM) as (name, arguments):
        version = ["--version", reference.constraint] if reference.constraint else []
        verify = ["--verify", *_keyring(reference)] if reference.verify else []
        _HELM.run("pull", name, *arguments, *version, *verify, "--destination", str(target), timeout=_PULL_SECONDS)
    archives = list(target.glob("*.tgz"))
    if len(archives) != 1:
        raise SptFlowError(f"'helm pull {reference.chart}' left {len(archives)} archives where one was expected.")
    return archives[0]


def _keyring(reference: ChartReference) -> list[str]:
    return ["--keyring", reference.keyring] if reference.keyring else []


def _metadata(path: Path) -> dict[str, Any]:
    text = _HELM.run("show", "chart", str(path), timeout=_SHOW_SECONDS).stdout
    metadata = yaml.safe_load(text)
    if not isinstance(metadata, dict):
        raise SptFlowError(f"The chart '{path}' has no readable Chart.yaml.")
    return metadata


def _complete_dependencies(path: Path, metadata: dict[str, Any], reference: ChartReference, *, update: bool) -> None:
    wanted = [str(entry.get("name", "")) for entry in metadata.get("dependencies") or []]
    folder = path / "charts"
    missing = [
        name
        for name in wanted
        if not (folder / name / "Chart.yaml").is_file() and not list(folder.glob(f"{name}-*.tgz"))
    ]
    if missing and not update:
        raise UsageError(
            f"The chart '{path}' lacks its dependencies {', '.join(missing)}; "
            "set 'dependencyUpdate', or run 'helm dependency update' in it."
        )
    if missing:
        _HELM.run("dependency", "update", str(path), *_keyring(reference), timeout=_PULL_SECONDS)
