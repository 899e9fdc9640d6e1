"""The configuration file: read whole, written whole, for its owner's eyes only."""

__all__ = ["BadConfigError", "edit_document", "read_document"]

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import ValidationError

from core.complete_file import complete_file
from core.errors import SptFlowError
from sptcoder.config.address import name_of
from sptcoder.config.document import Context, Document
from sptcoder.config.file_lock import held_lock
from sptcoder.places import config_path, legacy_path

_HEAD: Final = "# Written by sptcoder. It holds session tokens: keep it to yourself.\n"
_OWNER_ONLY: Final = 0o600
_FOLDER_MODE: Final = 0o700


class BadConfigError(SptFlowError):
    """The configuration file is there and cannot be read as one."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(
            f"The configuration file {path} cannot be used: {problem}.",
            next_command=f"mend or remove {path}, then sptcoder init",
        )


def read_document(environment: Mapping[str, str] = os.environ) -> Document:
    """Return the configuration; an empty one if there is no file. Raises BadConfigError."""
    for path in (config_path(environment), legacy_path(environment)):
        text = _text_of(path)
        if text is not None:
            return _parsed(path, text)
    return Document()


def edit_document(change: Callable[[Document], Document], environment: Mapping[str, str] = os.environ) -> Document:
    """Read, change and write the configuration under a lock; return what was written.

    A file is replaced as a whole or not at all, and is readable by its owner alone from its first byte on.
    """
    path = config_path(environment)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=_FOLDER_MODE)
        with held_lock(path.with_suffix(".lock")):
            changed = change(read_document(environment))
            with complete_file(path, mode=_OWNER_ONLY) as stream:
                stream.write(_rendered(changed).encode())
            return changed
    except OSError as error:
        raise SptFlowError(
            f"The configuration cannot be written to {path}: {error.strerror or error}.",
            next_command="give yourself the right to write there, or set XDG_CONFIG_HOME to a folder of yours",
        ) from None


def _text_of(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except UnicodeDecodeError:
        raise BadConfigError(path, "it is no UTF-8 text") from None
    except OSError as error:
        raise BadConfigError(path, error.strerror or str(error)) from None


def _parsed(path: Path, text: str) -> Document:
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        # Of YAML's message the place alone: the rest quotes the line, which may hold a token.
        mark = getattr(error, "problem_mark", None)
        raise BadConfigError(path, f"it is no YAML{'' if mark is None else f' (line {mark.line + 1})'}") from None
    except RecursionError:
        raise BadConfigError(path, "it is nested too deeply") from None
    if content is None:
        return Document()
    if not isinstance(content, dict):
        raise BadConfigError(path, "expected is a mapping with the key 'contexts'")
    try:
        return _short_form(content) if "url" in content else Document.model_validate(content)
    except ValidationError as error:
        raise BadConfigError(path, _first_problem(error)) from None


def _short_form(content: dict[Any, Any]) -> Document:
    """Read the form of one server: url, token and git_host at the top."""
    named = {"name": name_of(str(content["url"])), **{str(key): value for key, value in content.items()}}
    return Document().having(Context.model_validate(named))


def _first_problem(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    where = ".".join(map(str, first["loc"]))
    message = str(first["msg"]).removeprefix("Value error, ").rstrip(".")
    return f"{where}: {message}" if where else message


def _rendered(document: Document) -> str:
    contexts = [
        {
            "name": context.name,
            "url": context.url,
            "token": context.token.get_secret_value(),
            "git_host": context.git_host,
        }
        for context in document.contexts
    ]
    settings = document.model_dump(exclude={"contexts", "current"}, exclude_defaults=True)
    content = {"current": document.current, "contexts": contexts, **settings}
    return _HEAD + yaml.safe_dump(content, sort_keys=False)
