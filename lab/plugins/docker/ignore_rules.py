"""Which files of a build context Docker leaves out: the patterns of a .dockerignore file, as BuildKit applies them."""

__all__ = ["IgnoreRules", "read_rules"]

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from core.errors import SptFlowError

_GLOB_SIGNS: Final = frozenset("*[]?\\")


@dataclass(frozen=True)
class _Rule:
    """One pattern; `exception` is the `!` before it."""

    pattern: str
    exception: bool

    def matches(self, path: str) -> bool:
        if self._expression is None:
            return path == self.pattern
        return self._expression.fullmatch(path) is not None

    @cached_property
    def below(self) -> str:
        """The pattern without a last `/**` or `/*`, and with a slash at its end."""
        return f"{self.pattern.removesuffix('/**').removesuffix('/*')}/"

    @cached_property
    def _expression(self) -> re.Pattern[str] | None:
        """The pattern as an expression; None if nothing but the very path matches."""
        pattern = self.pattern
        plain_start = pattern.removesuffix("**")
        if plain_start != pattern and not _GLOB_SIGNS & set(plain_start):
            return re.compile(f"{re.escape(plain_start)}.*", re.DOTALL)
        plain_end = pattern.removeprefix("**")
        if plain_end != pattern and not _GLOB_SIGNS & set(plain_end):
            # `**/name` is that name at any depth, `**name` any path that ends so.
            start = "(?:.*/)?" if plain_end.startswith("/") else ".*"
            return re.compile(f"{start}{re.escape(plain_end.removeprefix('/'))}", re.DOTALL)
        if not _GLOB_SIGNS & set(pattern):
            return None
        return re.compile(_expression(pattern))


_IN_SET: Final = r"(?:\\.|[^\]\\-])"
_WELL_FORMED: Final = re.compile(rf"(?:[^\[\\]|\\.|\[\^?(?:{_IN_SET}(?:-{_IN_SET})?)+\])+", re.DOTALL)
_LETTER_ESCAPED: Final = re.compile(r"(?<!\\)(?:\\\\)*\\[^\W_]")
_TOKEN: Final = re.compile(r"\*\*/?|\*|\?|\\(?P<escaped>.)|(?P<raw>[\[\]^])|(?P<plain>.)", re.DOTALL)


def _expression(pattern: str) -> str:
    parts = []
    for token in _TOKEN.finditer(pattern):
        text = token.group()
        if text.startswith("**"):
            # At the end anything, before more any number of folders.
            parts.append(".*" if token.end() == len(pattern) else "(?:.*/)?")
        elif text in {"*", "?"}:
            parts.append("[^/]*" if text == "*" else "[^/]")
        else:
            parts.append(token["raw"] or re.escape(token["escaped"] or text))
    return "".join(parts)


@dataclass(frozen=True)
class IgnoreRules:
    """The patterns of one file, in their order; a later one overrules those before."""

    rules: tuple[_Rule, ...]

    @classmethod
    def of(cls, patterns: Sequence[str]) -> "IgnoreRules":
        """Return the rules of patterns; raise SptFlowError for one that is malformed."""
        return cls(tuple(_rule(pattern) for pattern in patterns))

    def judge(self, path: str, folder: Sequence[bool] = ()) -> tuple[bool, tuple[bool, ...]]:
        """Return whether a path relative to the context is left out, and which rules matched it or its folders.

        `folder` is what this method returned for the folder that holds it. As in BuildKit a rule that could not
        change the verdict is not asked, and then counts as not matching for what is inside, too.
        """
        left_out = False
        matched = []
        for index, rule in enumerate(self.rules):
            inherited = bool(folder) and folder[index]
            hit = inherited or (rule.exception == left_out and rule.matches(path))
            matched.append(hit)
            if hit:
                left_out = not rule.exception
        return left_out, tuple(matched)

    def may_hold_exceptions(self, folder: str) -> bool:
        """Return whether anything inside a folder that is left out may have to be taken in all the same."""
        exceptions = [rule for rule in self.rules if rule.exception]
        if any((_GLOB_SIGNS | {"^"}) & set(rule.below) for rule in exceptions):
            return True
        return any(rule.below.startswith(f"{folder}/") for rule in exceptions)


def read_rules(dockerfile: Path, context: Path) -> IgnoreRules:
    """Return the rules of `<Dockerfile>.dockerignore`, or else of `.dockerignore` in the context, or none."""
    for path in (dockerfile.with_name(f"{dockerfile.name}.dockerignore"), context / ".dockerignore"):
        try:
            text = path.read_text(encoding="utf-8-sig", errors="surrogateescape")
        except FileNotFoundError:
            continue
        except OSError as error:
            raise SptFlowError(f"The file '{path}' cannot be read: {error.strerror}.") from None
        return IgnoreRules.of(_patterns(text))
    return IgnoreRules(())


def _patterns(text: str) -> list[str]:
    found = []
    for line in text.split("\n"):
        if line.startswith("#") or not line.strip():
            continue
        pattern = line.strip()
        exception = pattern.startswith("!")
        pattern = _clean(pattern.removeprefix("!").strip())
        found.append(f"!{pattern}" if exception else pattern)
    return found


def _clean(pattern: str) -> str:
    """Return the shortest form of a path, relative to the context."""
    if not pattern:
        return ""
    cleaned = posixpath.normpath(pattern)
    # Two leading slashes have a meaning to POSIX alone.
    cleaned = f"/{cleaned.lstrip('/')}" if cleaned.startswith("/") else cleaned
    return cleaned[1:] if len(cleaned) > 1 and cleaned.startswith("/") else cleaned


def _rule(pattern: str) -> _Rule:
    # Docker shortens once more with the `!` in front, by which `!../x` comes to be `x`: odd, but what a build does.
    pattern = posixpath.normpath(pattern)
    rule = _Rule(pattern.removeprefix("!"), pattern.startswith("!"))
    try:
        # BuildKit takes a backslash before a letter or digit for more than that sign.
        fine = bool(_WELL_FORMED.fullmatch(rule.pattern)) and not _LETTER_ESCAPED.search(rule.pattern)
        rule.matches("")
    except re.error:
        fine = False
    if not fine:
        raise SptFlowError(f"The pattern '{pattern}' of the .dockerignore file is malformed.")
    return rule
