"""Read a devcontainer.json and write what a workspace without its image can honour, as files for the shell.

Runs inside workspaces, with whatever Python 3.8 or newer the image has and nothing else. Arguments: the file, the
folder of the repository, the folder to write to. Written are `environment.sh` (to be sourced), `once.sh` and `start.sh`
(commands), `extensions` (one id a line); what is not honoured is said on standard output.
"""  # noqa: INP001 - it is read as text and sent to workspaces

from __future__ import annotations

__all__ = ["Devcontainer", "main", "parse_jsonc", "substituted"]

import json
import os
import re
import shlex
import sys
from collections.abc import Mapping  # noqa: TC003 - old Pythons, and no type checker there
from pathlib import Path
from typing import Any

_ONCE = ("onCreateCommand", "updateContentCommand", "postCreateCommand")
_HONOURED = frozenset(
    {"name", "$schema", "containerEnv", "remoteEnv", "customizations", "postStartCommand", "waitFor", *_ONCE}
)
# A string, or a comment. Strings come first, so that a // inside one is left alone.
_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
_TRAILING_COMMA = re.compile(r'("(?:\\.|[^"\\])*")|,(?=\s*[}\]])', re.DOTALL)
_VARIABLE = re.compile(r"\$\{(\w+)(?::(\w+))?(?::([^}]*))?\}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_EXTENSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*\.[A-Za-z0-9][A-Za-z0-9._-]*(@[\w.+-]+)?\Z")


def parse_jsonc(text: str) -> Any:  # noqa: ANN401 - any JSON value
    """Parse JSON with comments and trailing commas; raise ValueError when it is not that."""
    plain = _TOKEN.sub(lambda match: match.group() if match.group().startswith('"') else " ", text)
    return json.loads(_TRAILING_COMMA.sub(lambda match: match.group(1) or "", plain))


def substituted(value: str, folder: str, environment: Mapping[str, str]) -> str:
    """Replace the variables of the specification; the container and "local" are one machine here."""

    def replacement(match: re.Match[str]) -> str:
        kind, name, default = match.groups()
        if kind in ("containerWorkspaceFolder", "localWorkspaceFolder"):
            return folder
        if kind in ("containerWorkspaceFolderBasename", "localWorkspaceFolderBasename"):
            return Path(folder).name
        if kind in ("containerEnv", "localEnv"):
            return environment.get(name or "", default or "")
        return match.group()

    return _VARIABLE.sub(replacement, value)


class Devcontainer:
    """What a devcontainer.json asks for; `folder` is the repository it belongs to."""

    def __init__(self, content: Any, folder: str, environment: Mapping[str, str]) -> None:  # noqa: ANN401 - any JSON
        if not isinstance(content, dict):
            raise ValueError("it is not a JSON object")  # noqa: TRY004 - the file is at fault, not a caller
        self._content = content
        self._folder = folder
        self._environment = environment

    def environment(self) -> str:
        """Return lines that export the variables; a remoteEnv of null takes its variable away."""
        lines = []
        for key in ("containerEnv", "remoteEnv"):
            for name, value in self._object(key).items():
                if not _NAME.match(name):
                    continue
                if value is None:
                    lines.append(f"unset {name}")
                else:
                    text = substituted(str(value), self._folder, self._environment)
                    lines.append(f"export {name}={shlex.quote(text)}")
        return "".join(f"{line}\n" for line in lines)

    def once(self) -> str:
        """Return the commands that run when the workspace is made, in the order of the specification."""
        return "".join(self._commands(key) for key in _ONCE)

    def start(self) -> str:
        """Return the commands that run at each start."""
        return self._commands("postStartCommand")

    def extensions(self) -> list[str]:
        """Return the ids of the editor's extensions; one with a leading minus takes another's away."""
        vscode = self._object("customizations").get("vscode")
        listed = vscode.get("extensions") if isinstance(vscode, dict) else None
        return [item for item in listed or [] if isinstance(item, str) and _EXTENSION.match(item)]

    def ignored(self) -> list[str]:
        """Return the keys that have no effect here."""
        return sorted(key for key in self._content if key not in _HONOURED)

    def _object(self, key: str) -> dict[str, Any]:
        value = self._content.get(key)
        return value if isinstance(value, dict) else {}

    def _commands(self, key: str) -> str:
        """Return the lines of one command: a shell line, an argument list, or an object of named ones."""
        value = self._content.get(key)
        several = list(value.values()) if isinstance(value, dict) else [value]
        lines = []
        for command in several:
            if isinstance(command, str) and command.strip():
                lines.append(f"( {self._text(command)}\n)\n")
            elif isinstance(command, list) and command:
                lines.append(" ".join(shlex.quote(self._text(str(part))) for part in command) + "\n")
        return "".join(lines)

    def _text(self, value: str) -> str:
        return substituted(value, self._folder, self._environment)


def main(arguments: list[str]) -> int:
    """Write the files; return 1 when the file cannot be read, after saying why."""
    source, folder, output = Path(arguments[0]), arguments[1], Path(arguments[2])
    try:
        wanted = Devcontainer(parse_jsonc(source.read_text(encoding="utf-8")), folder, os.environ)
    except (OSError, ValueError) as error:
        print(f"{source.name} cannot be read: {error}")  # noqa: T201 - this program's way to speak
        return 1
    (output / "environment.sh").write_text(wanted.environment(), encoding="utf-8")
    (output / "once.sh").write_text(wanted.once(), encoding="utf-8")
    (output / "start.sh").write_text(wanted.start(), encoding="utf-8")
    (output / "extensions").write_text("".join(f"{item}\n" for item in wanted.extensions()), encoding="utf-8")
    if wanted.ignored():
        print(f"not used here, the workspace has its own image: {', '.join(wanted.ignored())}")  # noqa: T201 - as above
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
