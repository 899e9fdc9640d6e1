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
    "image_build",
    "image_test",
    "image_sbom",
    "image_scan",
    "image_push",
    "image_publish",
)
"""The modules of ci/commands, in the order they are listed."""

_MODULES: Final = {"kube-token": "kubeconfig"}
"""Commands in a module of another name."""


def build_app(words: list[str] | None = None) -> typer.Typer:
    """Return the application with the command that is asked for, or all of them: some bring much to import."""
    app = typer.Typer(
        help="What the workflows run; each command is a make target of the same name.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_group)
    asked = {_MODULES.get(word, word).replace("-", "_") for word in (words or [])[:1]}
    for name in [name for name in COMMANDS if name in asked] or COMMANDS:
        importlib.import_module(f"ci.commands.{name}").register(app)
    return app


def _group() -> None:
    """Keep the commands subcommands, however few of them are loaded."""


def main() -> int:
    """Run one command; a failure a user can meet is one sentence and an exit code."""
    try:
        code = build_app(sys.argv[1:])(standalone_mode=False)
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
