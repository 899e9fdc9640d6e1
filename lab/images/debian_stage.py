"""One run of layer.sh: an overlay on finished layers, filled inside a mount namespace that dies with this process."""

__all__ = ["Stage", "Workshop"]

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.command import Command
from core.errors import SptFlowError
from lab.images.archive import LayerFile
from lab.images.debian_recipes import SCRIPTS, Recipe
from lab.images.debian_sources import SUITE, write_apt_files
from lab.images.layer_store import LayerStore
from lab.progress import Step

_POLL_SECONDS = 0.5
_SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# What runs goes with the thread that started it; inside the namespace, all of it does.
_TIED = ("--pdeathsig", "KILL", "--")
_ISOLATED = (
    *_TIED,
    *("unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--"),
)


@dataclass(frozen=True)
class Stage:
    """What a run left: the layer's files, the trees they lie upon, and when it began (seconds of the epoch)."""

    upper: Path
    below: tuple[Path, ...]
    started: float


@dataclass(frozen=True)
class Workshop:
    """Where layers are made: `folder` holds scratch only, and may be removed whenever nobody works in it."""

    folder: Path
    store: LayerStore

    def open(self) -> None:
        """Clear what an interrupted run has left; fetched packages are kept for this one."""
        for old in self.folder.glob("*"):
            if old.name not in {"archives", "npm"}:
                # A client that outlived its run may still be writing below; only trees have to be gone.
                shutil.rmtree(old, ignore_errors=old.name != "trees")
        for name in ("archives/partial", "lists/partial", "trees"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)

    @contextmanager
    def scratch(self, name: str) -> Iterator[Path]:
        """Give a fresh folder for the block."""
        path = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder))
        try:
            path.chmod(0o755)
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)

    @contextmanager
    def stage(self, recipe: Recipe, step: Step, *, bind: Path | None = None) -> Iterator[Stage]:
        """Make the recipe's file system for the block; `bind` is a folder that its script sees as /tmp/build."""
        below = tuple(self._tree(other) for other in recipe.lineage[1:])
        with self.scratch(recipe.name) as work:
            write_apt_files(work, lists=self.folder / "lists")
            # The base's own run reads the lists anew; it keeps none.
            if recipe.packages and not any((self.folder / "lists").glob("*_Packages")):
                self._run(recipe, step, "apt-get", "update", environment={"APT_CONFIG": str(work / "apt.conf")})
            started = time.time()
            environment = {"SPT_SUITE": SUITE, "SPT_ARCHIVES": str(self.folder / "archives")}
            if bind is not None:
                environment["SPT_BIND"] = str(bind)
            script = ("sh", str(SCRIPTS / "layer.sh"), str(work), ":".join(map(str, below)))
            inside = (str(recipe.script), *recipe.packages)
            self._run(recipe, step, "setpriv", *_ISOLATED, *script, *inside, environment=environment)
            yield Stage(work / "upper", below, started)

    def _tree(self, recipe: Recipe) -> Path:
        """Return a finished layer unpacked; what it removes from those below matters to no build upon it."""
        tree = self.folder / "trees" / recipe.name
        if not tree.is_dir():
            layer = self._layer(recipe)
            with self.scratch("tree") as fresh:
                options = ("--extract", "--numeric-owner", "--preserve-permissions", "--exclude=.wh.*")
                Command("setpriv").run(*_TIED, "tar", *options, "--directory", str(fresh), "--file", str(layer.path))
                fresh.rename(tree)
        return tree

    def _layer(self, recipe: Recipe) -> LayerFile:
        found = self.store.find(recipe.name, recipe.fingerprint)
        if found is None:
            raise SptFlowError(f"The layer '{recipe.name}', which others lie upon, is missing.", next_command="make up")
        return found

    def _run(self, recipe: Recipe, step: Step, program: str, *args: str, environment: dict[str, str]) -> None:
        command = Command(program, env={"PATH": _SYSTEM_PATH, "LC_ALL": "C.UTF-8", **environment})
        log = self.store.folder / f"{recipe.name}.log"
        with log.open("w+b") as output:
            process = command.start(*args, output=output)
            try:
                _follow(process, log, step)
            finally:
                if process.poll() is None:
                    process.kill()
                    process.wait()
            if process.returncode != 0:
                output.seek(0)
                raise _failure(recipe, output.read().decode(errors="replace"), log)
        log.unlink()


def _follow(process: subprocess.Popen[bytes], log: Path, step: Step) -> None:
    started = time.monotonic()
    while True:
        try:
            process.wait(_POLL_SECONDS)
        except subprocess.TimeoutExpired:
            lines = log.read_bytes().splitlines()
            unpacked = sum(line.startswith(b"Unpacking ") for line in lines)
            doing = f"{unpacked} packages unpacked" if unpacked else "fetching packages"
            step.note(f"{doing}, {time.monotonic() - started:.0f} s")
        else:
            return


_NETWORK = ("Failed to fetch", "Could not resolve", "Could not connect", "Unable to connect", "Temporary failure")


def _failure(recipe: Recipe, output: str, log: Path) -> SptFlowError:
    complaints = [line for line in output.splitlines() if line.startswith(("E: ", "Err:", "W: "))]
    if any(sign in line for sign in _NETWORK for line in complaints):
        return SptFlowError(
            f"The Debian packages of the layer '{recipe.name}' cannot be fetched: check the addresses in "
            f"/etc/apt/sources.list and, behind a proxy, set http_proxy and https_proxy.",
            next_command="apt-get update",
        )
    lines = [line for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith(("E: ", "mount: ", "dpkg: error"))] or lines
    return SptFlowError(
        f"The layer '{recipe.name}' of the lab's images cannot be made: {' | '.join(errors[-2:]) or 'no reason given'}",
        next_command=f"less {log}",
    )
