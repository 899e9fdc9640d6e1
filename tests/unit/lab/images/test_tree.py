"""Layers from directory trees: what is kept, and what an overlay has removed."""

import io
import os
import stat
import tarfile
from pathlib import Path

import pytest

from lab.images.tree import write_tree

SINCE = 2_000_000_000.0


def layer(root: Path, *, since: float = SINCE, below: tuple[Path, ...] = ()) -> bytes:
    output = io.BytesIO()
    write_tree(root, output, since=since, below=below)
    return output.getvalue()


def members(content: bytes) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        return {member.name: member for member in tar.getmembers()}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "upper"
    (root / "usr" / "bin").mkdir(parents=True)
    (root / "usr" / "bin" / "sudo").write_bytes(b"program")
    (root / "usr" / "bin" / "sudo").chmod(0o4755)
    os.link(root / "usr" / "bin" / "sudo", root / "usr" / "bin" / "sudoedit")
    (root / "bin").symlink_to("usr/bin")
    (root / "tmp").mkdir()
    (root / "tmp").chmod(0o1777)
    return root


def test_modes_links_and_owners_are_those_of_the_tree(tree: Path) -> None:
    found = members(layer(tree))
    assert list(found) == ["bin", "tmp", "usr", "usr/bin", "usr/bin/sudo", "usr/bin/sudoedit"]
    assert (found["usr/bin/sudo"].mode, found["usr/bin/sudo"].size) == (0o4755, 7)
    assert (found["usr/bin/sudoedit"].islnk(), found["usr/bin/sudoedit"].linkname) == (True, "usr/bin/sudo")
    assert (found["bin"].issym(), found["bin"].linkname) == (True, "usr/bin")
    assert found["tmp"].mode == 0o1777
    assert found["usr/bin/sudo"].uid == os.getuid()
    assert found["usr/bin/sudo"].uname == ""


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_numbers_of_owners_that_no_user_has_are_kept(tree: Path) -> None:
    os.chown(tree / "tmp", 65532, 999)
    found = members(layer(tree))["tmp"]
    assert (found.uid, found.gid) == (65532, 999)


def test_times_of_packages_are_kept_and_those_of_the_build_are_not(tree: Path) -> None:
    os.utime(tree / "usr" / "bin" / "sudo", (1_600_000_000, 1_600_000_000))
    first = layer(tree, since=1_700_000_000)
    found = members(first)
    assert found["usr/bin/sudo"].mtime == 1_600_000_000
    assert found["usr/bin"].mtime == 0
    os.utime(tree / "usr" / "bin")
    assert layer(tree, since=1_700_000_000) == first


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_what_an_overlay_has_removed_or_replaced_is_a_whiteout(tree: Path, tmp_path: Path) -> None:
    lower = tmp_path / "lower"
    (lower / "usr" / "share").mkdir(parents=True)
    os.mknod(tree / "usr" / "gone", stat.S_IFCHR | 0o600, 0)
    for name in ("share", "new"):
        (tree / "usr" / name).mkdir()
        os.setxattr(tree / "usr" / name, "trusted.overlay.opaque", b"y")
    found = list(members(layer(tree, below=(lower,))))
    assert "usr/.wh.gone" in found
    assert "usr/gone" not in found
    # The folder first: what unpacks it marks a folder that is there.
    assert found.index("usr/share") < found.index("usr/share/.wh..wh..opq")
    assert "usr/new/.wh..wh..opq" not in found


def test_what_a_layer_cannot_hold_is_refused(tree: Path) -> None:
    os.mkfifo(tree / "pipe")
    with pytest.raises(ValueError, match="upper/pipe is neither file, folder nor link"):
        layer(tree)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_file_capabilities_are_refused_rather_than_lost(tree: Path) -> None:
    # cap_net_raw, permitted and effective, in the kernel's second format.
    os.setxattr(tree / "usr/bin/sudo", "security.capability", bytes.fromhex("0100000200200000000000000000000000000000"))
    with pytest.raises(ValueError, match="has capabilities"):
        layer(tree)
