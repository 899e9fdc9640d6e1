"""code-server: it answers on the loopback device, and has the extensions it is to have."""

__all__ = ["CODE_SERVER", "extension_checks"]

import json
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from validate.build_report import BuildReport, ToolEntry
from validate.check import Check, Workbench, first_line
from validate.outcome import CheckFailedError

_PAUSE: Final = 0.1
_EXTENSIONS: Final = Path("/opt/code-server/node_modules/code-server/lib/vscode/extensions")
_PREFIX: Final = "extension-"


def _answer(bench: Workbench) -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folders = ("--user-data-dir", str(bench.folder / "data"), "--extensions-dir", str(bench.folder / "extensions"))
    quiet = ("--disable-telemetry", "--disable-update-check", "--config", str(bench.folder / "config.yaml"))
    bench.write("config.yaml", "")
    version = first_line(bench.run("code-server", "--config", str(bench.folder / "config.yaml"), "--version").stdout)
    with (bench.folder / "log").open("wb") as log:
        command = bench.command("code-server", env={"PORT": "", "PASSWORD": "", "VSCODE_IPC_HOOK_CLI": ""})
        server = command.start(
            *("--auth", "none", "--bind-addr", f"127.0.0.1:{port}", *folders, *quiet), output=log, new_session=False
        )
    while not (health := _get(f"http://127.0.0.1:{port}/healthz")):
        if server.poll() is not None:
            said = first_line((bench.folder / "log").read_text(errors="replace"))
            raise CheckFailedError(f"code-server ended before it answered: {said or 'it said nothing'}")
        time.sleep(_PAUSE)
    status = json.loads(health).get("status")
    page = _get(f"http://127.0.0.1:{port}/")
    if "workbench" not in page:
        raise CheckFailedError(f"code-server answers (status '{status}'), but its first page is not the editor.")
    return f"code-server {version} answered on the loopback device with the editor's page."


def _get(url: str) -> str:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=10) as answer:
            text: str = answer.read().decode("utf-8", errors="replace")
            return text
    except (urllib.error.URLError, OSError):
        return ""


def extension_checks(report: BuildReport) -> Sequence[Check]:
    """Return a check for each extension the report is about; every user has them, so they are the editor's own."""
    return [
        Check(entry.tool, "an extension of the editor", _Extension(entry).look, tools=(entry.tool,))
        for entry in report.tools.values()
        if entry.tool.startswith(_PREFIX)
    ]


@dataclass(frozen=True)
class _Extension:
    """One extension that the build says it has installed."""

    entry: ToolEntry

    def look(self, bench: Workbench) -> str:
        """Read what the extension says of itself, and see that what it begins with is there."""
        del bench
        name = self.entry.tool.removeprefix(_PREFIX)
        folder = _EXTENSIONS / name
        try:
            about = json.loads((folder / "package.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise CheckFailedError(f"The editor has no extension {name} in {folder}.") from None
        found = f"{about.get('publisher')}.{about.get('name')}"
        if found.lower() != name.lower() or about.get("version") != self.entry.version:
            raise CheckFailedError(f"{folder} is {found} {about.get('version')}, not {name} {self.entry.version}.")
        begins = str(about.get("main", ""))
        if begins and not any((folder / f"{begins}{ending}").is_file() for ending in ("", ".js")):
            raise CheckFailedError(f"The extension {name} begins with {begins}, which is not there.")
        return f"{found} {about['version']} is an extension of the editor."


CODE_SERVER = Check(
    "code-server", "the editor answers on a loopback port", _answer, tools=("code-server",), seconds=120
)
