"""Options that several commands have; values come by the environment, where the make targets and workflows put them."""

__all__ = ["FolderOption"]

from pathlib import Path
from typing import Annotated

import typer

FolderOption = Annotated[Path, typer.Option("--folder", envvar="DIST", help="Where the files of the release are.")]
