"""Linters that are programs of their own, and the files each is for."""

__all__ = ["LINTERS", "Linter", "lint"]

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from core.command import Command


@dataclass(frozen=True)
class Linter:
    """A program, the arguments before its files, and the patterns of those files."""

    program: str
    arguments: tuple[str, ...]
    patterns: tuple[str, ...]

    def files(self, tracked: Sequence[str]) -> list[str]:
        """Return those of the tree's files that the linter is for."""
        return [name for name in tracked if any(PurePosixPath(name).match(pattern) for pattern in self.patterns)]


# The examples are workflows too: others copy them.
_WORKFLOWS: Final = (".github/workflows/*.yml", ".github/workflows/*.yaml", "docs/examples/*.yml")

LINTERS: Final = (
    Linter("actionlint", ("-no-color", "-oneline"), _WORKFLOWS),
    # Offline: nothing of it asks GitHub, and it says the same everywhere.
    Linter(
        "zizmor",
        ("--offline", "--quiet", "--no-progress", "--color=never", "--persona=pedantic", "--config=.github/zizmor.yml"),
        _WORKFLOWS,
    ),
    Linter("terraform", ("fmt", "-check", "-diff", "-no-color"), ("*.tf", "*.tftest.hcl", "*.tfvars")),
    Linter("hadolint", ("--no-color",), ("Dockerfile", "*.Dockerfile")),
)
"""In the order their complaints are printed."""


def lint(root: Path, path: Sequence[Path], linters: Sequence[Linter] = LINTERS) -> list[str]:
    """Run the linters over the tracked files of a checkout, side by side; return complaints, none if all is well.

    `path` holds folders that are searched for the programs before PATH. Raises CommandNotFoundError for one missing.
    """
    listed = Command("git", cwd=root).run("ls-files", "-z", "--cached", "--others", "--exclude-standard").stdout
    tracked = [name for name in listed.split("\0") if name and (root / name).is_file()]

    def run(linter: Linter) -> str:
        files = linter.files(tracked)
        if not files:
            return ""
        command = Command(linter.program, path=path, cwd=root, env={"TF_CLI_CONFIG_FILE": os.devnull})
        done = command.run(*linter.arguments, *files, check=False)
        if done.returncode == 0:
            return ""
        words = f"{done.stdout}\n{done.stderr}".strip() or "it printed nothing"
        return f"{linter.program} (exit code {done.returncode}):\n{words}"

    with ThreadPoolExecutor(max_workers=len(linters) or 1) as pool:
        return [complaint for complaint in pool.map(run, linters) if complaint]
