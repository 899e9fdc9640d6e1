"""Options that several commands have; each can also come by its environment variable, as make and workflows set it."""

__all__ = ["ImageOption", "OverrideOption", "StackOption", "set_output"]

import os
import re
from pathlib import Path
from typing import Annotated, Final

import typer

_NAME: Final = re.compile(r"[a-z][a-z0-9_-]*", re.ASCII)

StackOption = Annotated[
    str, typer.Option("--stack", "-s", envvar="STACK", help="The stack, one with a cluster of its own.")
]
ImageOption = Annotated[str, typer.Option("--image", envvar="IMAGE", help="A folder of images/ that is an image.")]
OverrideOption = Annotated[
    str, typer.Option("--override", envvar="OVERRIDE", help="Reason to deploy within business hours all the same.")
]


def set_output(name: str, value: str) -> None:
    """Hand a value to later steps of a workflow's job; nothing happens outside one."""
    path = os.environ.get("GITHUB_OUTPUT")
    if not path:
        return
    if _NAME.fullmatch(name) is None or "\n" in value or "\r" in value:
        raise ValueError(name)
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(f"{name}={value}\n")
