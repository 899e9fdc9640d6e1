"""Which files a command leaves behind are kept: path patterns, evaluated in order, `!` excludes again."""

__all__ = ["matching_files"]

import os
import re
from collections.abc import Sequence
from pathlib import Path

from core.errors import SptFlowError


def matching_files(directory: Path, patterns: Sequence[str]) -> dict[str, Path]:
    """Return the files below `directory` by their relative name with `/`.

    `*` and `?` match anything but `/`, `**` matches anything, `[a-z]` and `[!a-z]` one character, `{a,b}` either.
    A pattern that starts with `!` takes out what patterns before it let in.
    """
    rules = [(pattern.startswith("!"), _compile(pattern.removeprefix("!"))) for pattern in patterns]
    kept: dict[str, Path] = {}
    for name in _file_names(directory):
        wanted = False
        for excludes, rule in rules:
            if rule.fullmatch(name):
                wanted = not excludes
        if wanted:
            kept[name] = Path(os.path.normpath(directory / name))
    return kept


def _file_names(directory: Path) -> list[str]:
    names: list[str] = []
    for folder, _, files in os.walk(directory, onerror=_refuse):
        names.extend((Path(folder) / file).relative_to(directory).as_posix() for file in files)
    return sorted(names)


def _refuse(error: OSError) -> None:
    raise SptFlowError(f"The folder '{error.filename}' cannot be read: {error.strerror}.")


_TOKEN = re.compile(r"\*\*|\*|\?|\[(?P<negated>[!^]?)(?P<set>[^\]]+)\]|[{},]|\\(?P<escaped>.)|(?P<plain>.)", re.DOTALL)


def _compile(pattern: str) -> re.Pattern[str]:
    parts: list[str] = []
    depth = 0
    for token in _TOKEN.finditer(pattern):
        text = token.group()
        if text == "{":
            depth += 1
            parts.append("(?:")
        elif text == "}" and depth:
            depth -= 1
            parts.append(")")
        elif text == "," and depth:
            parts.append("|")
        elif token["set"] is not None:
            parts.append(f"[{'^' if token['negated'] else ''}{_character_set(token['set'])}]")
        else:
            parts.append(_WILDCARDS.get(text) or re.escape(token["escaped"] or text))
    if depth:
        raise SptFlowError(f"The path pattern '{pattern}' has a '{{' without a '}}'.")
    return re.compile("".join(parts), re.DOTALL)


_WILDCARDS = {"**": ".*", "*": "[^/]*", "?": "[^/]"}


def _character_set(text: str) -> str:
    return re.sub(r"([\\\[\]^&~|])", r"\\\1", text)
