"""`python -m lab`: the commands behind the make targets."""

import sys

import typer

from core.errors import SptFlowError
from lab.commands import down, preview, status, toolchain, up
from lab.commands.failure import show_failure

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
        app(standalone_mode=False)
    except SptFlowError as error:
        show_failure(error)
        return error.exit_code
    except typer.Exit as done:
        return done.exit_code
    except typer.Abort:
        return 130
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        usage = getattr(error, "exit_code", None)
        if usage is None:
            raise
        error.show()  # type: ignore[attr-defined]  # click's own usage errors carry their text and their code
        return int(usage)
    return 0


if __name__ == "__main__":
    sys.exit(main())
