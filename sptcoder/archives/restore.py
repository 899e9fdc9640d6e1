"""Bringing a saved home back: unpacked beside the home first, laid over it only when it is complete."""

__all__ = ["restore_home"]

import tempfile
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from core.command import pipes_of
from core.errors import SptFlowError
from sptcoder.archives.file import SavedHome
from sptcoder.archives.home_script import STAGING, entries_script
from sptcoder.connection.ssh_words import sh_text
from sptcoder.connection.tunnel import ConnectionFailedError, Tunnel

_SHOWN_LINES: Final = 3
_UNPACKED: Final = 3
_SCRIPT: Final = f"""\
staging="$HOME/{STAGING}"
remove() {{ chmod -R u+rwX "$staging" 2>/dev/null; rm -rf "$staging"; }}
trap 'remove; exit 1' HUP INT TERM
remove
mkdir -m 700 "$staging" || exit 1
if ! tar -x -z -p -f - -C "$staging"; then remove; exit 1; fi
{entries_script('"$staging"')}
if [ $# != 0 ] && ! tar -c -f - "$@" | tar -x -p -f - -C "$HOME"; then exit {_UNPACKED}; fi
cd "$HOME" && remove
"""
"""Exit code 1: the home is as it was. 3: it is partly restored, and what was unpacked is still there.

The second tar, and not mv: it replaces files in use and merges folders.
"""


def restore_home(tunnel: Tunnel, saved: SavedHome, *, seen: Callable[[int], None] = lambda _: None) -> None:
    """Lay a saved home over the home of the tunnel's workspace: its files win, files of no such name stay.

    `seen` is told the bytes sent so far. Raises ConnectionFailedError, and SptFlowError which says whether the home
    was touched.
    """
    with tempfile.TemporaryFile() as said:
        process = tunnel.stream(sh_text(_SCRIPT), stderr=said)
        into, out = pipes_of(process)
        try:
            with suppress(BrokenPipeError):
                sent = 0
                for part in saved.parts():
                    into.write(part)
                    sent += len(part)
                    seen(sent)
                into.close()
            code = process.wait()
        finally:
            process.kill()
            process.wait()
            with suppress(OSError):
                into.close()
            out.close()
        said.seek(0)
        words = " ".join(said.read().decode(errors="replace").strip().splitlines()[-_SHOWN_LINES:])
    if code != 0:
        raise _failure(tunnel, code, words)


def _failure(tunnel: Tunnel, code: int, words: str) -> SptFlowError:
    name = tunnel.target.name
    if tunnel.is_broken(code) or code < 0:
        return ConnectionFailedError(name, words)
    if code == _UNPACKED:
        return SptFlowError(
            f"The home of '{name}' is restored in part only: {words or 'tar failed'}.",
            next_command=f"the same command once more; what was unpacked is in ~/{STAGING} until then",
        )
    return SptFlowError(f"The home of '{name}' is as it was, nothing was restored: {words or 'tar failed'}.")
