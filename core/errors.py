"""The one error tree: every failure a user can meet is a sentence, an optional next command and an exit code."""

__all__ = [
    "CommandFailedError",
    "CommandNotFoundError",
    "CommandTimeoutError",
    "InterruptedRunError",
    "SptFlowError",
    "UsageError",
]

from typing import ClassVar


class SptFlowError(Exception):
    """A failure to be shown as one sentence, never as a traceback.

    `message` names the thing, the value found and what is allowed; `next_command` is what to type next.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, next_command: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.next_command = next_command

    def __str__(self) -> str:
        return self.message if self.next_command is None else f"{self.message} Next: {self.next_command}"


class UsageError(SptFlowError):
    """The user asked for something that cannot be: exit code 2, nothing was touched."""

    exit_code: ClassVar[int] = 2


class CommandNotFoundError(SptFlowError):
    """A program that had to be run is not on PATH."""

    def __init__(self, program: str) -> None:
        super().__init__(f"The program '{program}' is not on PATH.", next_command="make up")
        self.program = program


class CommandFailedError(SptFlowError):
    """A program ended with a non-zero exit code; its output is kept for the log, its last lines for the message."""

    def __init__(self, program: str, returncode: int, stdout: str, stderr: str) -> None:
        tail = " | ".join((stderr or stdout).strip().splitlines()[-3:])
        super().__init__(f"'{program}' failed with exit code {returncode}: {tail or 'it printed nothing'}")
        self.program = program
        self.returncode = returncode
        self.stdout = stdout
        self.stderr = stderr


class CommandTimeoutError(SptFlowError):
    """A program did not end in the time it was given."""

    def __init__(self, program: str, seconds: float) -> None:
        super().__init__(f"'{program}' did not end within {seconds:g} s and was stopped.")
        self.program = program
        self.seconds = seconds


class InterruptedRunError(SptFlowError):
    """The user stopped the run (Ctrl-C); what was done stays, and the next run goes on from there."""

    exit_code: ClassVar[int] = 130

    def __init__(self) -> None:
        super().__init__(
            "Stopped on request; what was done so far is kept and nothing is locked.", next_command="make up"
        )
