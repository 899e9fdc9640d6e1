"""A check, and what it works with: an empty folder that goes away, and programs with nothing of the user's settings."""

__all__ = ["Check", "Workbench", "first_line"]

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from core.command import Command, CommandResult
from core.errors import CommandNotFoundError
from validate.outcome import CheckFailedError


@dataclass(frozen=True)
class Workbench:
    """The folder of one check, which is removed after it, and the home of the user who asks."""

    folder: Path
    home: Path

    def run(
        self,
        program: str,
        *args: str,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        stdin: str | None = None,
        check: bool = True,
    ) -> CommandResult:
        """Run a program to its end with the folder as its home; raise CheckFailedError with its last lines.

        The time limit is that of the whole check.
        """
        command = self.command(program, env=env, cwd=cwd)
        try:
            done = command.run(*args, stdin=stdin, check=False)
        except CommandNotFoundError:
            raise CheckFailedError(f"'{program}' is not on PATH.") from None
        except OSError as error:
            raise CheckFailedError(f"'{program}' cannot be started: {error.strerror}.") from None
        if check and done.returncode != 0:
            words = " ".join([program, *args[:2]])
            raise CheckFailedError(f"'{words}' ended with exit code {done.returncode}: {_end(done)}")
        return done

    def command(self, program: str, *, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> Command:
        """Return a program that keeps its files in the folder, unless `env` names another HOME."""
        own = {"HOME": str(self.folder), "XDG_CONFIG_HOME": "", "XDG_CACHE_HOME": "", "XDG_DATA_HOME": ""}
        return Command(program, env={**own, **(env or {})}, cwd=cwd or self.folder)

    def write(self, name: str, text: str) -> Path:
        """Write a file into the folder, with the folders above it."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path


@dataclass(frozen=True)
class Check:
    """`work` returns a sentence, or raises CheckFailedError or CheckSkippedError; `seconds` is its time limit.

    `tools` are the names in the build report without which there is nothing to check.
    """

    name: str
    title: str
    work: Callable[[Workbench], str]
    tools: tuple[str, ...] = ()
    seconds: float = 30.0


def first_line(text: str) -> str:
    """Return the first line that says something."""
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def _end(done: CommandResult) -> str:
    said = [line.strip() for line in (done.stderr.strip() or done.stdout).splitlines() if line.strip()]
    return " | ".join(said[-3:]) or "it printed nothing."
