"""Where this runs: the build report, and in a workspace the agent and the user's dotfiles."""

__all__ = ["AGENT", "DOTFILES", "report_check"]

import os
import urllib.error
import urllib.request
from collections.abc import Sequence

from validate.build_report import BuildReport
from validate.check import Check, Workbench, first_line
from validate.outcome import CheckFailedError, CheckSkippedError


def _reach_coder(bench: Workbench) -> str:
    del bench
    url, name = os.environ.get("CODER_AGENT_URL", ""), os.environ.get("CODER_WORKSPACE_NAME", "")
    if not url:
        raise CheckSkippedError("This is no Coder workspace.")
    try:
        with urllib.request.urlopen(f"{url.rstrip('/')}/healthz", timeout=10) as answer:  # noqa: S310 - Coder's own URL
            said = answer.read(100).decode("utf-8", errors="replace").strip()
    except (urllib.error.URLError, OSError) as error:
        raise CheckFailedError(f"The agent's Coder at {url} does not answer: {error}") from None
    if said != "OK":
        raise CheckFailedError(f"The agent's Coder at {url} says '{said}', not 'OK'.")
    return f"The agent of the workspace {name or '(without a name)'} has Coder at {url}, which is healthy."


def _look_at_dotfiles(bench: Workbench) -> str:
    wanted, folder = os.environ.get("SPT_FLOW_DOTFILES", ""), bench.home / "dotfiles"
    if not wanted:
        raise CheckSkippedError("This workspace has no dotfiles.")
    if not (folder / ".git").is_dir():
        raise CheckFailedError(f"The dotfiles are not in {folder}.")
    commit = first_line(bench.run("git", "-C", str(folder), "rev-parse", "HEAD").stdout)
    return f"The dotfiles are in {folder}, at commit {commit}."


def report_check(report: BuildReport, checks: Sequence[Check]) -> Check:
    """Return the check of the report itself: every tool that it says the image has is one that something checks."""

    def compare(bench: Workbench) -> str:
        del bench
        if report.problem is not None:
            raise CheckFailedError(report.problem)
        checked = {tool for check in checks for tool in check.tools} | {"spt-validate"}
        unchecked = sorted(set(report.tools) - checked)
        if unchecked:
            raise CheckFailedError(f"The build report names what nothing checks: {', '.join(unchecked)}.")
        unsaid = sorted(tool for tool in checked - set(report.tools) if report.reason(tool) is None)
        if unsaid:
            raise CheckFailedError(f"The build report says nothing about {', '.join(unsaid)}.")
        missing = sum(report.reason(tool) is not None for tool in checked)
        return f"The build report has {len(checked) - missing} tools in the image, and says why {missing} are missing."

    return Check("report", "the build report is complete", compare, tools=("spt-validate",))


AGENT = Check("agent", "in a workspace, the agent's Coder", _reach_coder)
DOTFILES = Check("dotfiles", "in a workspace, the dotfiles", _look_at_dotfiles)
