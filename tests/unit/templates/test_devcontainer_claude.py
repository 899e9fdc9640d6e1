"""The scripts around Claude Code: its entry for Fleet MCP, and the system prompt in the user's memory file.

Claude Code itself is stood in for by a program that writes down how it was called; where the real one is on PATH, it is
asked as well.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SCRIPTS = ROOT / "templates" / "coder-devcontainer-kubernetes" / "scripts"
SERVER = ROOT / "tests" / "standins" / "fleet_mcp" / "server.py"
TOKEN = "canary-8e2b91d0aa"  # noqa: S105 - made up, and looked for in what is written
RECORDER = """#!/bin/sh
printf '%s\\n' "$*" >>"$HOME/calls"
[ "$2" = remove ] && exit 1
[ "$2" = add-json ] && [ "$(grep -c add-json "$HOME/calls")" -le "${FAILURES:-0}" ] && exit 1
exit 0
"""


def _script(name: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    home.mkdir(exist_ok=True)
    return subprocess.run(
        ["sh", str(SCRIPTS / name)],
        env={"HOME": str(home), "PATH": f"{home / 'bin'}:/usr/bin:/bin", **environment},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home whose `claude` writes down its calls."""
    (tmp_path / "home" / "bin").mkdir(parents=True)
    program = tmp_path / "home" / "bin" / "claude"
    program.write_text(RECORDER)
    program.chmod(0o755)
    return tmp_path / "home"


def test_the_entry_is_removed_before_it_is_added_and_names_the_variable_not_the_token(home: Path) -> None:
    done = _script("claude-mcp.sh", home, FLEET_MCP_AUTH_TOKEN=TOKEN, FLEET_TIMEOUT="0")
    removal, addition = (home / "calls").read_text().splitlines()
    assert done.returncode == 0
    assert removal == "mcp remove --scope user fleet-mcp"
    assert addition.startswith("mcp add-json --scope user fleet-mcp {")
    assert '"Authorization":"Bearer ${FLEET_MCP_AUTH_TOKEN}"' in addition
    assert TOKEN not in addition + done.stdout + done.stderr


def test_a_failing_entry_is_tried_again_and_then_is_one_line(home: Path) -> None:
    done = _script("claude-mcp.sh", home, FLEET_MCP_AUTH_TOKEN=TOKEN, FLEET_TIMEOUT="0", FAILURES="1")
    assert done.returncode == 0
    (home / "calls").unlink()
    done = _script("claude-mcp.sh", home, FLEET_MCP_AUTH_TOKEN=TOKEN, FLEET_TIMEOUT="0", FAILURES="9")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("Claude Code: fleet-mcp could not be set up;")


def test_without_fleet_or_without_claude_nothing_is_done(home: Path, tmp_path: Path) -> None:
    assert _script("claude-mcp.sh", home).stderr == ""
    assert not (home / "calls").exists()
    done = _script("claude-mcp.sh", tmp_path / "bare", FLEET_MCP_AUTH_TOKEN=TOKEN)
    assert (done.returncode, done.stderr.count("\n")) == (0, 1)


@pytest.mark.skipif(os.geteuid() != 0, reason="a network namespace of its own needs root")
@pytest.mark.skipif(shutil.which("claude") is None, reason="Claude Code is not installed on this machine")
def test_the_real_claude_code_reaches_the_server_with_the_token(tmp_path: Path) -> None:
    environment = {
        "HOME": str(tmp_path), "PATH": os.environ["PATH"], "FLEET_MCP_AUTH_ENABLED": "true", "FLEET_TIMEOUT": "20",
        "FLEET_MCP_AUTH_TOKEN": TOKEN, "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1", "DISABLE_AUTOUPDATER": "1",
    }  # fmt: skip
    whole = (
        f"ip link set lo up; {sys.executable} {SERVER} & trap 'kill $!' EXIT; "
        f"sh {SCRIPTS}/claude-mcp.sh && sh {SCRIPTS}/claude-mcp.sh && claude mcp list; "
        "FLEET_MCP_AUTH_TOKEN=wrong claude mcp list"
    )
    done = subprocess.run(
        ["unshare", "--net", "sh", "-c", whole],
        env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    listed = [line for line in done.stdout.splitlines() if line.startswith("fleet-mcp:")]
    assert [("Connected" in line) for line in listed] == [True, False]
    assert TOKEN not in (tmp_path / ".claude.json").read_text()


def test_the_system_prompt_is_replaced_and_the_users_own_text_stays(tmp_path: Path) -> None:
    file = tmp_path / ".claude" / "CLAUDE.md"
    file.parent.mkdir()
    file.write_text("# Mine\n\nAlways use tabs.\n")
    for prompt in ("You are a developer.", 'You "look after"\n$(systems) & `more`.'):
        assert _script("claude-md.sh", tmp_path, SYSTEM_PROMPT=prompt).returncode == 0
        lines = file.read_text().splitlines()
        assert "\n".join(lines[1 : lines.index("<!-- end: system prompt of the workspace -->")]) == prompt
        assert file.read_text().endswith("# Mine\n\nAlways use tabs.\n")
    assert _script("claude-md.sh", tmp_path, SYSTEM_PROMPT="").returncode == 0
    assert file.read_text() == "# Mine\n\nAlways use tabs.\n"


def test_without_a_prompt_and_a_file_none_is_made(tmp_path: Path) -> None:
    assert _script("claude-md.sh", tmp_path).returncode == 0
    assert not (tmp_path / ".claude").exists()
