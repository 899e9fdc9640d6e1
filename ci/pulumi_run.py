"""Runs of the official Pulumi CLI over one stack, with the policy pack and its configuration of that stack."""

__all__ = ["PreviewResult", "deploy_stack", "preview_stack"]

import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from ci.change_rules import change_verdicts
from ci.event_log import PolicyVerdict, policy_verdicts
from ci.plan import Plan, read_plan
from ci.stack_name import PROJECT_ROOT, check_stack_name
from core.command import Command
from core.errors import SptFlowError
from core.maintenance_window import OVERRIDE
from core.uv import uv_folders

_ENVIRONMENT: Final = {
    "PULUMI_SKIP_UPDATE_CHECK": "true",
    "PULUMI_DEBUG_COMMANDS": "true",  # without it the CLI does not know --event-log
}
_PREVIEW_SECONDS: Final = 20 * 60.0
_MANDATORY: Final = "mandatory"


@dataclass(frozen=True)
class PreviewResult:
    """What a preview came to: the plan, what policies said of it, and whether the engine was content with all of it.

    Among the `verdicts` are those of the rules about a plan, of which the engine knows nothing.
    """

    plan: Plan
    verdicts: tuple[PolicyVerdict, ...]
    succeeded: bool

    def check(self) -> None:
        """Raise SptFlowError for a preview that failed: its violations first, its own words second."""
        broken = [f"[{one.policy}] {one.sentence}" for one in self.verdicts if one.level == _MANDATORY]
        if self.succeeded and not broken:
            return
        told = broken or list(self.plan.failures) or ["the engine did not say why"]
        listed = "".join(f"\n  - {line}" for line in told)
        what = "found policy violations" if broken else "failed"
        raise SptFlowError(
            f"The preview of stack '{self.plan.stack}' {what}, so nothing may be deployed:{listed}",
            next_command="mend what is named above",
        )


def preview_stack(stack: str, document: Path, *, refresh: bool = True, list_all: bool = True) -> PreviewResult:
    """Preview a stack into a file of the CLI's JSON; a failed preview leaves that file too, if the CLI wrote it.

    `list_all` also lists what stays the same, which the sums of requests need. Raises SptFlowError when the CLI could
    not even begin: no backend, no such stack.
    """
    check_stack_name(stack)
    with tempfile.TemporaryDirectory(prefix="spt-flow-ci-") as scratch:
        log = Path(scratch, "events.json")
        arguments = [*_arguments("preview", stack), "--json", "--event-log", str(log)]
        arguments += ["--refresh"] if refresh else []
        arguments += ["--show-sames"] if list_all else []
        done = _pulumi().run(*arguments, timeout=_PREVIEW_SECONDS, check=False)
        verdicts = tuple(policy_verdicts(log))
    if not done.stdout.lstrip().startswith("{"):
        words = " ".join(done.stderr.split()) or "it printed nothing"
        raise SptFlowError(
            f"The preview of stack '{stack}' could not begin: {words.removeprefix('error: ')[:500]}",
            next_command="pulumi login, pulumi stack ls, and docs/ci.md for what a stack needs",
        )
    document.write_text(done.stdout, encoding="utf-8")
    plan = read_plan(document)
    return PreviewResult(plan, (*verdicts, *change_verdicts(document, _config(stack))), succeeded=done.returncode == 0)


def deploy_stack(stack: str, *, override: str = "") -> None:
    """Deploy a stack, its output passed through; the caller has previewed it under the same policies before.

    `override` is the reason to do so in business hours; it stands in the stack's history, too.
    """
    check_stack_name(stack)
    sys.stdout.flush()
    arguments = [*_arguments("up", stack), "--yes", "--skip-preview", "--refresh", "--suppress-outputs"]
    arguments += ["--message", f"Overrides the maintenance window: {override}"] if override else []
    # In the caller's session: what interrupts the job has to reach the engine, which then writes its state.
    process = _pulumi({OVERRIDE: override}).start(*arguments, output=sys.stdout.buffer, new_session=False)
    if process.wait() != 0:
        raise SptFlowError(
            f"The deployment of stack '{stack}' failed; what was done so far is in its state.",
            next_command=f"read the lines above; then run the workflow again, or pulumi up -s {stack}",
        )


def _arguments(verb: str, stack: str) -> list[str]:
    pack = ["--policy-pack", str(PROJECT_ROOT / "policies"), "--policy-pack-config", str(_config(stack))]
    return [verb, "--stack", stack, "--non-interactive", "--color", "never", "--suppress-progress", *pack]


def _config(stack: str) -> Path:
    return PROJECT_ROOT / "policies" / "config" / f"{stack}.json"


def _pulumi(variables: Mapping[str, str] = MappingProxyType({})) -> Command:
    return Command("pulumi", env={**_ENVIRONMENT, **variables}, path=uv_folders(), cwd=PROJECT_ROOT)
