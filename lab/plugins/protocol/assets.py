"""Hashes of assets and archives, equal to the engine's own, so that unchanged content is seen as unchanged."""

__all__ = ["file_asset", "folder_archive"]

import hashlib
import tarfile
from collections.abc import Mapping
from pathlib import Path

from core.errors import SptFlowError
from lab.plugins.protocol.values import Archive, Asset

_BLOCK_BYTES = tarfile.BLOCKSIZE
_CHECKSUM = slice(148, 156)
_DEVICES = slice(329, 345)


def file_asset(path: Path) -> Asset:
    """Return the asset of a file, with the SHA-256 of its content; raise SptFlowError when it cannot be read."""
    try:
        with path.open("rb") as content:
            return Asset(hashlib.file_digest(content, "sha256").hexdigest(), path=str(path))
    except OSError as error:
        raise SptFlowError(f"The file '{path}' cannot be read: {error.strerror or error}.") from None


def folder_archive(assets: Mapping[str, Asset]) -> Archive:
    """Return the archive of file assets by name; its hash is that of a tar file of them, in order of name."""
    digest = hashlib.sha256()
    for name in sorted(assets):
        path = Path(assets[name].path or "")
        try:
            content = path.read_bytes()
        except OSError as error:
            raise SptFlowError(f"The file '{path}' cannot be read: {error.strerror or error}.") from None
        digest.update(_header(name, len(content)))
        digest.update(content)
        digest.update(b"\0" * (-len(content) % _BLOCK_BYTES))
    digest.update(b"\0" * (2 * _BLOCK_BYTES))
    return Archive(digest.hexdigest(), dict(assets))


def _header(name: str, size: int) -> bytes:
    """Return a tar header as the engine writes it; for a long or non-ASCII name one of our own, equally stable."""
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, 0o600, 0
    try:
        header = bytearray(entry.tobuf(tarfile.USTAR_FORMAT, "ascii", "strict"))
    except (ValueError, UnicodeError):
        return entry.tobuf(tarfile.PAX_FORMAT, "utf-8", "strict")
    # The engine fills in the device numbers (octal zeros), which Python leaves empty for a file.
    header[_DEVICES] = b"0000000\0" * 2
    header[_CHECKSUM] = b" " * 8
    header[_CHECKSUM] = b"%06o\0 " % sum(header)
    return bytes(header)
