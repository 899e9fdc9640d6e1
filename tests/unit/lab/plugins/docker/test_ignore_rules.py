"""Which files .dockerignore leaves out. The expected verdicts are those of the official plugin, side by side."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import SptFlowError
from lab.plugins.docker.ignore_rules import IgnoreRules, read_rules


def left_out(patterns: list[str], path: str) -> bool:
    """Judge a path as a walk does: folder by folder."""
    rules = IgnoreRules.of(patterns)
    hits: tuple[bool, ...] = ()
    parts = path.split("/")
    for depth in range(1, len(parts)):
        name = "/".join(parts[:depth])
        verdict, hits = rules.judge(name, hits)
        if verdict and not rules.may_hold_exceptions(name):
            return True
    return rules.judge(path, hits)[0]


@pytest.mark.parametrize(
    ("patterns", "path", "expected"),
    [
        ([], "a", False),
        (["a"], "a", True),
        (["a"], "a/b", True),
        (["a"], "b/a", False),
        (["*"], "a/b", True),
        (["*.txt"], "a.txt", True),
        (["*.txt"], "b/a.txt", False),
        (["**/*.txt"], "b/c/a.txt", True),
        (["**/*.txt"], "a.txt", True),
        (["**/a"], "b/a", True),
        (["**/a"], "ba", False),
        (["**a"], "ba", True),
        (["a/**"], "a/b/c", True),
        (["a**"], "ab/c", True),
        (["a/**/b"], "a/b", True),
        (["a/**/b"], "a/x/y/b", True),
        (["?b"], "ab", True),
        (["?b"], "/b", False),
        (["[ab]c"], "bc", True),
        (["[^ab]c"], "bc", False),
        ([r"\*"], "*", True),
        ([r"\*"], "a", False),
        (["a.b"], "axb", False),
        (["q^"], "q^", True),
        (["a", "!a"], "a", False),
        (["*", "!a/b"], "a/b/c", False),
        (["*", "!a/b"], "a/c", True),
        (["*", "!**/keep"], "a/b/keep", False),
        (["!a", "a"], "a", True),
        (["a", "!a/b", "a/b/c"], "a/b/c", True),
        # Odd, but what a build does: a rule that cannot change a folder's verdict is forgotten inside it, ...
        (["a", "!a/b", "a"], "a/b", False),
        # ... and Docker shortens `!../../a` to `a`.
        (["!../../a"], "a", True),
    ],
)
def test_a_path_is_judged_as_in_a_build(patterns: list[str], path: str, *, expected: bool) -> None:
    assert left_out(patterns, path) is expected


@pytest.mark.parametrize("pattern", ["!", "!/", "[", "[a", "a\\", r"\d", "[]a]", "[a-]"])
def test_a_malformed_pattern_is_one_sentence(pattern: str) -> None:
    with pytest.raises(SptFlowError, match="is malformed"):
        IgnoreRules.of([pattern])


NAMES = st.text("ab.", min_size=1, max_size=3).filter(lambda name: name not in {".", ".."})
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
PATTERNS = st.lists(st.text("ab.*?/!", min_size=1, max_size=5), max_size=4)


@settings(deadline=None)
@given(PATTERNS, PATHS)
def test_skipping_a_folder_never_changes_a_verdict(patterns: list[str], path: str) -> None:
    try:
        rules = IgnoreRules.of(patterns)
    except SptFlowError:
        return
    hits: tuple[bool, ...] = ()
    parts = path.split("/")
    for depth in range(1, len(parts)):
        _, hits = rules.judge("/".join(parts[:depth]), hits)
    assert left_out(patterns, path) is rules.judge(path, hits)[0]


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).write_bytes(text.encode())


def test_the_dockerfiles_own_file_comes_before_the_contexts(tmp_path: Path) -> None:
    write(tmp_path, ".dockerignore", "context\n")
    assert read_rules(tmp_path / "Dockerfile", tmp_path).judge("context")[0]
    write(tmp_path, "Dockerfile.dockerignore", "own\n")
    rules = read_rules(tmp_path / "Dockerfile", tmp_path)
    assert (rules.judge("own")[0], rules.judge("context")[0]) == (True, False)


def test_comments_blanks_a_mark_of_unicode_and_other_line_ends_do_not_matter(tmp_path: Path) -> None:
    write(tmp_path, ".dockerignore", "\ufeff a \r\n\r\n#b\r\n /c/../d/ \r\n! a/x \r\n")
    rules = read_rules(tmp_path / "Dockerfile", tmp_path)
    assert [rules.judge(name)[0] for name in ("a", "b", "#b", "c", "d", "a/x")] == [
        True,
        False,
        False,
        False,
        True,
        False,
    ]


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / ".dockerignore").mkdir()
    with pytest.raises(SptFlowError, match="cannot be read: Is a directory"):
        read_rules(tmp_path / "Dockerfile", tmp_path)
