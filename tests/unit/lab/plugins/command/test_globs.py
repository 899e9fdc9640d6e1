"""Path patterns."""

from pathlib import Path

import pytest

from core.errors import SptFlowError
from lab.plugins.command.globs import matching_files

_FILES = ("assets/logos/logo.svg", "src/index.js", "src/secret.js", "src/deep/a.js", "top.txt", "b.txt")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in _FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (["assets/**", "src/**.js", "!**secret.*"], ["assets/logos/logo.svg", "src/deep/a.js", "src/index.js"]),
        (["*.txt"], ["b.txt", "top.txt"]),
        (["*"], ["b.txt", "top.txt"]),
        (["src/*.js"], ["src/index.js", "src/secret.js"]),
        (["?.txt"], ["b.txt"]),
        (["[a-c].txt"], ["b.txt"]),
        (["[!a-c]*.txt"], ["top.txt"]),
        (["{top,b}.txt"], ["b.txt", "top.txt"]),
        (["!**", "b.txt"], ["b.txt"]),
        (["src"], []),
        ([], []),
    ],
)
def test_matches(folder: Path, patterns: list[str], expected: list[str]) -> None:
    found = matching_files(folder, patterns)
    assert sorted(found) == expected
    assert all(path == folder / name for name, path in found.items())


def test_an_open_brace_is_one_sentence(folder: Path) -> None:
    with pytest.raises(SptFlowError, match=r"has a '{' without a '}'"):
        matching_files(folder, ["{a,b"])
