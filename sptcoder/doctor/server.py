"""The server: there, of a version that is understood, knowing the user, with templates and logins."""

__all__ = ["examine_server", "kind_of"]

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from core.errors import SptFlowError
from sptcoder.api import ApiError
from sptcoder.doctor.finding import Finding, fine, note, problem
from sptcoder.doctor.templates import examine_templates
from sptcoder.session import (
    ExpiredTokenError,
    NotCoderError,
    Session,
    TlsError,
    UnreachableError,
    VersionSkewError,
)
from sptcoder.session.sign_in import check_server

_KINDS: Final = {
    UnreachableError: "unreachable",
    TlsError: "tls",
    NotCoderError: "not-coder",
    VersionSkewError: "version-skew",
    ExpiredTokenError: "expired-token",
}
_SOON: Final = timedelta(days=3)


def kind_of(error: SptFlowError) -> str | None:
    """Return the name of a failure's explanation, None if it has none."""
    return _KINDS.get(type(error))


def examine_server(session: Session) -> Iterator[Finding]:
    """Ask the server for itself first, then for the user: a fault there is the last finding."""
    try:
        version = check_server(session.url)
    except SptFlowError as error:
        yield problem("server", error, kind=kind_of(error))
        return
    yield fine("server", f"Coder {version} at {session.url} (context '{session.context.name}')")
    try:
        user = session.client.users.me()
    except SptFlowError as error:
        told = session.explained(error)
        yield problem("sign-in", told, kind=kind_of(told))
        return
    yield _token(session, user.username)
    yield from examine_templates(session.client)
    yield from _logins(session)


def _token(session: Session, user: str) -> Finding:
    """Look at the token's end; a server that does not tell it leaves that out."""
    key = session.token.get_secret_value().partition("-")[0]
    try:
        expires = session.client.tokens.get("me", key).expires_at
    except ApiError:
        expires = None
    if expires is None:
        return fine("sign-in", f"as {user}")
    words = f"as {user}, until {expires:%Y-%m-%d %H:%M} UTC"
    if expires - datetime.now(UTC) < _SOON:
        return note("sign-in", words, session.sign_in_again(), "expired-token")
    return fine("sign-in", words)


def _logins(session: Session) -> Iterator[Finding]:
    listed = session.client.external_auth.list()
    linked = {link.provider_id for link in listed.links if link.authenticated}
    for provider in listed.providers:
        name = provider.display_name or provider.id
        if provider.id in linked:
            yield fine("git logins", f"your account is linked to {name}")
        else:
            link = f"{session.url}/external-auth/{provider.id}"
            yield note("git logins", f"your account is not linked to {name}", f"open {link}", "clone-refused")
    if not listed.providers:
        text = "the server has no logins for private repositories"
        yield note("git logins", text, "sptcoder up --lend-git-credentials lends your own", "clone-refused")
