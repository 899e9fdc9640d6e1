"""Versions of a Coder server and what they can do: gates follow what the server says it is."""

__all__ = ["Capability", "ServerVersion"]

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from core.errors import SptFlowError

_FORM: Final = re.compile(r"v?(?P<major>\d+)\.(?P<minor>\d+)\.(?P<patch>\d+)(?:-(?P<pre>[0-9A-Za-z.-]+))?(?:\+.*)?")


@dataclass(frozen=True)
class ServerVersion:
    """A semantic version; build metadata (`+7e0ff4c`) does not count, a pre-release stands before its release."""

    major: int
    minor: int
    patch: int
    pre: str = ""

    @classmethod
    def parse(cls, text: str) -> "ServerVersion":
        """Read `v2.36.3+7e0ff4c`, `2.26.5`, `v2.37.0-rc.1`; raise SptFlowError for anything else."""
        found = _FORM.fullmatch(text.strip())
        if found is None:
            raise SptFlowError(f"'{text}' is no version of Coder; expected is a form like v2.36.3 or 2.26.5.")
        return cls(int(found["major"]), int(found["minor"]), int(found["patch"]), found["pre"] or "")

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}{f'-{self.pre}' if self.pre else ''}"

    def __lt__(self, other: "ServerVersion") -> bool:
        return self._key() < other._key()

    def __le__(self, other: "ServerVersion") -> bool:
        return self._key() <= other._key()

    def _key(self) -> tuple[tuple[int, int, int], bool, tuple[tuple[bool, int, str], ...]]:
        # Semantic Versioning 2.0, section 11: numbers before words, a release after all its pre-releases.
        parts = tuple(
            (not part.isdigit(), int(part) if part.isdigit() else 0, "" if part.isdigit() else part)
            for part in self.pre.split(".")
            if part
        )
        return (self.major, self.minor, self.patch), not self.pre, parts

    def supports(self, capability: "Capability") -> bool:
        """Say whether a server of this version has the capability; a pre-release counts as its release."""
        release = ServerVersion(self.major, self.minor, self.patch)
        since, until = capability.value
        return ServerVersion.parse(since) <= release and (until is None or release < ServerVersion.parse(until))


class Capability(Enum):
    """What servers of some versions can do: first version, and the first one that cannot any more."""

    AI_TASKS = ("2.28.0", "2.37.0")
    """`coder_ai_task` in templates (Tasks); from 2.37 only in an extended-support release."""

    USER_SECRETS = ("2.33.0", None)
    """Secrets of users, readable by templates as `data.coder_secret`."""

    PARTIAL_TEMPLATE_PATCH = ("2.30.0", None)
    """A field left out of PATCH /templates/{id} stays as it is; before, it became zero and 304 was possible."""

    CHART_WORKSPACE_NAMESPACES = ("2.27.3", None)
    """Chart key `coder.serviceAccount.workspaceNamespaces`, with the roles it needs."""
