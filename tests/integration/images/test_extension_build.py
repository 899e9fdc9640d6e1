"""An editor extension packed here, built into target slim by its hash: the editor lists it, spt-validate finds it."""

import hashlib
import json
import os
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from images.workspace.arguments import CONTEXT
from lab.builder import builder
from lab.builder.client import DOCKER
from lab.images.build_bases import load_build_bases
from lab.progress import SilentProgress
from lab.toolchain import Toolchain
from tests.support.workspace_build import docker, run_build

pytestmark = pytest.mark.lab

NAME: Final = f"localhost/spt-flow/test-workspace:vsix-{os.getpid()}"
ID: Final = "spt.hello"
FOLDER: Final = "images/workspace/extensions/given"
"""Beside the image's own list, where a context has it."""

_ABOUT: Final = {
    "publisher": "spt",
    "name": "hello",
    "version": "1.2.3",
    "engines": {"vscode": "^1.60.0"},
    "main": "./extension",
    "activationEvents": ["onStartupFinished"],
}
_MANIFEST: Final = """<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
  <Metadata><Identity Language="en-US" Id="hello" Version="1.2.3" Publisher="spt"/></Metadata>
  <Installation><InstallationTarget Id="Microsoft.VisualStudio.Code"/></Installation>
</PackageManifest>
"""
_EDITORS: Final = "/opt/code-server/node_modules/code-server/lib/vscode/extensions"


def _pack(file: Path) -> str:
    """Write the extension, the same bytes each time, so that a build finds its steps; return its SHA-256."""
    content = {
        "extension.vsixmanifest": _MANIFEST,
        "[Content_Types].xml": '<?xml version="1.0" encoding="utf-8"?><Types/>',
        "extension/package.json": json.dumps(_ABOUT),
        "extension/extension.js": "exports.activate = () => undefined;\n",
    }
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in content.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of what the image is built from, with a folder of extensions of a user's."""
    copy = tmp_path_factory.mktemp("context")
    for name in ("core", "images/workspace", "lab/toolchain/modules/kubernetes", "microvm", "validate"):
        shutil.copytree(CONTEXT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    folder = copy / FOLDER
    folder.mkdir()
    (folder / "extensions.txt").write_text(f"{ID} {_pack(folder / f'{ID}.vsix')}\n", encoding="utf-8")
    return copy


@pytest.fixture(scope="module")
def running(toolchain: Toolchain) -> Iterator[None]:
    """Have the machine's builder run, with what builds start from."""
    if not DOCKER.exists():
        pytest.skip("needs Debian's docker.io")
    with builder():
        load_build_bases(toolchain, SilentProgress())
        yield


@pytest.mark.usefixtures("running")
def test_an_extension_is_built_in_and_found_by_editor_and_check(context: Path) -> None:
    required = {"VSIX_FOLDER": FOLDER, "MISSING_TOOLS": "", "REQUIRED_TOOLS": f"extension-{ID}"}
    done = run_build(NAME, required, context)
    assert done.returncode == 0, done.stderr
    try:
        # As root, since the editor keeps a list in the folder whose extensions it is asked for.
        listing = f"code-server --extensions-dir {_EDITORS} --list-extensions --show-versions"
        listed = docker("run", "--rm", "--network=none", "--user=0", "--env=HOME=/tmp", NAME, "sh", "-c", listing)
        assert f"{ID}@1.2.3" in listed.split()
        check = ("spt-validate", "--json", "--only", f"extension-{ID}")
        said = json.loads(docker("run", "--rm", "--network=none", NAME, *check))
    finally:
        docker("image", "rm", "--force", NAME)
    found = {entry["name"]: entry["status"] for entry in said["checks"]}
    assert found == {f"extension-{ID}": "passed"}


@pytest.mark.usefixtures("running")
def test_a_file_with_another_hash_fails_the_build_with_one_sentence(context: Path, tmp_path: Path) -> None:
    changed = tmp_path / "context"
    shutil.copytree(context, changed)
    with (changed / FOLDER / f"{ID}.vsix").open("ab") as file:
        file.write(b"\0")
    found = hashlib.sha256((changed / FOLDER / f"{ID}.vsix").read_bytes()).hexdigest()
    listed = (changed / FOLDER / "extensions.txt").read_text(encoding="utf-8").split()[1]
    done = run_build(NAME, {"VSIX_FOLDER": FOLDER, "MISSING_TOOLS": ""}, changed)
    assert done.returncode != 0
    assert set(re.findall(r"Error: (.*)", done.stderr)) == {
        f"{ID}.vsix has the SHA-256 {found}, and extensions.txt says '{listed}': look at the file, then enter its hash."
    }
