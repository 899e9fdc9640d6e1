"""An initramfs of two files: a static busybox, and an /init that says hello and resets the machine."""

__all__ = ["GREETING", "build_initramfs"]

import stat
from typing import Final

GREETING: Final = "Linux says hello from a microVM"

_TRAILER: Final = "TRAILER!!!"
_INIT: Final = f"""#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
read -r _ _ release _ </proc/version
echo "{GREETING}: kernel $release"
/bin/busybox reboot -f
"""


def build_initramfs(busybox: bytes) -> bytes:
    """Return the archive, in the kernel's "newc" cpio format; `busybox` is a statically linked binary."""
    entries = [
        ("bin", stat.S_IFDIR | 0o755, b""),
        ("dev", stat.S_IFDIR | 0o755, b""),
        ("proc", stat.S_IFDIR | 0o755, b""),
        ("bin/busybox", stat.S_IFREG | 0o755, busybox),
        ("init", stat.S_IFREG | 0o755, _INIT.encode()),
        (_TRAILER, 0, b""),
    ]
    return b"".join(_entry(number, *entry) for number, entry in enumerate(entries, start=1))


def _entry(number: int, name: str, mode: int, content: bytes) -> bytes:
    """Return one file: thirteen hexadecimal fields, the name and the content, each padded to four bytes."""
    is_directory = stat.S_ISDIR(mode)
    fields = (number, mode, 0, 0, 2 if is_directory else 1, 0, len(content), 0, 0, 0, 0, len(name) + 1, 0)
    header = b"070701" + b"".join(b"%08X" % value for value in fields) + name.encode() + b"\0"
    return _padded(header) + _padded(content)


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)
