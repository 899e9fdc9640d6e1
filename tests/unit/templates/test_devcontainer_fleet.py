"""The start script of Fleet MCP, with a real supervisord and a real small MCP server, in a network of its own."""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TEMPLATE = ROOT / "templates" / "coder-devcontainer-kubernetes"
SERVER = ROOT / "tests" / "standins" / "fleet_mcp" / "server.py"
TOKEN = "canary-4f1d0c7be2"  # noqa: S105 - made up, and looked for in what is written

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="a network namespace of its own needs root")


def _configuration(folder: Path, command: str) -> str:
    """Render supervisord's file as Terraform's templatefile does with these two values."""
    text = (TEMPLATE / "supervisord.conf.tftpl").read_text()
    return text.replace("${folder}", str(folder)).replace('${replace(command, "%", "%%")}', command.replace("%", "%%"))


def _environment(tmp_path: Path, command: str, timeout: int) -> dict[str, str]:
    folder = tmp_path / "setup"
    folder.mkdir(exist_ok=True)
    (tmp_path / "home").mkdir(exist_ok=True)
    return {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin:/usr/sbin:/sbin",
        "HOME": str(tmp_path / "home"),
        "FLEET_FOLDER": str(folder),
        "FLEET_TIMEOUT": str(timeout),
        "FLEET_HEALTH": "http://127.0.0.1:8000/health",
        "FLEET_SUPERVISORD_CONF": base64.b64encode(_configuration(folder, command).encode()).decode(),
        "FLEET_TASKFILE_BASE64": base64.b64encode((TEMPLATE / "scripts" / "Taskfile.yml").read_bytes()).decode(),
        "FLEET_MCP_TASKFILE": str(folder / "Taskfile.yml"),
        "FLEET_MCP_AUTH_ENABLED": "true",
        "FLEET_MCP_AUTH_TOKEN": TOKEN,
    }


def _run(script: str, environment: dict[str, str], after: str = ":") -> subprocess.CompletedProcess[str]:
    """Run a script of the template, then `after`, then stop supervisord; all in a network namespace of their own."""
    whole = (
        f"ip link set lo up; sh '{TEMPLATE}/scripts/{script}'; status=$?; {after}; "
        "supervisorctl -s http://127.0.0.1:9001 shutdown >/dev/null 2>&1; exit $status"
    )
    return subprocess.run(
        ["unshare", "--net", "sh", "-c", whole],
        env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def _call(token: str, request: dict[str, object]) -> str:
    """Return a shell command that posts a JSON-RPC request to the server and prints status and body."""
    program = (
        "import sys,urllib.request,urllib.error\n"
        "r=urllib.request.Request('http://127.0.0.1:8000/mcp',sys.argv[2].encode(),"
        "{'Authorization':'Bearer '+sys.argv[1],'Content-Type':'application/json'})\n"
        "try:\n a=urllib.request.urlopen(r,timeout=5)\n"
        "except urllib.error.HTTPError as e:\n a=e\n"
        "print(a.status,a.read().decode())\n"
    )
    encoded = base64.b64encode(program.encode()).decode()
    return f"python3 -c \"$(echo {encoded} | base64 -d)\" '{token}' '{json.dumps(request)}'"


@needs_root
def test_the_server_starts_becomes_healthy_and_asks_for_its_token(tmp_path: Path) -> None:
    listing = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "list_tasks"}}
    after = f"{_call(TOKEN, listing)}; {_call('wrong', listing)}; sh '{TEMPLATE}/scripts/fleet.sh'"
    done = _run("fleet.sh", _environment(tmp_path, f"{sys.executable} {SERVER}", 20), after)
    assert (done.returncode, done.stderr) == (0, "")
    healthy, served, refused, again = done.stdout.splitlines()
    assert healthy == again == "Fleet MCP: the server is healthy."
    # The repository has no Taskfile, so the template's own was handed over.
    assert served.startswith("200")
    assert "fleet-status" in served
    assert refused.startswith("401")


@needs_root
def test_the_token_is_written_nowhere(tmp_path: Path) -> None:
    done = _run("fleet.sh", _environment(tmp_path, f"{sys.executable} {SERVER}", 20))
    written = "".join(path.read_text(errors="replace") for path in tmp_path.rglob("*") if path.is_file())
    assert "GET /health 200" in written
    assert TOKEN not in written + done.stdout + done.stderr


@needs_root
@pytest.mark.parametrize(
    ("command", "timeout", "expected"),
    [
        ("/bin/false", 60, r"the server stops as soon as it is started; see \S+/logs/fleet-mcp/server\.log\."),
        ("/bin/sleep 60", 2, r"no answer from http://127\.0\.0\.1:8000/health after 2 s; see \S+server\.log\."),
    ],
    ids=["the command dies at once", "nothing ever answers"],
)
def test_a_server_that_does_not_come_up_is_one_line(tmp_path: Path, command: str, timeout: int, expected: str) -> None:
    done = _run("fleet.sh", _environment(tmp_path, command, timeout))
    assert done.returncode == 1
    assert re.fullmatch(rf"Fleet MCP: {expected}\n", done.stderr), done.stderr


def test_a_missing_supervisord_is_one_line_with_the_remedy(tmp_path: Path) -> None:
    few = tmp_path / "bin"
    few.mkdir()
    for program in ("sh", "id", "curl"):
        found = shutil.which(program)
        if found:
            (few / program).symlink_to(found)
    environment = _environment(tmp_path, "/bin/true", 5) | {"PATH": str(few)}
    done = subprocess.run(
        ["/bin/sh", str(TEMPLATE / "scripts" / "fleet.sh")],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "install the package 'supervisor'" in done.stderr


def test_a_per_cent_sign_in_the_command_reaches_the_server(tmp_path: Path) -> None:
    assert "command=date +%%s\n" in _configuration(tmp_path, "date +%s")


def test_a_server_that_is_told_to_ask_for_a_token_does_not_run_without_one() -> None:
    done = subprocess.run(
        [sys.executable, str(SERVER)], env={"FLEET_MCP_AUTH_ENABLED": "true"}, capture_output=True, text=True,
        timeout=10, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == "FLEET_MCP_AUTH_ENABLED is true and FLEET_MCP_AUTH_TOKEN is empty.\n"
