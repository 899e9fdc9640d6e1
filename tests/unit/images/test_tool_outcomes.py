"""What the scripts of images/workspace/tools/ say in the build report, when a tool is had and when it cannot be."""

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest

from core.command import Command, CommandResult

IMAGE: Final = Path(__file__).resolve().parents[3] / "images" / "workspace"
URL: Final = "https://example.com/v1/tool"
CONTENT: Final = b"#!/bin/sh\necho 1.0\n"
WHO: Final = ("-c", "user.name=test", "-c", "user.email=test@example.com")


class Build:
    """A build's surroundings: programs that stand in for others, its report, and the image's root."""

    def __init__(self, folder: Path) -> None:
        """Make them below `folder`."""
        self.programs = folder / "programs"
        self.programs.mkdir()
        self.out = folder / "out"
        self.out.mkdir()
        self.report_folder = folder / "report"
        self.folder = folder
        (self.programs / "build-report.sh").symlink_to(IMAGE / "report" / "build-report.sh")

    def program(self, name: str, text: str) -> None:
        """Put a shell script on PATH."""
        path = self.programs / name
        path.write_text(f"#!/bin/sh\nset -eu\n{text}\n", encoding="utf-8")
        path.chmod(0o755)

    def run(self, script: str, *args: str, env: Mapping[str, str] | None = None) -> CommandResult:
        """Run a script of the image."""
        own = {
            "PATH": f"{self.programs}{os.pathsep}/usr/bin{os.pathsep}/bin",
            "SPT_REPORT": str(self.report_folder),
            "TMPDIR": str(self.folder),
            "HOME": str(self.folder),
            "GIT_CONFIG_GLOBAL": "/dev/null",
        }
        return Command("/bin/sh", env={**own, **(env or {})}).run(str(IMAGE / script), *args, check=False)

    def report(self, tool: str) -> dict[str, str] | None:
        """Return what was said about a tool."""
        path = self.report_folder / f"{tool}.json"
        return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


@pytest.fixture
def build(tmp_path: Path) -> Build:
    return Build(tmp_path)


@pytest.fixture
def download(build: Build) -> Callable[..., CommandResult]:
    """Return a call of download.sh, with curl and dpkg that answer as told."""
    build.program("dpkg", "echo ${MACHINE:-amd64}")
    build.program("curl", 'while [ "$1" != --output ]; do shift; done\ncp "$PUBLISHED" "$2"')
    published = build.folder / "published"
    published.write_bytes(CONTENT)
    listed = build.folder / "downloads.txt"
    listed.write_text(f"# A comment\n{hashlib.sha256(CONTENT).hexdigest()}  {URL}\n", encoding="utf-8")
    usual = {"SPT_DOWNLOADS": str(listed), "PUBLISHED": str(published), "DOWNLOADS": "yes"}

    def call(url: str = URL, **env: str) -> CommandResult:
        return build.run("system/download.sh", "tool", url, str(build.folder / "file"), env={**usual, **env})

    return call


def test_a_file_with_the_listed_hash_is_there(build: Build, download: Callable[..., CommandResult]) -> None:
    assert download().returncode == 0
    assert (build.folder / "file").read_bytes() == CONTENT
    assert build.report("tool") is None


@pytest.mark.parametrize(
    ("env", "reason"),
    [
        ({"DOWNLOADS": "no"}, "(DOWNLOADS=no)"),
        ({"MACHINE": "arm64"}, "this is arm64"),
        ({"PUBLISHED": "/nonexistent"}, "cannot be fetched (curl ends with exit code 1)"),
    ],
)
def test_what_cannot_be_downloaded_is_reported(
    build: Build, download: Callable[..., CommandResult], env: dict[str, str], reason: str
) -> None:
    (build.folder / "file").write_bytes(b"left over")
    assert download(**env).returncode == 0
    assert not (build.folder / "file").exists()
    said = build.report("tool")
    assert said is not None
    assert said["missing"].endswith(reason)


@pytest.mark.parametrize(
    ("url", "env", "sentence"),
    [
        (URL, {"DOWNLOADS": ""}, "DOWNLOADS is ''; yes or no is expected."),
        (f"{URL}2", {}, "downloads.txt has no hash for"),
        (URL, {"PUBLISHED": "/etc/hostname"}, "look at the file, then enter its hash."),
    ],
)
def test_another_file_than_the_listed_one_fails_the_build(
    build: Build, download: Callable[..., CommandResult], url: str, env: dict[str, str], sentence: str
) -> None:
    done = download(url, **env)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert build.report("tool") is None


@pytest.mark.parametrize("tool", ["firecracker", "kuasar", "op", "wash"])
def test_a_published_tool_that_cannot_be_had_leaves_nothing(build: Build, tool: str) -> None:
    build.program("download.sh", 'build-report.sh missing "$1" "not here"')
    assert build.run(f"tools/{tool}.sh", "1.2.3", str(build.out)).returncode == 0
    assert build.report(tool) == {"tool": tool, "missing": "not here"}
    assert list(build.out.iterdir()) == []


