"""The restic of the platform's image: the machine's own, or the one in the layer that the lab has made of Debian's."""

__all__ = ["find_restic"]

import os
import shutil
import tarfile
from pathlib import Path

_MEMBER = "usr/bin/restic"


def find_restic(folder: Path) -> Path | None:
    """Return the program, unpacked into `folder` if need be, or None if there is none on this machine."""
    found = shutil.which("restic")
    if found is not None:
        return Path(found)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "spt-flow" / "images" / "debian"
    layer = cache / "platform-tools.tar"
    if not layer.is_file():
        return None
    program = folder / "restic"
    with tarfile.open(layer) as archive:
        content = archive.extractfile(_MEMBER)
        if content is None:
            return None
        program.write_bytes(content.read())
    program.chmod(0o755)
    return program
