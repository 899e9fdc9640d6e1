"""Claude Code and claude-flow, as far as they go without an account; the library of agents."""

__all__ = ["CLAUDE", "CLAUDE_FLOW"]

from validate.check import Check, Workbench, first_line
from validate.outcome import CheckFailedError

_QUIET = {"DISABLE_AUTOUPDATER": "1", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"}


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


CLAUDE = Check("claude", "Claude Code keeps a setting", _keep_server, tools=("claude",), seconds=60)
CLAUDE_FLOW = Check("claude-flow", "claude-flow runs", _say_version, tools=("claude-flow",), seconds=60)
