"""How a start can fail, each as one sentence with what to type next."""

__all__ = [
    "AgentSilentError",
    "BuildFailedError",
    "CloneRefusedError",
    "QuotaReachedError",
    "StartScriptFailedError",
    "build_failure",
]

from collections.abc import Sequence

from core.errors import SptFlowError
from sptcoder.workspaces.log_lines import is_quota


class QuotaReachedError(SptFlowError):
    """There is no room for the workspace: a quota of the cluster or of Coder."""


class BuildFailedError(SptFlowError):
    """The build of a workspace did not succeed."""


class AgentSilentError(SptFlowError):
    """The workspace was built, and the agent in it does not connect."""


class StartScriptFailedError(SptFlowError):
    """The agent is connected, and the start script failed: usable, but not as meant."""


class CloneRefusedError(SptFlowError):
    """The workspace runs without its repository: the clone was refused."""


def build_failure(workspace: str, transition: str, status: str, reason: str, lines: Sequence[str]) -> SptFlowError:
    """Return what to say of a build that ended in `status` for `reason`; `lines` are its last error lines."""
    shown = "".join(f"\n    {line}" for line in lines)
    if is_quota([reason, *lines]):
        return QuotaReachedError(
            f"There is no room for the workspace '{workspace}': a quota is reached.{shown}",
            next_command="sptcoder list, and stop or delete what is not needed, then the same command",
        )
    return BuildFailedError(
        f"The {transition} of the workspace '{workspace}' {status}: {reason or 'the server gives no reason'}{shown}",
        next_command=f"sptcoder logs {workspace}",
    )
