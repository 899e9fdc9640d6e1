"""What OpenSSH's own configuration is told of workspaces: a file of ours, and one line that includes it."""

__all__ = ["SshFiles", "host_section", "workspace_of_host"]

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.complete_file import complete_file
from core.errors import SptFlowError, UsageError
from sptcoder.connection.ssh_words import CONNECTION_OPTIONS, proxy_words

_FOLDER: Final = "spt-flow"
_REMARK: Final = "# Workspaces, by sptcoder ssh-config; it has to stand before all Host and Match sections."
_SUFFIX: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,60}[a-z0-9])?")
_CONTEXT: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?")
_OWNER: Final = "--"


def host_section(program: Sequence[str], suffix: str, *, context: str | None = None, windows: bool = False) -> str:
    """Return the sections for hosts `NAME.<suffix>` and `OWNER--NAME.<suffix>`.

    `program` starts `sptcoder`; with a `context` these hosts are always of that server, else of the current one.
    Raises UsageError for a suffix or context that OpenSSH or a shell could misread.
    """
    if not _SUFFIX.fullmatch(suffix):
        raise UsageError(f"'{suffix}' is no suffix for hosts; allowed are small letters, digits, '-' and '.'.")
    if context is not None and not _CONTEXT.fullmatch(context):
        raise UsageError(f"The context '{context}' cannot be named in OpenSSH's configuration; rename it first.")
    words = [*program, "ssh", "--stdio", *(("--context", context) if context else ())]
    # What the user typed after `ssh`; OpenSSH refuses one with characters that mean something to a shell.
    host = '"%h"' if windows else "'%h'"
    proxy = f"{proxy_words(words, windows=windows)} -- {host}"
    options = [("ProxyCommand", proxy), ("User", "coder"), *CONNECTION_OPTIONS]
    return "\n".join(
        (
            "# Written by sptcoder ssh-config; 'sptcoder ssh-config --remove' takes it away.",
            "# Somebody else's workspace does not get to use your keys.",
            f"Host *{_OWNER}*.{suffix}",
            "    ForwardAgent no",
            f"Host *.{suffix}",
            *(f"    {name} {value}" for name, value in options),
            "    ForwardAgent yes",
            "",
        )
    )


def workspace_of_host(host: str) -> str:
    """Return the name of the workspace that a host of `host_section` stands for."""
    return host.partition(".")[0].replace(_OWNER, "/", 1)


@dataclass(frozen=True)
class SshFiles:
    """OpenSSH's configuration of a user; `relative` if it is at its usual place, so that other homes can share it."""

    main: Path
    relative: bool = True

    def own(self, suffix: str) -> Path:
        """Return the path of the file for a suffix."""
        return self.main.parent / _FOLDER / f"{suffix}.conf"

    @property
    def include(self) -> str:
        """Return the line that includes all files of ours."""
        return f"Include {_FOLDER}/*.conf" if self.relative else f'Include "{self.main.parent}/{_FOLDER}/*.conf"'

    def add(self, suffix: str, section: str) -> bool:
        """Write the file for a suffix, and the line if it is missing; return whether the line was."""
        with _explained(self.main):
            self.main.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(self.own(suffix), section)
        text = self._read()
        if self.include in text.splitlines():
            return False
        self._write_main(f"{_REMARK}\n{self.include}\n" + (f"\n{text}" if text else ""))
        return True

    def remove(self, suffix: str) -> bool:
        """Remove the file for a suffix, and the line when no file is left; return whether there was one."""
        path = self.own(suffix)
        existed = path.is_file()
        path.unlink(missing_ok=True)
        folder = path.parent
        if not folder.is_dir() or not any(folder.iterdir()):
            if folder.is_dir():
                folder.rmdir()
            kept = [line for line in self._read().splitlines(keepends=True) if line.rstrip("\r\n") not in self._ours]
            text = "".join(kept)
            if text != self._read():
                self._write_main(text.lstrip("\n"))
        return existed

    @property
    def _ours(self) -> frozenset[str]:
        return frozenset({_REMARK, self.include})

    def _read(self) -> str:
        try:
            # As bytes: reading as text would change the line ends of other systems.
            return self.main.read_bytes().decode(errors="surrogateescape")
        except FileNotFoundError:
            return ""
        except OSError as error:
            raise SptFlowError(f"{self.main} cannot be read: {error.strerror or error}.") from None

    def _write_main(self, text: str) -> None:
        try:
            _write(self.main, text)
        except SptFlowError as error:
            raise SptFlowError(error.message, next_command=f"write '{self.include}' at its top yourself") from None


def _write(path: Path, text: str) -> None:
    with _explained(path):
        path.resolve().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with complete_file(path) as target:
            target.write(text.encode(errors="surrogateescape"))


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SptFlowError(f"{path} cannot be written: {error.strerror or error}.") from None
