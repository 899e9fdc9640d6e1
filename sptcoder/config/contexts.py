"""Which server a command talks to: the one it names, the environment's, or the current one of the file."""

__all__ = ["NoContextError", "active_context"]

import os
from collections.abc import Mapping
from typing import Final

from pydantic import SecretStr

from core.errors import SptFlowError
from sptcoder.config.document import Context

_URL: Final = "CODER_URL"
_TOKEN: Final = "CODER_SESSION_TOKEN"  # noqa: S105 - the variable's name


class NoContextError(SptFlowError):
    """There is no server to talk to: nobody has signed in yet, or the named one is not known."""


def active_context(name: str | None = None, environment: Mapping[str, str] = os.environ) -> Context:
    """Return the context to use; raise NoContextError with what to do if there is none."""
    if name is None and environment.get(_URL) and environment.get(_TOKEN):
        return Context(name="environment", url=environment[_URL], token=SecretStr(environment[_TOKEN]))
    raise NoContextError("You are not signed in to a Coder server yet.", next_command="sptcoder init")
