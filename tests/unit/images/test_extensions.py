"""extensions.sh: files of extensions are checked against their hashes; the build report says what is missing."""

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Final

import pytest

from core.command import Command, CommandResult
from images.workspace.arguments import missing_extensions

FOLDER: Final = Path(__file__).resolve().parents[3] / "images" / "workspace"
PROGRAMS: Final = {
    # What the image has, and a bare machine may lack.
    "unzip": 'exec python3 -I -m zipfile -e "$2" "$5"',
    "jq": """exec python3 -I -c 'import json, sys; print(json.load(open(sys.argv[1]))["version"])' "$3" """,
    "build-report.sh": f'exec {FOLDER}/report/build-report.sh "$@"',
}


@pytest.fixture
def given(tmp_path: Path) -> Path:
    for name, line in PROGRAMS.items():
        (tmp_path / "bin").mkdir(exist_ok=True)
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{line}\n")
        (tmp_path / "bin" / name).chmod(0o755)
    (tmp_path / "installed").mkdir()
    folder = tmp_path / "given"
    folder.mkdir()
    with zipfile.ZipFile(folder / "golang.go.vsix", "w") as archive:
        archive.writestr("extension/package.json", '{"version": "0.50.0"}')
        archive.writestr("[Content_Types].xml", "")
    return folder


def install(given: Path, listed: str) -> CommandResult:
    (given / "extensions.txt").write_text(f"# a comment\n\n{listed}")
    root = given.parent
    env = {"SPT_EXTENSIONS": str(root / "installed"), "SPT_REPORT": str(root / "report")}
    command = Command(str(FOLDER / "tools" / "extensions.sh"), env=env, path=[root / "bin"])
    return command.run(str(given), check=False)


def test_a_file_with_its_hash_is_installed(given: Path) -> None:
    digest = hashlib.sha256((given / "golang.go.vsix").read_bytes()).hexdigest()
    done = install(given, f"golang.go {digest}\nms-python.python -\n")
    assert done.returncode == 0, done.stderr
    assert (given.parent / "installed" / "golang.go" / "package.json").is_file()
    words = [json.loads(path.read_text()) for path in sorted((given.parent / "report").iterdir())]
    assert [word.get("version") for word in words] == ["0.50.0", None]
    assert words[1]["tool"] == "extension-ms-python.python"
    assert missing_extensions(given) == [word["tool"] for word in words if "missing" in word]


@pytest.mark.parametrize(
    ("listed", "message"),
    [
        ("golang.go -\n", "golang.go.vsix has the SHA-256 "),
        ("golang.go 0123\n", "and extensions.txt says '0123'"),
        ("ms-python.python -\n", "golang.go.vsix is not listed"),
        ("golang.go\n", "'ID SHA-256' is expected"),
        ("golang.go a b\n", "'ID SHA-256' is expected"),
    ],
)
def test_anything_else_fails_the_build(given: Path, listed: str, message: str) -> None:
    done = install(given, listed)
    assert done.returncode == 1
    assert message in done.stderr
    assert list((given.parent / "installed").iterdir()) == []


def test_the_list_of_the_image_names_what_a_developer_expects() -> None:
    named = (FOLDER / "extensions" / "extensions.txt").read_text()
    for name in ("golang.go", "rust-lang.rust-analyzer", "ms-azuretools.vscode-docker", "ms-python.python"):
        assert f"\n{name} " in named
