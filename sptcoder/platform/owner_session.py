"""A session of the server's owner: made with the first user, or by logging in; ended when its work is done."""

__all__ = ["Owner", "OwnerLoginError", "owner_session"]

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from core.errors import SptFlowError
from sptcoder.api.client import CoderClient
from sptcoder.api.errors import ApiError, TokenRefusedError

Connect = Callable[[str | None], CoderClient]
"""Returns a client for a session token, or for none."""


@dataclass(frozen=True)
class Owner:
    """The first user of the server, who may do everything."""

    email: str
    username: str
    password: str = field(repr=False)


class OwnerLoginError(SptFlowError):
    """The server has users, and the owner's password is not the one we know."""

    def __init__(self, owner: Owner, url: str) -> None:
        super().__init__(
            f"Coder at {url} has users already and does not let '{owner.email}' in with this stack's password: it was "
            "changed by hand, or the database is older or newer than this stack's state. Set it back to the stack's.",
            next_command=f"kubectl -n coder exec -it deploy/coder -- coder reset-password {owner.username}",
        )


@contextlib.contextmanager
def owner_session(connect: Connect, owner: Owner, *, say: Callable[[str], None]) -> Iterator[CoderClient]:
    """Create the owner if the server has no user, log in, and yield a client; the session is ended afterwards."""
    with connect(None) as stranger:
        if not stranger.users.has_first():
            say(f"creating the first user '{owner.username}'")
            _create_first(stranger, owner)
        try:
            token = stranger.users.login(email=owner.email, password=owner.password)
        except TokenRefusedError:
            raise OwnerLoginError(owner, stranger.url) from None
    with connect(token) as client:
        try:
            yield client
        finally:
            with contextlib.suppress(SptFlowError):  # it ends by itself after a day
                client.users.logout()


def _create_first(client: CoderClient, owner: Owner) -> None:
    try:
        client.users.create_first(email=owner.email, username=owner.username, password=owner.password)
    except ApiError:
        if not client.users.has_first():
            raise
        # Another run was faster: its user is the one we log in as.
