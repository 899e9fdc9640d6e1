import hashlib
import io
import os
import random
import stat
import tarfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import UsageError
from sptcoder.templates.archive import SIZE_LIMIT, pack_template

_PART = st.from_regex(r"[a-z0-9_]{1,12}(\.(tf|sh|md|yaml))?", fullmatch=True).filter(
    lambda part: part not in {"main.tf", "tests", "variants"}
)
_TREE = st.dictionaries(
    st.lists(_PART, min_size=1, max_size=3).map("/".join), st.tuples(st.binary(max_size=300), st.booleans()), max_size=8
)


def _write(folder: Path, tree: dict[str, tuple[bytes, bool]], order: random.Random) -> None:
    names = list(tree)
    order.shuffle(names)
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        content, executable = tree[name]
        path.write_bytes(content)
        noise = order.choice([0, stat.S_IWGRP, stat.S_IROTH, stat.S_IXOTH])
        path.chmod((0o755 if executable else 0o644) & ~0o055 | noise | (0o100 if executable else 0))
        seconds = order.randrange(1, 2_000_000_000)
        os.utime(path, (seconds, seconds))


def _is_a_tree(tree: dict[str, tuple[bytes, bool]]) -> bool:
    return not any(other.startswith(f"{name}/") for name in tree for other in tree)


@settings(max_examples=30, deadline=None)
@given(tree=_TREE.filter(_is_a_tree), seed=st.integers(0, 2**32))
def test_the_same_files_give_the_same_bytes_and_come_out_again(tree: dict[str, tuple[bytes, bool]], seed: int) -> None:
    order = random.Random(seed)  # noqa: S311 - to vary what must not matter
    tree = {**tree, "main.tf": (b"# x", False)}
    with TemporaryDirectory() as one, TemporaryDirectory() as two:
        _write(Path(one), tree, order)
        _write(Path(two), tree, order)
        first, second = pack_template(Path(one)), pack_template(Path(two))
    assert first.data == second.data
    assert first.sha256 == hashlib.sha256(first.data).hexdigest()
    with tarfile.open(fileobj=io.BytesIO(first.data)) as archive:
        members = archive.getmembers()
        found = {
            member.name: (_content(archive, member), member.mode == 0o755) for member in members if member.isfile()
        }
    assert found == tree
    assert [member.name for member in members] == sorted(member.name for member in members)
    for member in members:
        assert (member.mtime, member.uid, member.gid, member.uname, member.gname) == (0, 0, 0, "", "")
        assert member.mode in (0o644, 0o755)


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member)
    assert file is not None
    return file.read()


@pytest.mark.parametrize("change", ["content", "name", "executable"])
def test_each_change_changes_the_hash(template: Callable[..., Path], change: str) -> None:
    folder = template()
    before = pack_template(folder).sha256
    if change == "content":
        (folder / "main.tf").write_text("# y")
    elif change == "name":
        (folder / "main.tf").rename(folder / "other.tf")
    else:
        (folder / "main.tf").chmod(0o755)
    assert pack_template(folder).sha256 != before


def test_the_format_is_ustar(template: Callable[..., Path]) -> None:
    data = pack_template(template()).data
    assert data[257:265] == b"ustar\x0000"
    assert b"PaxHeader" not in data


def test_folders_stand_before_their_files(template: Callable[..., Path]) -> None:
    folder = template()
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "a" / "b" / "c.sh").write_text("")
    (folder / "empty").mkdir()
    with tarfile.open(fileobj=io.BytesIO(pack_template(folder).data)) as archive:
        assert archive.getnames() == ["a", "a/b", "a/b/c.sh", "main.tf"]


@pytest.mark.parametrize(
    "name",
    [
        ".git/config",
        ".terraform/providers/x",
        ".terraform.lock.hcl",
        ".env",
        "terraform.tfstate",
        "terraform.tfstate.backup",
        "terraform.tfvars",
        "prod.auto.tfvars",
        "prod.tfvars.json",
        "main.tftest.hcl",
        "sub/deep.tftest.hcl",
        "CLAUDE.md",
        "AGENTS.md",
        "scripts/__pycache__/x.pyc",
        "layers.json",
        "Taskfile.yml",
        "tests/data.tf",
        "variants/one/main.tf",
    ],
)
def test_what_is_no_part_of_a_template_stays_here(template: Callable[..., Path], name: str) -> None:
    folder = template()
    before = pack_template(folder)
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("secret")
    assert pack_template(folder) == before


def test_overlays_are_laid_beside_the_templates_own_files(template: Callable[..., Path]) -> None:
    own, shared = template(), template(name="shared")
    (shared / "main.tf").unlink()
    (shared / "agent.tf").write_text("# agent")
    (shared / "README.md").write_text("about the shared files")
    (own / "README.md").write_text("about the template")
    archive = pack_template(own, [shared])
    assert archive.names == ("README.md", "agent.tf", "main.tf")
    assert b"about the template" in archive.data
    assert b"about the shared" not in archive.data


def test_a_name_in_two_folders_must_have_one_content(template: Callable[..., Path]) -> None:
    own, shared = template("# one"), template("# one", name="shared")
    assert pack_template(own, [shared]) == pack_template(own)
    (shared / "main.tf").write_text("# two")
    with pytest.raises(UsageError, match=r"'main.tf' stands in .* with different content"):
        pack_template(own, [shared])


def test_a_file_here_and_a_folder_there(template: Callable[..., Path]) -> None:
    own, shared = template(), template(name="shared")
    (own / "scripts").write_text("")
    (shared / "scripts").mkdir()
    (shared / "scripts" / "x.sh").write_text("")
    with pytest.raises(UsageError, match=r"'scripts' is a file in .* and a folder in"):
        pack_template(own, [shared])


def test_links_are_refused(template: Callable[..., Path]) -> None:
    folder = template()
    (folder / "passwords").symlink_to("/etc/passwd")
    with pytest.raises(UsageError, match="symbolic link or a special file"):
        pack_template(folder)


def test_a_linked_folder_is_refused(template: Callable[..., Path], tmp_path: Path) -> None:
    folder = template()
    (tmp_path / "elsewhere").mkdir()
    (folder / "sub").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="symbolic link"):
        pack_template(folder)


def test_no_template_at_all(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        pack_template(tmp_path / "nowhere")
    (tmp_path / "README.md").write_text("hello")
    with pytest.raises(UsageError, match=r"has no \.tf file"):
        pack_template(tmp_path)


def test_too_large(template: Callable[..., Path]) -> None:
    folder = template()
    (folder / "large.bin").write_bytes(b"x" * (SIZE_LIMIT - 20_480))
    assert len(pack_template(folder).data) < SIZE_LIMIT
    (folder / "large.bin").write_bytes(b"x" * (SIZE_LIMIT - 1024))
    with pytest.raises(UsageError, match=r"fewer than 1,048,576 are allowed. The largest files: large.bin 1,047,552"):
        pack_template(folder)


def test_a_name_no_archive_can_hold(template: Callable[..., Path]) -> None:
    folder = template()
    (folder / ("x" * 120)).write_text("")
    with pytest.raises(UsageError, match="is too long"):
        pack_template(folder)
