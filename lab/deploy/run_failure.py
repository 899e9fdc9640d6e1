"""Why an engine run failed, as one sentence of the error tree."""

__all__ = ["PolicyViolationError", "RunFailedError", "explain_failure"]

import re
from typing import Final

from core.errors import SptFlowError
from lab.deploy.run_events import PolicyViolation, RunEvents

_NOISE: Final = re.compile(
    r"^(update failed|preview failed|error: )?(update|preview|refresh|destroy)? ?failed$|resource .* failed: preview|"
    r"^preview failed: .*inline program.*$|^an unhandled error occurred|^(update|preview) failed: ",
    re.IGNORECASE,
)
_DOES_NOT_OPEN: Final = "incorrect passphrase"
_NO_KEY: Final = "passphrase must be set"
_ANALYZER: Final = re.compile(r"policy pack|analyzer|policy-python", re.IGNORECASE)
_NO_SPACE: Final = "no space left on device"


class RunFailedError(SptFlowError):
    """The engine could not do what it was asked."""


class PolicyViolationError(SptFlowError):
    """The preview found mandatory violations; nothing was created."""

    def __init__(self, violations: list[PolicyViolation]) -> None:
        count = len(violations)
        listed = "\n".join(f"  - [{violation.policy}] {violation.message}" for violation in violations)
        noun = "violation" if count == 1 else "violations"
        super().__init__(
            f"The preview found {count} policy {noun}, so nothing was changed:\n{listed}",
            next_command="mend what is named above, then make preview",
        )
        self.violations = violations


def explain_failure(events: RunEvents, output: str, *, stack: str, state: str) -> SptFlowError:
    """Return the error to raise for a failed run, from its events first and the engine's own words second."""
    mandatory = events.mandatory()
    if mandatory:
        return PolicyViolationError(mandatory)
    if _DOES_NOT_OPEN in output:
        return SptFlowError(
            f"The passphrase does not open the state of stack '{stack}' ({state}).",
            next_command="put the right passphrase back, or make down YES=1 && make up to start afresh",
        )
    if _NO_KEY in output:
        return SptFlowError(
            f"The secrets of stack '{stack}' need a passphrase, and neither PULUMI_CONFIG_PASSPHRASE nor "
            f"PULUMI_CONFIG_PASSPHRASE_FILE is set.",
            next_command=f"PULUMI_CONFIG_PASSPHRASE_FILE=... make preview STACK={stack}",
        )
    if _NO_SPACE in output or any(_NO_SPACE in error for error in events.errors):
        return RunFailedError(
            f"The disk that holds {state} is full; what was done so far is recorded as far as it could be written.",
            next_command="free some space, then make up",
        )
    told = [error for error in events.errors if not _NOISE.search(error)] or _error_lines(output)
    if told and not any(change.failed for change in events.changes.values()) and _ANALYZER.search(told[0]):
        return RunFailedError(f"The policy pack itself failed, so nothing was judged or changed: {told[0]}")
    listed = "\n".join(f"  - {line}" for line in told) if len(told) > 1 else (told[0] if told else "it did not say why")
    separator = ":\n" if len(told) > 1 else ": "
    return RunFailedError(
        f"Pulumi could not finish the run of stack '{stack}'{separator}{listed}", next_command="make status"
    )


def _error_lines(output: str) -> list[str]:
    lines = [line.strip() for line in output.splitlines()]
    told = [line.partition("error: ")[2] for line in lines if "error: " in line]
    worth = [line for line in dict.fromkeys(told) if not _NOISE.search(line)]
    # Without a line that says "error:", the last one printed is the best there is.
    return worth or [line for line in lines if line and not _NOISE.search(line)][-1:]
