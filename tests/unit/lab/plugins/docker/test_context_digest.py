"""The digest of a build context: what changes it, and that it is the official plugin's."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import SptFlowError
from lab.plugins.docker.context_digest import context_digest

CONTENT = {
    "Dockerfile": b"FROM scratch\nCOPY . /\n",
    ".dockerignore": b"ignored\n*.log\n!keep.log\n",
    "a": b"1",
    "dir/b": b"2",
    "dir/c.log": b"not at the top: taken",
    "ignored/x": b"3",
    "x.log": b"4",
    "keep.log": b"5",
}
OFFICIAL = "c2bbbfeefcdada0251883200ad6809874890a231790ea1cafac3b947e9f2a6d0"
"""What the official plugin 4.11.2 computed for the folder below, with modes 0644 and 0755."""


def make(folder: Path, content: dict[str, bytes]) -> Path:
    for name, data in content.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        path.chmod(0o644)
    return folder


def digest(folder: Path) -> str:
    return context_digest(folder, folder / "Dockerfile")


@pytest.fixture
def context(tmp_path: Path) -> Path:
    return make(tmp_path / "context", CONTENT)


def test_it_is_the_one_the_official_plugin_computes(context: Path) -> None:
    (context / "a").chmod(0o755)
    (context / "s").write_bytes(b"6")
    (context / "s").chmod(0o4755)
    (context / "link").symlink_to("a")
    os.mkfifo(context / "pipe", 0o644)
    os.chmod(context / "pipe", 0o644)  # noqa: PTH101 - the umask took its part
    previous = Path.cwd()
    os.chdir(context.parent)  # a link is told as the path to it was
    try:
        assert context_digest(Path("context"), Path("context/Dockerfile")) == OFFICIAL
    finally:
        os.chdir(previous)


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "a").write_bytes(b"other"),
        lambda folder: (folder / "a").rename(folder / "renamed"),
        lambda folder: (folder / "a").chmod(0o755),
        lambda folder: (folder / "dir/new").touch(),
        lambda folder: (folder / "dir/b").unlink(),
        lambda folder: (folder / "Dockerfile").write_bytes(b"FROM scratch\n"),
        lambda folder: (folder / ".dockerignore").write_bytes(b"ignored\n"),
        lambda folder: (folder / "keep.log").write_bytes(b"other"),
        lambda folder: (folder / "link").symlink_to("a"),
    ],
    ids=["content", "name", "mode", "new", "gone", "dockerfile", "ignore", "exception", "link"],
)
def test_what_a_build_sees_changes_it(context: Path, change: "object") -> None:
    before = digest(context)
    assert callable(change)
    change(context)
    assert digest(context) != before


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: os.utime(folder / "a", (1, 1)),
        lambda folder: (folder / "ignored/x").write_bytes(b"other"),
        lambda folder: (folder / "new.log").touch(),
        lambda folder: (folder / "empty").mkdir(),
    ],
    ids=["time", "left out", "new, left out", "empty folder"],
)
def test_what_a_build_does_not_see_leaves_it(context: Path, change: "object") -> None:
    before = digest(context)
    assert callable(change)
    change(context)
    assert digest(context) == before


def test_where_the_context_lies_does_not_matter(context: Path, tmp_path: Path) -> None:
    before = digest(context)
    assert digest(Path(shutil.copytree(context, tmp_path / "elsewhere"))) == before


def test_the_name_of_a_dockerfile_outside_does_not_matter(context: Path, tmp_path: Path) -> None:
    for name in ("one.Dockerfile", "two"):
        (tmp_path / name).write_bytes(b"FROM scratch\n")
    assert context_digest(context, tmp_path / "one.Dockerfile") == context_digest(context, tmp_path / "two")


def test_a_link_counts_by_where_it_leads_and_not_by_what_is_there(context: Path) -> None:
    (context / "dir/link").symlink_to("../ignored/x")
    before = digest(context)
    (context / "ignored/x").write_bytes(b"other")
    assert digest(context) == before
    (context / "dir/link").unlink()
    (context / "dir/link").symlink_to("../a")
    assert digest(context) != before


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda folder: (folder / "dir/link").symlink_to("nowhere"), "leads nowhere: No such file"),
        (lambda folder: (folder / "dir/link").symlink_to("link"), "leads nowhere: Too many levels"),
        (lambda folder: (folder / "Dockerfile").unlink(), "Dockerfile' of the build context cannot be read"),
    ],
    ids=["broken link", "circle", "no dockerfile"],
)
def test_what_cannot_be_read_is_one_sentence(context: Path, change: "object", sentence: str) -> None:
    assert callable(change)
    change(context)
    with pytest.raises(SptFlowError, match=sentence):
        digest(context)


def test_a_context_that_is_no_folder_is_one_sentence(context: Path) -> None:
    with pytest.raises(SptFlowError, match="is no folder"):
        context_digest(context / "a", context / "Dockerfile")


NAMES = st.sampled_from(["a", "a.b", "b", "b/c", "b/d", "e/f/g"])
TREES = st.dictionaries(NAMES, st.binary(max_size=3), max_size=5)


@settings(deadline=None, max_examples=50)
@given(TREES, TREES)
def test_two_contexts_have_the_same_digest_only_if_they_are_the_same(
    one: dict[str, bytes], other: dict[str, bytes]
) -> None:
    if any(name == "b" and f"b/{child}" in tree for tree in (one, other) for name in tree for child in "cd"):
        return
    with tempfile.TemporaryDirectory() as folder:
        dockerfile = {"Dockerfile": b"FROM scratch\n"}
        digests = [
            digest(make(Path(folder) / name, {**tree, **dockerfile})) for name, tree in (("1", one), ("2", other))
        ]
    assert (digests[0] == digests[1]) is (one == other)
