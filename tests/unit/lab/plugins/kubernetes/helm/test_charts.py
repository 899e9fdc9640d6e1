"""Where charts come from: folders, archives, a repository with a password, an OCI registry."""

import base64
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from core.command import Command
from core.errors import SptFlowError, UsageError
from lab.plugins.kubernetes.charts import ChartStore
from lab.plugins.kubernetes.charts_access import ChartReference
from tests.support.free_ports import free_port

pytestmark = pytest.mark.skipif(shutil.which("helm") is None, reason="no helm on PATH")
_PASSWORD = "do-not-show-this"  # noqa: S105 - of the test's own server


class _Guarded(SimpleHTTPRequestHandler):
    """Serves a folder to those who know the password."""

    def do_GET(self) -> None:
        expected = "Basic " + base64.b64encode(f"user:{_PASSWORD}".encode()).decode()
        if self.headers.get("Authorization") != expected:
            self.send_error(401)
            return
        super().do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass


@pytest.fixture
def repository(tmp_path: Path, chart: Path) -> Iterator[str]:
    """Yield the URL of a chart repository with the chart in two versions."""
    folder = tmp_path / "repository"
    for version in ("0.1.0", "0.2.0"):
        Command("helm").run("package", str(chart), "--version", version, "--destination", str(folder))
    Command("helm").run("repo", "index", str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Guarded, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture
def store(tmp_path: Path) -> ChartStore:
    return ChartStore(tmp_path / "cache")


def test_folder_and_archive(store: ChartStore, chart: Path, tmp_path: Path) -> None:
    assert store.resolve(ChartReference(str(chart))).version == "0.1.0"
    Command("helm").run("package", str(chart), "--destination", str(tmp_path))
    found = store.resolve(ChartReference(str(tmp_path / "small-0.1.0.tgz")))
    assert (found.name, found.app_version, found.path.name) == ("small", "1.2", "small-0.1.0.tgz")


@pytest.mark.parametrize("name", ["./nowhere", "/nowhere/at/all"])
def test_a_path_that_leads_nowhere(store: ChartStore, name: str) -> None:
    with pytest.raises(UsageError, match=r"neither an archive nor a folder with a Chart\.yaml"):
        store.resolve(ChartReference(name))


def test_a_library_cannot_be_installed(store: ChartStore, chart: Path) -> None:
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: small\nversion: 0.1.0\ntype: library\n")
    with pytest.raises(UsageError, match="is of type 'library'"):
        store.resolve(ChartReference(str(chart)))


def test_missing_dependencies_are_named_or_fetched(store: ChartStore, chart: Path, tmp_path: Path) -> None:
    base = tmp_path / "base"
    shutil.copytree(chart, base)
    (base / "Chart.yaml").write_text("apiVersion: v2\nname: base\nversion: 0.1.0\n")
    with (chart / "Chart.yaml").open("a") as file:
        file.write("dependencies: [{name: base, version: 0.1.0, repository: 'file://../base'}]\n")
    with pytest.raises(UsageError, match="lacks its dependencies base"):
        store.resolve(ChartReference(str(chart)))
    store.resolve(ChartReference(str(chart)), update_dependencies=True)
    assert (chart / "charts" / "base-0.1.0.tgz").is_file()


def test_a_repository_with_a_password(store: ChartStore, repository: str) -> None:
    reference = ChartReference("small", repository=repository, username="user", password=_PASSWORD)
    assert store.resolve(reference).version == "0.2.0"
    older = ChartReference("small", version="<0.2.0", repository=repository, username="user", password=_PASSWORD)
    assert store.resolve(older).version == "0.1.0"
    with pytest.raises(SptFlowError, match="401") as caught:
        store.resolve(ChartReference("small", repository=repository, username="user", password="wrong-password"))  # noqa: S106 - a wrong one
    assert "wrong-password" not in str(caught.value)


def test_an_exact_version_is_fetched_once(store: ChartStore, repository: str) -> None:
    reference = ChartReference("small", "0.1.0", repository=repository, username="user", password=_PASSWORD)
    first = store.resolve(reference)
    gone = ChartReference("small", "0.1.0", repository=repository)
    assert store.resolve(gone).path == first.path, "without a password the repository would refuse"


def test_the_password_is_not_on_a_command_line(
    store: ChartStore, repository: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[str] = []
    run = Command.run

    def noted(command: Command, *args: str, **options: object) -> object:
        lines.append(" ".join(args))
        return run(command, *args, **options)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr(Command, "run", noted)
    store.resolve(ChartReference("small", repository=repository, username="user", password=_PASSWORD))
    assert lines
    assert _PASSWORD not in " ".join(lines)


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[str]:
    """Yield the address of an OCI registry on this machine, or skip."""
    if shutil.which("registry") is None:
        pytest.skip("no registry on PATH")
    port = free_port()
    config = tmp_path / "registry.yaml"
    config.write_text(
        f"version: 0.1\nstorage: {{filesystem: {{rootdirectory: {tmp_path / 'blobs'}}}}}\n"
        f'http: {{addr: "127.0.0.1:{port}"}}\n'
    )
    process = Command("registry").start("serve", str(config))
    try:
        for _ in range(1200):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.05)
        yield f"localhost:{port}"
    finally:
        process.kill()
        process.wait()


def test_an_oci_registry(store: ChartStore, registry: str, chart: Path, tmp_path: Path) -> None:
    Command("helm").run("package", str(chart), "--destination", str(tmp_path))
    Command("helm").run(
        "push", str(tmp_path / "small-0.1.0.tgz"), f"oci://{registry}/charts", "--plain-http", timeout=60
    )
    found = store.resolve(ChartReference(f"oci://{registry}/charts/small"))
    assert (found.name, found.version) == ("small", "0.1.0")
    with pytest.raises(SptFlowError, match=r"9\.9\.9"):
        store.resolve(ChartReference(f"oci://{registry}/charts/small", "9.9.9"))


@pytest.mark.parametrize(
    ("inputs", "chart", "repository"),
    [
        (
            {"chart": "small", "repositoryOpts": {"repo": "https://charts.example.com"}},
            "small",
            "https://charts.example.com",
        ),
        ({"chart": "small", "repositoryOpts": {"repo": "added"}}, "added/small", ""),
        ({"chart": "added/small", "repositoryOpts": {}}, "added/small", ""),
        (
            {"chart": "oci://registry.example.com/small", "repositoryOpts": {"repo": "x"}},
            "oci://registry.example.com/small",
            "",
        ),
    ],
)
def test_references(inputs: dict[str, object], chart: str, repository: str) -> None:
    reference = ChartReference.of(inputs)
    assert (reference.chart, reference.repository) == (chart, repository)
