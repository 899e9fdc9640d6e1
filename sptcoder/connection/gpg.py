"""The GPG agent of this machine, lent to a workspace: it signs there, and no private key leaves this machine."""

__all__ = ["lend_gpg"]

import shutil
import sys
from pathlib import Path
from typing import Final

from core.command import Command
from core.errors import CommandFailedError, SptFlowError
from sptcoder.connection.ssh_words import sh_text
from sptcoder.connection.tunnel import Tunnel

_SECONDS: Final = 30.0
_TRUST: Final = "-- trust --"
_PREPARE: Final = f"""\
if ! command -v gpg >/dev/null 2>&1; then echo 'it has no gpg' >&2; exit 1; fi
while IFS= read -r line && [ "$line" != '{_TRUST}' ]; do printf '%s\\n' "$line"; done |
    gpg --batch --quiet --import >/dev/null || exit 1
gpg --batch --quiet --import-ownertrust >/dev/null || exit 1
gpgconf --kill gpg-agent >/dev/null 2>&1
gpgconf --list-dirs agent-socket
"""
"""Takes public keys and trust from stdin, ends an agent that runs there, and says where gpg looks for one."""


def lend_gpg(tunnel: Tunnel) -> tuple[str, str]:
    """Give the workspace the public keys and their trust; return the sockets to join, there and here.

    The socket here is GnuPG's own for other machines ("extra"): it signs and decrypts, and gives no key away.
    Raises SptFlowError if either side cannot.
    """
    if sys.platform == "win32":
        raise SptFlowError(
            "--forward-gpg does not work on Windows: OpenSSH cannot forward GnuPG's sockets of Windows.",
            next_command="the same command inside WSL2",
        )
    here = _local_socket()
    done = tunnel.run(sh_text(_PREPARE), stdin=_public_part(), timeout=_SECONDS)
    there = done.stdout.strip()
    if done.returncode != 0 or not there.startswith("/"):
        words = " ".join(done.stderr.split()) or "gpgconf names no socket"
        raise SptFlowError(f"The workspace '{tunnel.target.name}' cannot use a GPG agent: {words}.")
    return there, here


def _local_socket() -> str:
    for program in ("gpg", "gpgconf", "gpg-connect-agent"):
        if shutil.which(program) is None:
            raise SptFlowError(f"--forward-gpg needs GnuPG on this machine, and '{program}' is not on PATH.")
    # Started if it does not run: a forwarded socket that nobody listens on fails much later and says nothing.
    Command("gpg-connect-agent").run("/bye", timeout=_SECONDS, check=False)
    socket = Command("gpgconf").run("--list-dirs", "agent-extra-socket", timeout=_SECONDS).stdout.strip()
    if not Path(socket).is_socket():
        raise SptFlowError(
            f"The GPG agent of this machine does not listen on {socket}.", next_command="gpg-connect-agent /bye"
        )
    return socket


def _public_part() -> str:
    gpg = Command("gpg")
    try:
        keys = gpg.run("--batch", "--armor", "--export", timeout=_SECONDS).stdout
        trust = gpg.run("--batch", "--export-ownertrust", timeout=_SECONDS).stdout
    except CommandFailedError as error:
        raise SptFlowError(f"The public keys of this machine cannot be read: {error.message}") from None
    if not keys.strip():
        raise SptFlowError("This machine has no GPG key to lend.", next_command="gpg --list-secret-keys")
    return f"{keys}{_TRUST}\n{trust}"
