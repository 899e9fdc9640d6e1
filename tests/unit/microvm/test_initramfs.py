from microvm.initramfs import GREETING, build_initramfs

_FIELDS = 13
_MODE, _NLINK, _FILE_SIZE, _NAME_SIZE = 1, 4, 6, 11


def _read(archive: bytes) -> dict[str, tuple[int, bytes]]:
    """Read a "newc" archive as the kernel's documentation (early-userspace/buffer-format) describes it."""
    entries: dict[str, tuple[int, bytes]] = {}
    at = 0
    while True:
        assert archive[at : at + 6] == b"070701"
        fields = [int(archive[at + 6 + 8 * n : at + 14 + 8 * n], 16) for n in range(_FIELDS)]
        end_of_name = at + 6 + 8 * _FIELDS + fields[_NAME_SIZE]
        name = archive[at + 6 + 8 * _FIELDS : end_of_name]
        assert name.endswith(b"\0")
        content = -(-end_of_name // 4) * 4
        at = -(-(content + fields[_FILE_SIZE]) // 4) * 4
        if name == b"TRAILER!!!\0":
            assert at == len(archive)
            return entries
        entries[name[:-1].decode()] = (fields[_MODE], archive[content : content + fields[_FILE_SIZE]])


def test_the_archive_holds_busybox_and_an_init_that_says_hello() -> None:
    for size in range(4):
        entries = _read(build_initramfs(b"x" * size))
        assert entries["bin/busybox"] == (0o100755, b"x" * size)
        mode, init = entries["init"]
        assert mode == 0o100755
        assert GREETING.encode() in init
        assert {name: entries[name][0] for name in ("bin", "dev", "proc")} == dict.fromkeys(
            ("bin", "dev", "proc"), 0o40755
        )
