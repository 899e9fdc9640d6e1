"""Real builds with the real compiler: killed and resumed, refused by a proxy, and found done."""

import http.server
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from core.errors import SptFlowError
from lab.toolchain.build import Builder
from lab.toolchain.cache import Cache
from lab.toolchain.downloads import Downloads
from lab.toolchain.golang import GoCompiler
from lab.toolchain.gotools import GO_TOOLS, GoTool

ROOT = Path(__file__).parents[4]
PAUSE = next(tool for tool in GO_TOOLS if tool.name == "pause")
BUILD = """
import sys
from pathlib import Path
from lab.progress import SilentProgress
from lab.toolchain.build import Builder
from lab.toolchain.cache import Cache
from lab.toolchain.golang import GoCompiler
from lab.toolchain.gotools import GO_TOOLS
cache = Cache(Path(sys.argv[1]))
cache.create()
with SilentProgress().step("x") as step:
    Builder(GoCompiler.of_this_environment(), cache).build(GO_TOOLS[0], step)
"""


class Notes(list[str]):
    """Keeps what a step says."""

    def note(self, text: str) -> None:
        self.append(text)

    def unchanged(self, reason: str) -> None:
        self.append(reason)


def builder(cache: Cache) -> Builder:
    cache.create()
    return Builder(GoCompiler.of_this_environment(), cache)


def compiled(cache: Cache) -> int:
    return sum(1 for path in cache.compiled.rglob("*-d") if path.is_file())


def test_a_build_that_was_killed_leaves_no_compiler_and_goes_on_where_it_was(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    run = subprocess.Popen([sys.executable, "-c", BUILD, str(tmp_path)], cwd=ROOT)
    deadline = time.monotonic() + 120
    while compiled(cache) < 15:
        assert run.poll() is None, "the build ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.02)
    compilers = [child for child in psutil.Process(run.pid).children(recursive=True) if child.name() == "go"]
    assert compilers
    run.send_signal(signal.SIGKILL)
    run.wait()
    psutil.wait_procs(compilers, timeout=30)
    assert not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in compilers)
    assert not (cache.bin / "pause").exists()
    assert not builder(cache).stamp(PAUSE).matches()

    kept = {path.name: path.stat().st_mtime_ns for path in cache.compiled.rglob("*-d")}
    builder(cache).build(PAUSE, Notes())
    assert builder(cache).stamp(PAUSE).matches()
    after = {path.name: path.stat().st_mtime_ns for path in cache.compiled.rglob("*-d")}
    assert all(after[name] == written for name, written in kept.items())
    version = subprocess.run([cache.bin / "pause", "--version"], capture_output=True, text=True, check=True)
    assert version.stdout == f"pause {PAUSE.version}\n"
    _assert_waits_and_ends(cache.bin / "pause")


def _assert_waits_and_ends(program: Path) -> None:
    with subprocess.Popen([program]) as process:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.3)
        process.terminate()
        assert process.wait(30) == 0


@pytest.fixture
def refusing_proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Serve a module proxy on loopback that refuses everything; yields the paths it was asked for."""
    asked: list[str] = []

    class Refusal(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(403)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusal)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("GOPROXY", f"http://127.0.0.1:{server.server_port},direct")
    monkeypatch.setenv("GONOSUMDB", "*")
    yield asked
    server.shutdown()
    server.server_close()


def tool(name: str) -> GoTool:
    return next(item for item in GO_TOOLS if item.name == name)


def test_a_refusal_is_final_names_the_module_and_is_asked_once(tmp_path: Path, refusing_proxy: list[str]) -> None:
    work = builder(Cache(tmp_path))
    with (
        pytest.raises(SptFlowError, match=r"The Go module helm\.sh/helm/v3 v\S+, needed to build helm .*403") as caught,
        Downloads(work, [tool("helm")]) as downloads,
    ):
        downloads.wait(tool("helm"), Notes())
    assert "direct" not in caught.value.message
    assert refusing_proxy.count("/helm.sh/helm/v3/@v/v3.22.0.zip") == 1


def test_a_refusal_of_a_later_tool_stops_the_run_early(tmp_path: Path, refusing_proxy: list[str]) -> None:
    work = builder(Cache(tmp_path))
    with Downloads(work, [PAUSE, tool("helm")]) as downloads:
        downloads.wait(PAUSE, Notes())
        deadline = time.monotonic() + 30
        while downloads.error is None and time.monotonic() < deadline:
            time.sleep(0.05)
        assert downloads.error is not None
        with pytest.raises(SptFlowError, match="stopped"):
            work.build(PAUSE, Notes())
    assert refusing_proxy


def test_an_unreachable_proxy_is_tried_again_and_then_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOPROXY", "http://127.0.0.1:9")
    monkeypatch.setattr("lab.toolchain.downloads._PAUSE_SECONDS", 0.01)
    work = builder(Cache(tmp_path))
    with (
        pytest.raises(SptFlowError, match=r"connection refused.*set GOPROXY"),
        Downloads(work, [tool("registry")]) as downloads,
    ):
        downloads.wait(tool("registry"), Notes())


def test_a_program_that_does_not_compile_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "modules" / "pause"
    shutil.copytree(PAUSE.folder, folder)
    (folder / "main.go").write_text("package main\n\nimport (\n")
    monkeypatch.setattr("lab.toolchain.gotools.MODULES", folder.parent)
    broken = replace(PAUSE, version="0.0.0")
    with pytest.raises(SptFlowError, match=r"pause 0\.0\.0 could not be built: .*main\.go:3:10"):
        builder(Cache(tmp_path / "cache")).build(broken, Notes())
    assert list((tmp_path / "cache" / "build" / "tmp").iterdir()) == []


def test_stopping_ends_a_build_in_progress(tmp_path: Path) -> None:
    work = builder(Cache(tmp_path))
    threading.Timer(0.3, work.stop).start()
    with pytest.raises(SptFlowError, match="stopped"):
        work.build(PAUSE, Notes())
