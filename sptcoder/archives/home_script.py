"""What both ways of a home have in common, as POSIX shell."""

__all__ = ["HOME_ENTRIES", "STAGING", "entries_script"]

from typing import Final

STAGING: Final = ".spt-flow-restore"
"""Folder in the home where a restore unpacks before it touches anything."""


def entries_script(folder: str) -> str:
    """Return the lines that enter a folder and make its entries, whatever they are named, the script's arguments.

    The folder itself is not among them: a home may belong to root, and its mode is nobody's to set.
    """
    return f"""\
cd {folder} || exit
set --
for entry in ./.[!.]* ./..?* ./*; do
    if [ "$entry" = ./{STAGING} ]; then continue; fi
    if [ -e "$entry" ] || [ -L "$entry" ]; then set -- "$@" "$entry"; fi
done"""


HOME_ENTRIES: Final = entries_script('"$HOME"')