@pytest.mark.parametrize(
    ("tool", "members", "programs"),
    [
        ("wash", (), ("wash",)),
        (
            "firecracker",
            ("release-v1.2.3-x86_64/firecracker-v1.2.3-x86_64", "release-v1.2.3-x86_64/jailer-v1.2.3-x86_64"),
            ("firecracker", "jailer"),
        ),
        (
            "kuasar",
            tuple(f"kuasar-v1.2.3-linux-amd64/{name}" for name in ("vmm-sandboxer", "vmlinux.bin", "kuasar.img")),
            ("vmm-sandboxer",),
        ),
    ],
)
def test_a_published_tool_is_installed_and_reported(
    build: Build, tool: str, members: tuple[str, ...], programs: tuple[str, ...]
) -> None:
    for name in members:
        path = build.folder / "published" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(CONTENT)
        path.chmod(0o755)
    pack = 'tar -czf "$3" -C "$PUBLISHED" .' if members else "printf '#!/bin/sh\\necho 1.0\\n' >\"$3\""
    build.program("download.sh", pack)
    done = build.run(
        f"tools/{tool}.sh", "1.2.3", str(build.out), env={"PUBLISHED": str(build.folder / "published")}
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert build.report(tool) == {"tool": tool, "version": "1.2.3", "source": "publisher's file"}
    assert sorted(path.name for path in (build.out / "usr" / "local" / "bin").iterdir()) == sorted(programs)


def test_nex_is_missing_where_the_proxy_refuses_it(build: Build) -> None:
    build.program("go", '[ "$1" != get ] || { echo "403 of proxy.example.com" >&2; exit 1; }')
    assert build.run("tools/nex.sh", "0.0.0-1", str(build.out)).returncode == 0
    said = build.report("nex")
    assert said == {"tool": "nex", "missing": "the Go proxy does not give github.com/synadia-io/nex v0.0.0-1"}


def test_nex_is_built_where_the_proxy_gives_it(build: Build) -> None:
    build.program(
        "go",
        'case $1 in build) while [ "$1" != -o ]; do shift; done; mkdir -p "${2%/*}"; cp /bin/true "$2" ;; esac',
    )
    assert build.run("tools/nex.sh", "0.0.0-1", str(build.out)).returncode == 0
    said = build.report("nex")
    assert said == {"tool": "nex", "version": "0.0.0-1", "source": "Go module github.com/synadia-io/nex"}


def test_a_compiler_that_fails_fails_the_build(build: Build) -> None:
    build.program("go", '[ "$1" != build ]')
    for tool, args in (("nex", ("1.2.3",)), ("gh", ("1.2.3", "/")), ("kubectl", ("1.2.3", "/"))):
        assert build.run(f"tools/{tool}.sh", *args, str(build.out)).returncode == 1
        assert build.report(tool) is None


def _library(folder: Path) -> tuple[str, str]:
    """Return the URL and the commit of a repository with one file and the tag v1."""
    git = Command("git", cwd=folder, env={"GIT_CONFIG_GLOBAL": "/dev/null"})
    git.run("init", "--quiet")
    (folder / "planner.md").write_text("plan\n", encoding="utf-8")
    git.run("add", "planner.md")
    git.run(*WHO, "commit", "--quiet", "--message", "A file")
    git.run("tag", "v1")
    return f"file://{folder}", git.run("rev-parse", "HEAD").stdout.strip()


def test_the_library_of_agents_is_at_its_commit_without_its_history(build: Build, tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    url, commit = _library(tmp_path / "library")
    done = build.run("tools/agents.sh", url, "v1", str(build.out))
    assert done.returncode == 0, done.stderr
    assert build.report("agents") == {"tool": "agents", "version": commit, "source": "AGENTS_URL"}
    found = build.out / "usr" / "share" / "spt-flow" / "agents"
    assert [path.name for path in found.iterdir()] == ["planner.md"]
    assert (build.out / "etc" / "skel" / "agents").readlink() == Path("/usr/share/spt-flow/agents")


def test_a_library_that_cannot_be_fetched_is_missing(build: Build, tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    url, _ = _library(tmp_path / "library")
    assert build.run("tools/agents.sh", url, "v2", str(build.out)).returncode == 0
    said = build.report("agents")
    assert said is not None
    assert "'v2'" in said["missing"]
    assert url not in said["missing"]


def test_no_library_is_asked_for_without_a_url(build: Build) -> None:
    assert build.run("tools/agents.sh", "", "", str(build.out)).returncode == 0
    assert build.report("agents") is None


def test_a_library_needs_a_ref(build: Build) -> None:
    done = build.run("tools/agents.sh", "https://git.example.com/agents.git", "", str(build.out))
    assert done.returncode == 1
    assert "AGENTS_REF is not" in done.stderr
