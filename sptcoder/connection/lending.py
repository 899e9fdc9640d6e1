"""Git credentials lent to a workspace for as long as a block runs: in its memory only, and gone with the lender."""

__all__ = ["lent_git_credentials"]

import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import IO, Final

from core.command import pipes_of
from core.errors import SptFlowError
from sptcoder.connection.git_credentials import GitCredential, find_credential, hosts_to_lend
from sptcoder.connection.ssh_words import sh_text
from sptcoder.connection.tunnel import ConnectionFailedError, Tunnel, last_words

_ADDRESS: Final = "repo_url"
_MORE: Final = "more_repositories"
_READY: Final = b"lent"
_SECONDS: Final = 10.0
_PATIENCE: Final = 60.0
_MOST_SECONDS: Final = 24 * 3600
"""How long the workspace keeps what nobody takes back; it cannot be kept running for longer."""

_SCRIPT: Final = f"""\
umask 077
socket=${{SPT_FLOW_GIT_SOCKET:-/run/spt-flow/git/credentials}}
if ! command -v git >/dev/null 2>&1; then echo 'it has no git' >&2; exit 1; fi
if ! [ -d "${{socket%/*}}" ]; then echo 'its template offers no place in memory for them' >&2; exit 1; fi
cache() {{
    git -c credentialCache.ignoreSIGHUP=true credential-cache --socket "$socket" --timeout {_MOST_SECONDS} "$1"
}}
lent='' what='' mark="${{socket%/*}}/lender.$$"
others() {{
    for other in "${{socket%/*}}"/lender.*; do
        if ! grep -qs credential-cache "/proc/${{other##*.}}/cmdline"; then
            rm -f "$other"
        elif [ "$(cat "$other")" = "$(printf '%s' "$what")" ]; then
            return 0
        fi
    done
    return 1
}}
take_back() {{ rm -f "$mark"; others || printf '%s' "$what" | cache erase; }}
trap 'take_back; exit 0' HUP INT TERM
while IFS= read -r line && [ -n "$line" ]; do
    lent="$lent$line
"
    case $line in protocol=* | host=*) what="$what$line
" ;; esac
done
printf '%s' "$what" >"$mark"
if ! printf '%s' "$lent" | cache store; then
    rm -f "$mark"
    exit 1
fi
lent=''
echo lent
while IFS= read -r line; do :; done
take_back
"""
"""Takes one credential from stdin, and takes it back when stdin ends: with the block, with us, with the connection.

It is never an argument and never in a file; printf is the shell's own. While another session lends for the same host,
the newest stays: each session has a file with its host, and what a killed one left behind is known by its process.
"""


@contextmanager
def lent_git_credentials(
    tunnel: Tunnel, say: Callable[[str], None], *, more_hosts: Sequence[str] = ()
) -> Iterator[tuple[str, ...]]:
    """Lend this machine's credentials for the hosts of the workspace's repositories, and for more; yield the hosts.

    Whoever is the workspace's user can use them for as long as the block runs, and not read them from any disk.
    Raises SptFlowError if this machine knows none, or the workspace cannot take them.
    """
    hosts = hosts_to_lend([*_addresses(tunnel), *(f"https://{host}" for host in more_hosts)])
    if not hosts:
        say("No git credentials are lent: no repository of this workspace is read over https.")
    credentials = [find_credential(host) for host in hosts]
    with ExitStack() as stack:
        for credential in credentials:
            stack.enter_context(_lent(tunnel, credential))
            say(f"Git credentials for {credential.host} (from {credential.source}) are lent until this ends.")
        yield hosts


def _addresses(tunnel: Tunnel) -> list[str]:
    build = tunnel.target.workspace.latest_build
    parameters = tunnel.session.client.builds.parameters(build.id)
    # A list of texts arrives as JSON; addresses have neither quotes nor commas in them.
    more = parameters.get(_MORE, "").strip("[] ").replace('"', " ").replace(",", " ").split()
    return [parameters.get(_ADDRESS, ""), *more]


@contextmanager
def _lent(tunnel: Tunnel, credential: GitCredential) -> Iterator[None]:
    with tempfile.TemporaryFile() as said:
        process = tunnel.stream(sh_text(_SCRIPT), stderr=said, small=True)
        try:
            _send(tunnel, process, credential, said)
            yield
        finally:
            _end(process)


def _send(tunnel: Tunnel, process: "subprocess.Popen[bytes]", credential: GitCredential, said: IO[bytes]) -> None:
    into, out = pipes_of(process)
    # A connection that hangs must not hang the user.
    watch = threading.Timer(_PATIENCE, process.kill)
    watch.start()
    try:
        with suppress(BrokenPipeError):
            into.write(f"{credential.text()}\n".encode())
            into.flush()
        answer = out.readline().strip()
    finally:
        watch.cancel()
    if answer == _READY:
        return
    code = process.wait()
    said.seek(0)
    words = said.read().decode(errors="replace")
    if tunnel.is_broken(code) or code < 0:
        raise ConnectionFailedError(tunnel.target.name, words)
    raise SptFlowError(
        f"The workspace '{tunnel.target.name}' cannot take git credentials: {last_words(words) or 'git refused'}.",
        next_command=f"sptcoder restart --update {tunnel.target.name}",
    )


def _end(process: "subprocess.Popen[bytes]") -> None:
    into, out = pipes_of(process)
    with suppress(OSError):
        into.close()
    try:
        process.wait(_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    out.close()
