"""Names that say that their value is a secret, and values that are none whatever the name says."""

__all__ = ["assigned_secret", "names_secret", "refers", "stands_in"]

import re
from typing import Final

_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
# Last words of names. Those that end in something else (PASSWORD_FILE, TOKEN_DAYS, secretName) speak about a secret.
_PASSWORDS: Final = ("password", "passwd", "passphrase", "passwort", "pwd", "pass", "pw")
_SECRETS: Final = ("token", "secret", "credential", "credentials", "apikey", "secrets", "tokens")
_LONG: Final = ("password", "passwd", "passphrase", "token", "secret", "apikey")
_HOLDERS: Final = ("secret", "secrets", "credential", "credentials", "key")
_SECRET_KEYS: Final = frozenset(
    ("api", "access", "secret", "private", "signing", "encryption", "master", "auth", "account", "license", "storage")
)
_PUBLIC_KEYS: Final = frozenset(
    ("public", "primary", "foreign", "sort", "partition", "cache", "routing", "map", "object", "group", "label", "tag")
)
_KEY: Final = "key"
# A variable, an expression of a template or of Kubernetes, a path, a mark of something left out, a truth value.
_STAND_INS: Final = re.compile(
    r"\s*|\$[({A-Za-z_@].*|%\(?[A-Za-z_]+\)?[s%]|\{\{.*\}\}|<[^<>]*>|\[[a-z]+\]|\*+|\.{3}|(?i:true|false|yes|no|on|off|none|null)"
    r"|/[A-Za-z0-9._/-]*|file://.*|op://.*|projects/.*|arn:aws:.*",
    re.DOTALL,
)
_NUMBER: Final = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]+)?[smhd]?")
_NAME: Final = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
_HEXADECIMAL: Final = re.compile(r"[0-9a-f]{20,}")
_VALUE: Final = r"""(?:"(?P<double>[^"\n]*)"|'(?P<single>[^'\n]*)'|(?P<bare>[^\s"',;&|)}\]=][^\s"',;&|)}\]]*))"""
# From its first sign on: a long run of signs is looked at once, not from each of them.
_NAMED: Final = r"(?<![A-Za-z0-9_.-])-{0,2}(?P<name>[A-Za-z][A-Za-z0-9_.-]{1,63})"
# Three ways to give a value a name: name=value, name: value to the end of a line, --name value.
_ASSIGNMENTS: Final = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        rf"{_NAMED}[\"']?[ ]?=[ ]?{_VALUE}",
        rf"{_NAMED}(?:[\"']:[ \t]*|:[ \t]+){_VALUE}(?=[ \t]*(?:$|[,;}}#]))",
        rf"(?=-){_NAMED}[ \t]+{_VALUE}",
    )
)
_LEAST_LENGTH: Final = 4
_LEAST_LENGTH_OF_TOKEN: Final = 8


def names_secret(name: str, *, any_key: bool = False) -> bool:
    """Say whether a name, of a variable or a property, says that its value is a secret: its last word does.

    With `any_key` every key is one but those that are known for none; without, those that are known for it.
    """
    *before, last = ["", *_words(name)]
    if last in _SECRETS or last.endswith(_LONG) or says_password(name):
        return True
    if last != _KEY:
        return False
    return before[-1] not in _PUBLIC_KEYS if any_key else before[-1] in _SECRET_KEYS


def says_password(name: str) -> bool:
    """Say whether the last word of a name means a password, of which any value is one, however plain."""
    last = ["", *_words(name)][-1]
    return last in _PASSWORDS or last.endswith(("password", "passwd", "passphrase"))


def refers(value: str, name: str) -> bool:
    """Say whether the value of a property called secret, or key, is the name of an object that holds one."""
    last = ["", *_words(name)][-1]
    return last in _HOLDERS and _NAME.fullmatch(value) is not None and not _HEXADECIMAL.fullmatch(value)


def stands_in(value: str, name: str = "") -> bool:
    """Say whether a value is no secret whatever its name says: empty, a reference, a path, a switch, a number."""
    if _STAND_INS.fullmatch(value):
        return True
    return not says_password(name) and _NUMBER.fullmatch(value) is not None


def assigned_secret(text: str) -> bool:
    """Say whether lines or arguments give something a value that its name calls secret: password=..., --token ..."""
    return any(_is_secret(found) for pattern in _ASSIGNMENTS for found in pattern.finditer(text))


def _is_secret(found: re.Match[str]) -> bool:
    name, value = found["name"], found["double"] or found["single"] or found["bare"] or ""
    # Something is called or looked up there: a program is not its result.
    if not names_secret(name) or stands_in(value, name) or (found["bare"] and ("(" in value or "[" in value)):
        return False
    if says_password(name):
        return len(value) >= _LEAST_LENGTH
    return len(value) >= _LEAST_LENGTH_OF_TOKEN and any(sign.isdigit() for sign in value)


def _words(name: str) -> list[str]:
    """Return the words of a name in lower case, without numbers at its end."""
    words = [word.lower() for word in _WORDS.findall(name)]
    while words and words[-1].isdigit():
        words.pop()
    return words
