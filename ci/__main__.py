"""`python -m ci`: the commands behind the make targets that workflows run."""

import importlib
import os
import sys
from typing import Final

import typer
from typer.exceptions import TyperException

from core.errors import SptFlowError, UsageError

_DEBUG: Final = "SPT_FLOW_DEBUG"
_MOST_CHARACTERS: Final = 300
COMMANDS: Final = (
    "comment",
    "post_comment",
    "preview",
    "deploy",
    "deploy_window",
    "drift",
    "drift_issue",
    "kubeconfig",
    "login",
    "facts",
)
"""The modules of ci/commands, in the order they are listed."""


def build_app() -> typer.Typer:
    """Return the application with every command."""
    app = typer.Typer(
        help="What the workflows run; each command is a make target of the same name.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    for name in COMMANDS:
        importlib.import_module(f"ci.commands.{name}").register(app)
    return app


def main() -> int:
    """Run one command; a failure a user can meet is one sentence and an exit code."""
    try:
        code = build_app()(standalone_mode=False)
    except SptFlowError as error:
        return _failed(error)
    except TyperException as error:
        return _failed(UsageError(error.format_message(), next_command="make help"))
    except (typer.Abort, KeyboardInterrupt):
        return 130
    except Exception as error:
        if os.environ.get(_DEBUG):
            raise
        words = " ".join(str(error).split())[:_MOST_CHARACTERS] or "it says nothing more"
        return _failed(SptFlowError(f"Something went wrong that should not ({type(error).__name__}: {words})."))
    return code if isinstance(code, int) else 0


def _failed(error: SptFlowError) -> int:
    sys.stdout.flush()
    following = f"Next:  {error.next_command}\n" if error.next_command else ""
    sys.stderr.write(f"Error: {error.message}\n{following}")
    return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
