"""A template's folder as a tar archive: the same files always give the same bytes."""

__all__ = ["SIZE_LIMIT", "TemplateArchive", "pack_template"]

import hashlib
import io
import stat
import tarfile
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from core.errors import UsageError

SIZE_LIMIT: Final = 1 << 20
"""Bytes of an archive, as Coder's own tools allow; the archive must be smaller."""

_SKIPPED: Final = (
    ".*",  # .git, .terraform, .terraform.lock.hcl, .env, editors' files
    "*.tfstate",
    "*.tfstate.*",
    "*.tfvars",
    "*.tfvars.json",
    "*.tftest.hcl",
    "*.tftest.json",
    "__pycache__",
    "CLAUDE.md",
    "AGENTS.md",
)
"""Names, of files and folders, that are no part of a template on the server: secrets, state, tests, notes to tools."""

_SKIPPED_ON_TOP: Final = frozenset({"layers.json", "variants", "tests", "Taskfile.yml"})
"""What a template's folder itself holds for its assembly (which overlays) and for its authors."""

_OF_THE_TEMPLATE_ONLY: Final = frozenset({"README.md"})
"""Left out of overlays: Coder shows the template's own."""

_LARGEST_SHOWN: Final = 3


@dataclass(frozen=True)
class TemplateArchive:
    """A packed template: the bytes, their SHA-256 in hexadecimal, and the names of the files in it."""

    data: bytes
    sha256: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class _Entry:
    content: bytes
    executable: bool
    origin: Path


def pack_template(directory: Path, overlays: Sequence[Path] = ()) -> TemplateArchive:
    """Pack a template's folder, with the files of each overlay laid beside its own.

    Names are sorted; times, owners and groups are zero; modes are 644, or 755 for what its owner may execute. Raises
    UsageError for a folder without Terraform files, a name that stands in two folders with different content, a
    symbolic link or another special file, and an archive of SIZE_LIMIT bytes or more.
    """
    entries: dict[str, _Entry] = {}
    for folder in (directory, *overlays):
        for name, entry in _read(folder):
            if folder is not directory and name in _OF_THE_TEMPLATE_ONLY:
                continue
            there = entries.setdefault(name, entry)
            if (there.content, there.executable) != (entry.content, entry.executable):
                raise UsageError(f"'{name}' stands in '{there.origin}' and in '{folder}' with different content.")
    if not any("/" not in name and name.endswith((".tf", ".tf.json")) for name in entries):
        raise UsageError(f"'{directory}' is no template: it has no .tf file.")
    _refuse_mixed_kinds(entries)
    data = _tar(entries)
    if len(data) >= SIZE_LIMIT:
        largest = sorted(entries, key=lambda name: len(entries[name].content), reverse=True)[:_LARGEST_SHOWN]
        sizes = ", ".join(f"{name} {len(entries[name].content):,} bytes" for name in largest)
        raise UsageError(
            f"The template '{directory}' is {len(data):,} bytes as an archive; fewer than {SIZE_LIMIT:,} are allowed. "
            f"The largest files: {sizes}."
        )
    return TemplateArchive(data, hashlib.sha256(data).hexdigest(), tuple(sorted(entries)))


def _read(folder: Path) -> Iterator[tuple[str, _Entry]]:
    if not folder.is_dir():
        raise UsageError(f"The template's folder '{folder}' does not exist.")
    for path in _files(folder, _SKIPPED_ON_TOP):
        mode = path.lstat().st_mode
        if not stat.S_ISREG(mode):
            raise UsageError(f"'{path}' is a symbolic link or a special file; a template is made of plain files.")
        try:
            content = path.read_bytes()
        except OSError as error:
            raise UsageError(f"'{path}' cannot be read: {error.strerror}.") from None
        yield path.relative_to(folder).as_posix(), _Entry(content, bool(mode & stat.S_IXUSR), folder)


def _files(folder: Path, skipped: AbstractSet[str] = frozenset()) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name in skipped or any(fnmatchcase(path.name, pattern) for pattern in _SKIPPED):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _files(path)
        else:
            yield path


def _refuse_mixed_kinds(entries: dict[str, _Entry]) -> None:
    for name, entry in entries.items():
        for folder in _folders_above(name):
            if folder in entries:
                raise UsageError(
                    f"'{folder}' is a file in '{entries[folder].origin}' and a folder in '{entry.origin}'."
                )


def _folders_above(name: str) -> list[str]:
    parts = name.split("/")[:-1]
    return ["/".join(parts[: index + 1]) for index in range(len(parts))]


def _tar(entries: dict[str, _Entry]) -> bytes:
    buffer = io.BytesIO()
    # Folders are written too: the server makes none for the files it unpacks.
    folders = {folder for name in entries for folder in _folders_above(name)}
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name in sorted({*folders, *entries}):
            entry = entries.get(name)
            info = tarfile.TarInfo(name)
            info.type = tarfile.DIRTYPE if entry is None else tarfile.REGTYPE
            info.mode = 0o755 if entry is None or entry.executable else 0o644
            info.size = 0 if entry is None else len(entry.content)
            try:
                archive.addfile(info, None if entry is None else io.BytesIO(entry.content))
            except ValueError:
                raise UsageError(f"The name '{name}' is too long for a template's archive.") from None
    return buffer.getvalue()
