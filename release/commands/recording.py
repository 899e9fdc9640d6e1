"""`make cli-recording`: docs/images/sptcoder-up.svg, from a real run."""

__all__ = ["register"]

import sys
from typing import Annotated

import typer

from release.sources import ROOT

_PAGE = ROOT / "docs" / "images" / "sptcoder-up.svg"
_HELP = """Record 'sptcoder up' of a repository, by whoever is signed in here, into docs/images/sptcoder-up.svg.

The workspace stays. Example, beside make serve: make cli-recording REPO=git://10.99.0.1:9420/sample.git
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("recording", help=_HELP)(recording)


def recording(
    repository: Annotated[str, typer.Option("--repository", envvar="REPO", help="What 'up' is told.")],
) -> None:
    """Record it, and print where it is."""
    # Not at the top: the pseudo-terminal is for systems that have one.
    from release.recording import record  # noqa: PLC0415
    from release.recording_svg import recording_svg  # noqa: PLC0415

    environment = {"PYTHONPATH": str(ROOT), "SPT_FLOW_SKIP_UPDATE_CHECK": "true"}
    shown = f"sptcoder up {repository}"
    frames = record(sys.executable, ["-m", "sptcoder", "up", repository], environment, shown=shown)
    picture = recording_svg(
        frames,
        title="sptcoder up",
        description="A terminal: sptcoder up creates the workspace of a repository, shows each phase with its seconds, "
        "and ends with the address of VS Code.",
    )
    _PAGE.write_text(picture, encoding="utf-8")
    typer.echo(_PAGE)
