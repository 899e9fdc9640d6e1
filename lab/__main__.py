"""`python -m lab`: the commands behind the make targets."""

import os
import sys
from typing import Final, NoReturn

import typer
from typer.exceptions import TyperException

from core.errors import SptFlowError, UsageError
from lab.commands import down, preview, status, toolchain, up
from lab.commands.failure import show_failure, unexpected

_INTERRUPTED: Final = 130
_DEBUG: Final = "SPT_FLOW_DEBUG"

app = typer.Typer(
    help="The embedded lab of spt-flow: a real Kubernetes on this machine, with the platform deployed into it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (up, preview, status, down, toolchain):
    command.register(app)


def main() -> int:
    """Run one command; a failure a user can meet is one sentence and an exit code."""
    try:
        code = app(standalone_mode=False)
    except SptFlowError as error:
        show_failure(error)
        return error.exit_code
    except TyperException as error:
        misuse = UsageError(error.format_message(), next_command="make help")
        show_failure(misuse)
        return misuse.exit_code
    except (typer.Abort, KeyboardInterrupt):
        return _INTERRUPTED
    except Exception as error:
        if os.environ.get(_DEBUG):
            raise
        show_failure(unexpected(error))
        return 1
    return code if isinstance(code, int) else 0


def leave(code: int) -> NoReturn:
    """End the process at once: after a failed run the Pulumi SDK may keep a thread alive that would block the exit."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    leave(main())
