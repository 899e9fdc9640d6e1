"""More kinds of values settings have: numbers, schedules, secrets, names of people, lists and objects of JSON."""

__all__ = [
    "CronSchedule",
    "EmailAddress",
    "ImagePatterns",
    "JsonObject",
    "NameList",
    "ObjectList",
    "PositiveNumber",
    "SecretText",
    "UserName",
]

import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, PlainSerializer, SecretStr

from core.cron_schedule import CronScheduleError, CronTimes

_MOST: Final = 100_000
_USER_NAME: Final = re.compile(r"[a-zA-Z0-9]+(?:-[a-zA-Z0-9]+)*", re.ASCII)
_USER_NAME_LENGTH: Final = 32
_EMAIL: Final = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", re.ASCII)
_LIST_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*", re.ASCII)
_IMAGE_PATTERN: Final = re.compile(r"[a-z0-9*?][a-z0-9._/*?-]*:[A-Za-z0-9_.*?-]+", re.ASCII)


def _number(value: object) -> int:
    text = str(value)
    if isinstance(value, bool) or re.fullmatch(r"[0-9]{1,6}", text, re.ASCII) is None or not 0 < int(text) <= _MOST:
        raise ValueError(f"a whole number from 1 to {_MOST} is expected")
    return int(text)


def _cron(value: object) -> str:
    text = str(value)
    expected = 'a cron schedule of five fields is expected, for example "30 2 * * *" for every night at 2:30'
    # Names such as @daily are read as well, but say less: five fields, each after one space.
    if text.startswith("@") or text.split(" ") != text.split():
        raise ValueError(expected)
    try:
        CronTimes.parse(text)
    except CronScheduleError:
        raise ValueError(expected) from None
    return text


def _secret(value: object) -> SecretStr:
    if isinstance(value, SecretStr):
        return value
    text = str(value)
    if not text.isprintable() or text != text.strip():
        raise ValueError("one line of printable text without spaces around it is expected")
    return SecretStr(text)


def _email(value: object) -> str:
    text = str(value)
    if _EMAIL.fullmatch(text) is None:
        raise ValueError("an e-mail address is expected, for example admin@example.com")
    return text


def _user_name(value: object) -> str:
    text = str(value)
    if len(text) > _USER_NAME_LENGTH or _USER_NAME.fullmatch(text) is None:
        raise ValueError(
            f"a user name of letters, digits and single hyphens, at most {_USER_NAME_LENGTH} of them, is expected"
        )
    return text


def _texts(value: object, pattern: re.Pattern[str], expected: str) -> tuple[str, ...]:
    try:
        listed = json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        listed = None
    if not isinstance(listed, list | tuple) or not all(
        isinstance(entry, str) and pattern.fullmatch(entry) for entry in listed
    ):
        raise ValueError(f"a JSON list of {expected}")
    return tuple(listed)


def _names(value: object) -> tuple[str, ...]:
    return _texts(value, _LIST_NAME, 'names is expected, for example ["first", "second"]')


def _patterns(value: object) -> tuple[str, ...]:
    return _texts(value, _IMAGE_PATTERN, 'patterns of repository:tag is expected, for example ["spt-flow/*:v*"]')


def _object(value: object) -> Mapping[str, Any]:
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, Mapping):
        raise ValueError('a JSON object is expected, for example {"key": "value"}')  # noqa: TRY004 - pydantic's way
    return dict(found)


def _objects(value: object) -> tuple[Mapping[str, Any], ...]:
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, list | tuple) or not all(isinstance(entry, Mapping) for entry in found):
        raise ValueError('a JSON list of objects is expected, for example [{"key": "value"}]')
    return tuple(found)


PositiveNumber = Annotated[int, BeforeValidator(_number)]
"""A whole number above zero."""

CronSchedule = Annotated[str, BeforeValidator(_cron)]
"""When a CronJob runs, five fields of numbers; the cluster's time zone is UTC unless somebody changed it."""

SecretText = Annotated[SecretStr, BeforeValidator(_secret), PlainSerializer(str)]
"""A secret, or an empty one; never shown. It must be marked as secret in the stack."""

EmailAddress = Annotated[str, BeforeValidator(_email)]
"""An e-mail address."""

UserName = Annotated[str, BeforeValidator(_user_name)]
"""The name of a Coder user."""

NameList = Annotated[tuple[str, ...], BeforeValidator(_names)]
"""Names, as a JSON list."""

ImagePatterns = Annotated[tuple[str, ...], BeforeValidator(_patterns)]
"""Patterns of repository:tag, with * and ?, as a JSON list."""

JsonObject = Annotated[Mapping[str, Any], BeforeValidator(_object)]
"""Anything with keys, as a JSON object."""

ObjectList = Annotated[tuple[Mapping[str, Any], ...], BeforeValidator(_objects)]
"""Things with keys, as a JSON list of objects."""
