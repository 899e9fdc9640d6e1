"""`python -m lab`: the commands behind the make targets."""

import importlib
import os
import sys
from typing import Final, NoReturn

import typer
from typer.exceptions import TyperException

from core.errors import InterruptedRunError, SptFlowError, UsageError
from lab.commands.failure import show_failure, unexpected

_DEBUG: Final = "SPT_FLOW_DEBUG"
COMMANDS: Final = (
    *("up", "image", "demo", "token", "serve", "preview", "policy", "images-lock", "status", "down", "builder"),
    *("restore", "drill", "collect", "doctor", "entry-nginx"),
    *("toolchain", "image-tools", "image-sizes", "image-test", "lint", "test-packages"),
)
"""The commands, in the order they are listed; each is a module of its name, with underscores."""

app = typer.Typer(
    help="The embedded lab of spt-flow: a real Kubernetes on this machine, with the platform deployed into it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _group() -> None:
    """Keep `up` and its kind subcommands, however few of them are loaded."""


def load_commands(words: list[str]) -> None:
    """Add the command that is asked for, or all of them to be listed: each brings much to import."""
    asked = [word for word in words[:1] if word in COMMANDS]
    for name in asked or COMMANDS:
        importlib.import_module(f"lab.commands.{name.replace('-', '_')}").register(app)


def main() -> int:
    """Run one command; a failure a user can meet is one sentence and an exit code."""
    load_commands(sys.argv[1:])
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
        stopped = InterruptedRunError()
        show_failure(stopped)
        return stopped.exit_code
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
