"""The inputs of a command: their types, checked, and what a run needs of them."""

__all__ = ["LOGGING_MODES", "CommandSettings", "check_inputs"]

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from lab.plugins.protocol.input_types import boolean, string, typed, unwrap
from lab.plugins.protocol.results import CheckFailure
from lab.plugins.protocol.values import Properties, Value, reveal

LOGGING_MODES: Final = ("stdout", "stderr", "stdoutAndStderr", "none")
_DEFAULT_INTERPRETER: Final = ("/bin/sh", "-c")


@dataclass(frozen=True)
class CommandSettings:
    """How to run a script; secrets are in clear here."""

    interpreter: tuple[str, ...]
    directory: str
    environment: Mapping[str, str]
    stdin: str | None
    logging: str
    asset_paths: tuple[str, ...] | None
    archive_paths: tuple[str, ...] | None
    pass_previous_output: bool

    @classmethod
    def of(cls, properties: Properties) -> "CommandSettings":
        """Return the settings in a resource's inputs or outputs."""
        plain = reveal(properties)
        assets, archive = plain.get("assetPaths"), plain.get("archivePaths")
        return cls(
            interpreter=tuple(plain.get("interpreter") or _DEFAULT_INTERPRETER),
            directory=plain.get("dir") or ".",
            environment=plain.get("environment") or {},
            stdin=plain.get("stdin") or None,
            logging=plain.get("logging") or "stdoutAndStderr",
            asset_paths=None if assets is None else tuple(assets),
            archive_paths=None if archive is None else tuple(archive),
            pass_previous_output=plain.get("addPreviousOutputInEnv") is not False,
        )

    @property
    def logs_stdout(self) -> bool:
        """Return whether stdout is shown while the script runs."""
        return self.logging in {"stdout", "stdoutAndStderr"}

    @property
    def logs_stderr(self) -> bool:
        """Return whether stderr is shown while the script runs."""
        return self.logging in {"stderr", "stdoutAndStderr"}


def check_inputs(inputs: Properties, *, scripts: tuple[str, ...]) -> tuple[CheckFailure, ...]:
    """Return what is wrong with a command's inputs; `scripts` are the names of the inputs that hold scripts."""
    known = {**_SETTINGS, **dict.fromkeys(scripts, string)}
    failures = []
    for name, value in inputs.items():
        if name.startswith("__") or name == "version":  # Pulumi's own
            continue
        if name not in known:
            allowed = ", ".join(sorted(known))
            failures.append(CheckFailure(name, f"there is no input of this name; there are: {allowed}"))
        elif problem := known[name](value):
            failures.append(CheckFailure(name, problem))
    return tuple(failures)


_list = typed(list, "a list")
_object = typed(dict, "an object")


def _strings(value: Value) -> str:
    problem = _list(value)
    items = unwrap(value)
    if problem or not isinstance(items, list):
        return problem
    return next((f"item {index}: {found}" for index, item in enumerate(items) if (found := string(item))), "")


def _string_map(value: Value) -> str:
    problem = _object(value)
    items = unwrap(value)
    if problem or not isinstance(items, dict):
        return problem
    return next((f"'{key}': {found}" for key, item in items.items() if (found := string(item))), "")


def _logging(value: Value) -> str:
    problem = string(value)
    mode = unwrap(value)
    if problem or not isinstance(mode, str) or mode in LOGGING_MODES:
        return problem
    return f"it is '{mode}', but must be one of: {', '.join(LOGGING_MODES)}"


_SETTINGS: Final[Mapping[str, Callable[[Value], str]]] = {
    "addPreviousOutputInEnv": boolean,
    "archivePaths": _strings,
    "assetPaths": _strings,
    "dir": string,
    "environment": _string_map,
    "interpreter": _strings,
    "logging": _logging,
    "stdin": string,
    "triggers": _list,
}
