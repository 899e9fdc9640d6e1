"""The verbs `preflight`, before an upgrade, and `wait-healthy`, after it.

| Variable | Holds |
|---|---|
| `CODER_URL` | the server's address |
| `SPTCODER_TARGET_VERSION` | the version that is to run; `wait-healthy` needs none, and then takes any |
| `PULUMI_COMMAND_STDOUT` | `preflight`: what it printed last time, which counts when no server answers |
| `SPTCODER_ALLOW_DOWNGRADE` | `preflight`: `true` after an older dump was restored |
| `SPTCODER_WAIT_SECONDS` | `wait-healthy`: how long to wait; 300 |
"""

__all__ = ["DowngradeError", "ServerReport", "preflight", "wait_healthy"]

from collections.abc import Callable
from typing import Final

from pydantic import BaseModel

from core.errors import SptFlowError
from sptcoder.api.client import CoderClient
from sptcoder.api.errors import ApiError, ForeignAnswerError, NoAnswerError
from sptcoder.api.health_wait import wait_until_healthy
from sptcoder.api.retry import RetryPolicy
from sptcoder.api.version import ServerVersion
from sptcoder.platform.environment import Environment

_WAIT_SECONDS: Final = 300.0
_PREFLIGHT_SECONDS: Final = 5.0


class DowngradeError(SptFlowError):
    """The target version is below the one that runs; Coder's database cannot go back."""

    def __init__(self, running: ServerVersion, target: ServerVersion) -> None:
        super().__init__(
            f"Coder {running} runs and {target} is asked for: its database is migrated forwards only, and an older "
            f"server does not start on it. Ask for {running} or above, or restore a dump made by {target} first.",
            next_command="pulumi config get coderChartVersion",
        )


class ServerReport(BaseModel):
    """What a verb found: the version that runs, None if no server answers."""

    running: str | None
    target: str | None


def preflight(environment: Environment, *, say: Callable[[str], None]) -> ServerReport:
    """Compare the target with the version that runs, or else with the last target; raise DowngradeError.

    Without either there is nothing to compare, and that is fine.
    """
    url = environment.required("CODER_URL", "the address of the Coder server")
    target = ServerVersion.parse(environment.required("SPTCODER_TARGET_VERSION", "the version that is to run"))
    try:
        with CoderClient(url, retry=RetryPolicy(budget=_PREFLIGHT_SECONDS)) as client:
            running = client.deployment.build_info().server_version
    except (NoAnswerError, ForeignAnswerError, ApiError) as error:
        say(f"no server to compare with: {error.message}")
        _refuse_below(_target_before(environment), target, environment)
        return ServerReport(running=None, target=str(target))
    _refuse_below(running, target, environment)
    say(f"Coder {running} runs, {target} may follow")
    return ServerReport(running=str(running), target=str(target))


def _refuse_below(former: ServerVersion | None, target: ServerVersion, environment: Environment) -> None:
    if former is not None and target < former and environment.text("SPTCODER_ALLOW_DOWNGRADE") != "true":
        raise DowngradeError(former, target)


def _target_before(environment: Environment) -> ServerVersion | None:
    """Return the target of the last run: a server that does not answer may have migrated its database for it."""
    target = environment.printed_before("target")
    return ServerVersion.parse(target) if target else None


def wait_healthy(environment: Environment, *, say: Callable[[str], None]) -> ServerReport:
    """Wait until the server is healthy, in the target version if one is given."""
    url = environment.required("CODER_URL", "the address of the Coder server")
    target = environment.text("SPTCODER_TARGET_VERSION")
    with CoderClient(url, retry=RetryPolicy(budget=_PREFLIGHT_SECONDS)) as client:
        info = wait_until_healthy(
            client,
            timeout=environment.number("SPTCODER_WAIT_SECONDS", _WAIT_SECONDS),
            expected=ServerVersion.parse(target) if target else None,
        )
    say(f"Coder {info.server_version} at {url} is healthy")
    return ServerReport(running=str(info.server_version), target=target or None)
