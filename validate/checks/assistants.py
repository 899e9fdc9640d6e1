"""Claude Code and claude-flow, as far as they go without an account; the library of agents."""

__all__ = ["CLAUDE", "CLAUDE_FLOW", "agent_checks"]

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from validate.build_report import BuildReport
from validate.check import Check, Workbench, first_line
from validate.outcome import CheckFailedError

_AGENTS: Final = Path("/usr/share/spt-flow/agents")
_QUIET: Final = {"DISABLE_AUTOUPDATER": "1", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"}


def _keep_server(bench: Workbench) -> str:
    version = first_line(bench.run("claude", "--version", env=_QUIET).stdout)
    bench.run("claude", "mcp", "add", "--scope", "user", "hello", "--", "/bin/true", env=_QUIET)
    kept = bench.folder / ".claude.json"
    if not kept.is_file() or '"hello"' not in kept.read_text(encoding="utf-8"):
        raise CheckFailedError(f"Claude Code {version} does not keep a server it has been told of.")
    return f"Claude Code {version} kept the server it was told of."


def _say_version(bench: Workbench) -> str:
    version = first_line(bench.run("claude-flow", "--version", env=_QUIET).stdout)
    if "Usage" not in bench.run("claude-flow", "--help", env=_QUIET).stdout.title():
        raise CheckFailedError(f"claude-flow {version} does not say how it is used.")
    return f"claude-flow {version} says how it is used."


def agent_checks(report: BuildReport) -> Sequence[Check]:
    """Return the check of the library of agents, if the build was told of one."""
    if "agents" not in report.tools:
        return []
    return [Check("agents", "the library of agents", _count_agents, tools=("agents",))]


def _count_agents(bench: Workbench) -> str:
    del bench
    files = [path for path in _AGENTS.rglob("*.md") if path.is_file()] if _AGENTS.is_dir() else []
    if not files:
        raise CheckFailedError(f"There is no agent in {_AGENTS}: no file there ends in .md.")
    unreadable = [path for path in files if not os.access(path, os.R_OK)]
    if unreadable:
        raise CheckFailedError(f"{unreadable[0]} cannot be read.")
    return f"{_AGENTS} has {len(files)} files on agents."


CLAUDE = Check("claude", "Claude Code keeps a setting", _keep_server, tools=("claude",), seconds=60)
CLAUDE_FLOW = Check("claude-flow", "claude-flow runs", _say_version, tools=("claude-flow",), seconds=60)
