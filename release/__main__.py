"""`python -m release`: the commands behind the make targets that make releases."""

__all__ = ["app", "main"]

import sys
from typing import Final

import typer
from typer.exceptions import TyperException

from core.errors import SptFlowError, UsageError
from release.commands import checksums, executable, install, lock, publish, recording, reference, wheel

_COMMANDS: Final = (install, wheel, executable, checksums, publish, reference, recording, lock)

app = typer.Typer(
    help="What makes releases of sptcoder; each command is a make target.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _command in _COMMANDS:
    _command.register(app)


def main() -> int:
    """Run one command; a failure is one sentence and an exit code."""
    try:
        app(standalone_mode=False)
    except SptFlowError as error:
        return _failed(error)
    except TyperException as error:
        return _failed(UsageError(error.format_message(), next_command="make help"))
    return 0


def _failed(error: SptFlowError) -> int:
    following = f"Next:  {error.next_command}\n" if error.next_command else ""
    sys.stderr.write(f"Error: {error.message}\n{following}")
    return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
