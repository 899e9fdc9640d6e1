"""000:S1.1.1, 000:S1.1.2, 000:S1.1.3: executables that need no Python, built here and run where there is none."""

import hashlib
import os
import re
import subprocess
import tarfile
from pathlib import Path

import pytest

from core.command import Command
from release.build_tools import missing_build_tools
from release.executable import Executables, build_executables, try_program
from release.platforms import this_platform
from sptcoder.cli.help_page import help_page
from sptcoder.version import VERSION


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Executables:
    missing = missing_build_tools()
    if missing:
        pytest.skip(f"executables are not built here: no {' '.join(missing)}")
    return build_executables(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def programs(built: Executables, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return the program in both forms."""
    folder = tmp_path_factory.mktemp("unpacked")
    Command("tar", cwd=folder).run("-xzf", str(built.archive))
    return [built.file, folder / this_platform().folder / this_platform().program]


def _run(program: Path, home: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run it with nothing of this machine: no PATH, no Python, a home of its own."""
    home.mkdir(exist_ok=True)
    alone = {
        "HOME": str(home),
        "PATH": "/nonexistent",
        "TMPDIR": str(home),
        "SPT_FLOW_SKIP_UPDATE_CHECK": "true",
        **env,
    }
    return subprocess.run([str(program), *words], env=alone, capture_output=True, text=True, timeout=60, check=False)


def test_both_forms_are_there_by_their_names(built: Executables) -> None:
    assert built.file.name == this_platform().executable
    assert built.archive.name == this_platform().archive
    assert os.access(built.file, os.X_OK)


def test_they_say_version_and_commit(programs: list[Path], tmp_path: Path) -> None:
    for program in programs:
        done = _run(program, tmp_path / "home", "--version")
        assert re.fullmatch(rf"sptcoder {re.escape(VERSION)} \(commit [0-9a-f]{{12}}(-changed)?\)\n", done.stdout)


def test_they_print_the_root_help(programs: list[Path], tmp_path: Path) -> None:
    for program in programs:
        assert _run(program, tmp_path / "home", "--help").stdout == help_page()


def test_every_command_is_in_them(programs: list[Path], tmp_path: Path) -> None:
    for words in (("up",), ("ssh-config",), ("template", "push"), ("snapshot",)):
        done = _run(programs[1], tmp_path / "home", *words, "--help")
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith(f"Usage: sptcoder {' '.join(words)} ")


def test_they_come_as_far_as_a_server_that_is_not_there(programs: list[Path], tmp_path: Path) -> None:
    for program in programs:
        server = {"CODER_URL": "http://127.0.0.1:9", "CODER_SESSION_TOKEN": "none"}
        done = _run(program, tmp_path / "home", "list", **server)
        assert done.returncode == 1
        assert done.stderr.startswith("Error: Coder at http://127.0.0.1:9 cannot be reached")
        assert "Traceback" not in done.stderr


def test_programs_they_start_find_the_systems_libraries(programs: list[Path], tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("git", "ssh", "gh"):
        (tools / name).write_text(f"#!/bin/sh\n/usr/bin/env > {tools}/seen.txt\n")
        (tools / name).chmod(0o755)
    for program in programs:
        _run(program, tmp_path / "home", "doctor", PATH=str(tools), LD_LIBRARY_PATH="/users/own")
        seen = (tools / "seen.txt").read_text()
        (tools / "seen.txt").unlink()
        assert "LD_LIBRARY_PATH=/users/own\n" in seen
        assert "PYINSTALLER_RESET_ENVIRONMENT=1\n" in seen


def test_the_templates_are_in_them(programs: list[Path]) -> None:
    bundled = programs[1].parent / "lib" / "sptcoder" / "bundled_templates"
    assert (bundled / "spt-flow" / "main.tf").is_file()
    assert (bundled / "shared" / "workspace" / "agent.tf").is_file()


def test_an_archive_does_not_tell_who_built_it(built: Executables) -> None:
    with tarfile.open(built.archive) as archive:
        assert {(entry.uid, entry.gid, entry.uname, entry.gname) for entry in archive} == {(0, 0, "", "")}


def test_a_program_that_does_not_run_is_no_release(tmp_path: Path) -> None:
    broken = tmp_path / "sptcoder"
    broken.write_text(f"#!/bin/sh\necho 'sptcoder {VERSION} (commit {hashlib.sha256().hexdigest()[:12]})'\n")
    broken.chmod(0o755)
    with pytest.raises(Exception, match="does not run its command 'list'"):
        try_program(broken)
