"""The release on GitHub: refused for a wrong tag or a missing file, made once, its files replaced afterwards."""

import json
import os
import sys
from pathlib import Path

import pytest

from core.errors import SptFlowError, UsageError
from release.checksums import write_checksums
from release.publication import check_tag, publish
from sptcoder.version import VERSION

TAG = f"v{VERSION}"
GH = """#!{python}
import json, os, sys
from pathlib import Path
folder = Path({folder!r})
log = folder / "log"
log.write_text((log.read_text() if log.exists() else "") + json.dumps(sys.argv[1:]) + "\\n")
if sys.argv[2] == "view":
    sys.exit(0 if (folder / "there").exists() else 1)
(folder / "notes").write_text(sys.stdin.read())
(folder / "there").touch()
"""


@pytest.fixture
def github(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a program `gh` first on PATH that writes down how it is called; return the folder it does that in."""
    folder = tmp_path / "gh"
    folder.mkdir()
    program = folder / "gh"
    program.write_text(GH.format(python=sys.executable, folder=str(folder)))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    folder.mkdir()
    for name in ("sptcoder-1-linux-amd64", "sptcoder.rb", "sptcoder.json"):
        (folder / name).write_text(name)
    write_checksums(folder)
    return folder


def _calls(github: Path) -> list[list[str]]:
    return [json.loads(line) for line in (github / "log").read_text().splitlines()]


def test_a_release_is_made_once_and_then_its_files_are_replaced(github: Path, dist: Path) -> None:
    publish(dist, TAG)
    publish(dist, TAG)
    (_, created, _, uploaded) = _calls(github)
    assert created[:4] == ["release", "create", TAG, "--verify-tag"]
    assert uploaded[:4] == ["release", "upload", TAG, "--clobber"]
    names = ["sptcoder-1-linux-amd64", "checksums.txt", "sptcoder.rb", "sptcoder.json"]
    assert [Path(word).name for word in created[-4:]] == names
    assert [Path(word).name for word in uploaded[-4:]] == names
    assert (github / "notes").exists()


def test_a_file_that_is_missing_is_named(github: Path, dist: Path) -> None:
    (dist / "sptcoder.json").unlink()
    with pytest.raises(SptFlowError, match=r"lacks sptcoder\.json"):
        publish(dist, TAG)
    assert not (github / "log").exists()


@pytest.mark.parametrize("tag", ["", "v0.0.0", VERSION, f"v{VERSION}-rc1", "--help"])
def test_a_tag_of_another_version_is_refused(dist: Path, tag: str) -> None:
    with pytest.raises(UsageError) as refused:
        check_tag(tag)
    assert TAG in refused.value.message
    with pytest.raises(UsageError):
        publish(dist, tag)
