"""Which server a command talks to: the one it names, the environment's, or the current one of the file."""

__all__ = ["ENVIRONMENT", "TOKEN_VARIABLE", "URL_VARIABLE", "NoContextError", "active_context"]

import os
from collections.abc import Mapping
from typing import Final

from core.errors import SptFlowError
from sptcoder.config.address import check_address
from sptcoder.config.document import Context
from sptcoder.config.file import read_document
from sptcoder.config.token_form import checked_token

URL_VARIABLE: Final = "CODER_URL"
"""Environment variable with a server's address; counts only together with the token's."""

TOKEN_VARIABLE: Final = "CODER_SESSION_TOKEN"  # noqa: S105 - the variable's name
"""Environment variable with a session token."""

ENVIRONMENT: Final = "environment"
"""Name of the context those two make."""


class NoContextError(SptFlowError):
    """There is no server to talk to: nobody has signed in yet, or no context is the current one."""


def active_context(name: str | None = None, environment: Mapping[str, str] = os.environ) -> Context:
    """Return the context to use; raise NoContextError or UnknownContextError with what to do if there is none."""
    if name is None and environment.get(URL_VARIABLE) and environment.get(TOKEN_VARIABLE):
        address = check_address(environment[URL_VARIABLE])
        again = f"set {TOKEN_VARIABLE} again, or unset it and use sptcoder init"
        token = checked_token(environment[TOKEN_VARIABLE], TOKEN_VARIABLE, again)
        return Context(name=ENVIRONMENT, url=address, token=token)
    document = read_document(environment)
    if name is not None:
        return document.find(name)
    if document.current:
        return document.find(document.current)
    if document.contexts:
        names = ", ".join(f"'{context.name}'" for context in document.contexts)
        raise NoContextError(
            f"None of your contexts ({names}) is the current one.",
            next_command=f"sptcoder context use {document.contexts[0].name}",
        )
    raise NoContextError("You are not signed in to a Coder server yet.", next_command="sptcoder init")
