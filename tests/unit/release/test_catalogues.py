"""001:153-155: what Homebrew and Scoop are told, from the checksums of a release."""

import hashlib
import json
from pathlib import Path

import pytest

from core.errors import SptFlowError
from release.checksums import read_checksums, write_checksums
from release.downloads import releases_page
from release.homebrew import formula
from release.platforms import PLATFORMS, Platform
from release.scoop import manifest
from sptcoder.version import VERSION

PAGE = "https://git.example.com/team/spt-flow"
GOLDEN = Path(__file__).parents[2] / "golden" / "release"
SUMS = {each.archive: hashlib.sha256(each.archive.encode()).hexdigest() for each in PLATFORMS}


@pytest.mark.parametrize(
    ("name", "text"), [("sptcoder.rb", formula(SUMS, PAGE)), ("sptcoder.json", manifest(SUMS, PAGE))]
)
def test_they_are_as_the_golden_files(name: str, text: str, request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update-golden"):
        GOLDEN.mkdir(exist_ok=True)
        (GOLDEN / name).write_text(text)
    assert text == (GOLDEN / name).read_text()


def test_each_system_of_homebrew_has_its_archive() -> None:
    text = formula(SUMS, PAGE)
    for each in PLATFORMS:
        if each.system != "windows":
            assert f'url "{PAGE}/releases/download/v{VERSION}/{each.archive}"' in text
            assert f'sha256 "{SUMS[each.archive]}"' in text
    assert text.count("\n  on_") == 2


def test_scoop_renews_its_manifest_by_itself() -> None:
    content = json.loads(manifest(SUMS, PAGE))
    newer = content["autoupdate"]["architecture"]["64bit"]
    assert newer["url"].replace("$version", VERSION) == content["architecture"]["64bit"]["url"]
    assert newer["extract_dir"].replace("$version", VERSION) == content["architecture"]["64bit"]["extract_dir"]
    assert content["bin"] == "sptcoder.exe"


@pytest.mark.parametrize("missing", PLATFORMS, ids=lambda each: each.archive)
def test_a_release_without_a_system_is_refused(missing: Platform) -> None:
    sums = {name: digest for name, digest in SUMS.items() if name != missing.archive}
    maker = manifest if missing.system == "windows" else formula
    with pytest.raises(SptFlowError) as refused:
        maker(sums, PAGE)
    assert missing.archive in refused.value.message


def test_checksums_are_those_of_sha256sum(tmp_path: Path) -> None:
    (tmp_path / "sptcoder-1.exe").write_bytes(b"one")
    (tmp_path / "unrelated.txt").write_bytes(b"two")
    assert write_checksums(tmp_path).read_text() == f"{hashlib.sha256(b'one').hexdigest()}  sptcoder-1.exe\n"
    assert read_checksums(tmp_path) == {"sptcoder-1.exe": hashlib.sha256(b"one").hexdigest()}


@pytest.mark.parametrize("text", [None, "no sum\n", "0123  short\n", f"{'0' * 64}  ../away\n"])
def test_a_list_that_is_none_is_refused(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "checksums.txt").write_text(text)
    with pytest.raises(SptFlowError) as refused:
        read_checksums(tmp_path)
    assert refused.value.next_command == "make release-checksums"


def test_an_empty_folder_has_no_checksums(tmp_path: Path) -> None:
    with pytest.raises(SptFlowError, match="nothing of a release"):
        write_checksums(tmp_path)


def test_a_fork_releases_its_own() -> None:
    assert releases_page({}) == "https://github.com/spt-flow/spt-flow"
    own = {"GITHUB_SERVER_URL": "https://git.example.com", "GITHUB_REPOSITORY": "team/spt-flow"}
    assert releases_page(own) == PAGE
