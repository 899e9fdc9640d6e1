"""Signing in: address and token are asked for, checked with the server, and kept."""

__all__ = ["Wanted", "register_server"]

import os
import sys
from dataclasses import dataclass
from typing import Final

from pydantic import SecretStr, ValidationError

from core.errors import SptFlowError, UsageError
from sptcoder.cli.correlation import correlation_id
from sptcoder.cli.prompt import ask, ask_hidden
from sptcoder.cli.terminal import is_interactive, say, write_json, write_line
from sptcoder.config import (
    TOKEN_VARIABLE,
    URL_VARIABLE,
    Context,
    Document,
    check_address,
    checked_token,
    config_path,
    edit_document,
    name_of,
    read_document,
)
from sptcoder.doctor.examination import examine_sign_in
from sptcoder.doctor.report import finding_lines
from sptcoder.session.failures import ExpiredTokenError
from sptcoder.session.local_lab import HOW_TO_START_A_LAB, offer_local_lab
from sptcoder.session.sign_in import check_server, check_token

_URL_INSTEAD: Final = "sptcoder init --url https://coder.example.com --token-stdin"
_TOKEN_INSTEAD: Final = 'echo "$TOKEN" | sptcoder init --url {url} --token-stdin'  # noqa: S105 - how to give one


@dataclass(frozen=True)
class Wanted:
    """What the command line gave; what it did not give is asked for."""

    url: str | None
    token_from_stdin: bool
    name: str | None
    git_host: str | None


def register_server(wanted: Wanted, *, checks: bool, as_json: bool) -> None:
    """Sign in, save, and say so; raises UsageError where something is missing and nobody can be asked."""
    before = read_document()
    url, version = _server(wanted, before)
    token, user = _token(wanted, url)
    context = _context(wanted, before, url, token)
    edit_document(lambda document: document.having(context))
    findings = list(examine_sign_in(context.name)) if checks else []
    if as_json:
        said = {"context": context.name, "url": url, "user": user, "server_version": version}
        rows = [finding.as_json() for finding in findings]
        write_json({**said, "path": config_path(), "findings": rows, "correlation_id": correlation_id()})
        return
    write_line(f"Signed in to {url} as {user} (context '{context.name}', kept in {config_path()}).")
    if os.environ.get(URL_VARIABLE) and os.environ.get(TOKEN_VARIABLE):
        say(f"{URL_VARIABLE} and {TOKEN_VARIABLE} are set: where they are, they come before it.", "yellow")
    for finding in findings:
        for line in finding_lines(finding, sys.stderr):
            say(line)


def _server(wanted: Wanted, before: Document) -> tuple[str, str]:
    """Return address and version of the server; a person whose address does not work is asked again."""
    if wanted.url is not None and not is_interactive():
        return _checked_server(wanted.url)
    typed = wanted.url or _asked_address(before)
    while True:
        try:
            url = check_address(typed)
            return url, check_server(url)
        except SptFlowError as error:
            say(error.message, "yellow")
            if error.next_command:
                say(f"Next:  {error.next_command}")
            offer_local_lab()
        typed = _asked_address(before)


def _checked_server(typed: str) -> tuple[str, str]:
    """Check an address that nobody can correct: one that does not work is a misuse."""
    try:
        url = check_address(typed)
        return url, check_server(url)
    except SptFlowError as error:
        raise UsageError(
            error.message, next_command=f"sptcoder init with another --url. {HOW_TO_START_A_LAB}"
        ) from None


def _asked_address(before: Document) -> str:
    current = next((context.url for context in before.contexts if context.name == before.current), "")
    return ask("Address of your Coder server", instead=_URL_INSTEAD, default=current)


def _token(wanted: Wanted, url: str) -> tuple[SecretStr, str]:
    """Return the token and its user's name."""
    instead = _TOKEN_INSTEAD.format(url=url)
    given = _given_token(wanted, instead)
    if given is not None:
        return given, check_token(url, given)
    if is_interactive():
        say(f"Make a session token at {url}/cli-auth")
    while True:
        typed = ask_hidden("Session token", instead=instead)
        try:
            token = checked_token(typed, "what was typed", instead)
            return token, check_token(url, token)
        except (ExpiredTokenError, UsageError) as error:
            say(error.message, "yellow")


def _given_token(wanted: Wanted, instead: str) -> SecretStr | None:
    """Return the token that came by stdin, or, where nobody can be asked, by the environment."""
    if wanted.token_from_stdin:
        return checked_token(sys.stdin.readline(), "the first line of stdin", instead)
    found = os.environ.get(TOKEN_VARIABLE)
    return checked_token(found, TOKEN_VARIABLE, instead) if found and not is_interactive() else None


def _context(wanted: Wanted, before: Document, url: str, token: SecretStr) -> Context:
    known = next((context for context in before.contexts if context.url == url), None)
    name = wanted.name or (known.name if known else name_of(url))
    host = wanted.git_host or (known.git_host if known else "github.com")
    try:
        return Context(name=name, url=url, token=token, git_host=host)
    except ValidationError:
        raise UsageError(
            f"'{name}' as a context's name, or '{host}' as a git host, cannot be: names are of letters, digits, "
            "'.', '_' and '-', up to 63; hosts are like github.com or git.example.com:8443.",
            next_command="sptcoder init --help",
        ) from None
