"""000:FR13, 001:FR13: the wheel, installed as users install it, without the checkout anywhere near."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from release.installation import Installation, install, uninstall
from sptcoder.version import VERSION


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("tools")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UV_TOOL_DIR", str(folder / "tools"))
        patch.setenv("UV_TOOL_BIN_DIR", str(folder / "bin"))
        yield install()
        uninstall()
    assert list((folder / "bin").iterdir()) == []


def _run(program: Path, *words: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    alone = {**kept, "HOME": str(program.parent), "SPT_FLOW_SKIP_UPDATE_CHECK": "true"}
    return subprocess.run([str(program), *words], env=alone, cwd="/", capture_output=True, text=True, check=False)


def test_both_spellings_are_installed(installed: Installation) -> None:
    for name in ("sptcoder", "sptCoder"):
        assert _run(installed.program.with_name(name), "--version").stdout.startswith(f"sptcoder {VERSION} (commit ")


def test_it_says_what_to_type_first(installed: Installation) -> None:
    done = _run(installed.program, "list")
    assert done.returncode != 0
    assert done.stderr.endswith("Next:  sptcoder init\n")


def test_the_templates_are_there(installed: Installation) -> None:
    python = installed.program.resolve().parent / "python"
    asked = "from sptcoder.templates.bundled import find_bundled; print(find_bundled('spt-flow').directory)"
    folder = Path(subprocess.check_output([python, "-c", asked], cwd="/", text=True).strip())
    assert folder.parent.name == "bundled_templates"
    assert (folder / "main.tf").is_file()


def test_a_folder_that_is_not_on_path_is_noticed(installed: Installation) -> None:
    assert installed.on_path is False
