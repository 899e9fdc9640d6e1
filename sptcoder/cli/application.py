"""The parser: typer, given the one command that is asked for."""

__all__ = ["StoppedError", "application"]

import importlib
from typing import Any, ClassVar

import typer
from typer.core import TyperGroup

from core.errors import SptFlowError
from sptcoder.cli.command_table import CommandEntry


class StoppedError(SptFlowError):
    """The user stopped the command (Ctrl-C); one that leaves something behind says so itself."""

    exit_code: ClassVar[int] = 130

    def __init__(self) -> None:
        super().__init__("Stopped on request.")


class _Group(TyperGroup):
    """Tells a command that was stopped from one that ends with 130, which typer makes the same."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - the base class's signature
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise StoppedError from None


def application(entry: CommandEntry) -> typer.Typer:
    """Return an application with this one command."""
    app = typer.Typer(
        cls=_Group,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,  # help as it is written, and without importing rich
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    # With a callback `sptcoder NAME` stays a command of a group, although only one is loaded.
    app.callback()(_group)
    importlib.import_module(entry.module).register(app)
    return app


def _group() -> None:
    """From a repository to a ready workspace in one command."""
