"""Importing what a program will import while the engine is still starting: it saves that time, and changes nothing."""

__all__ = ["import_ahead"]

import ast
import contextlib
import importlib
from pathlib import Path

from core.lean_httpx import spare_command_line


def import_ahead(program: Path) -> None:
    """Import the modules that the program's top level names; one that fails is left for the program to fail on."""
    try:
        tree = ast.parse(program.read_text(encoding="utf-8"))
    except (OSError, SyntaxError):
        return
    spare_command_line()
    for node in tree.body:
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module]
        for name in names:
            with contextlib.suppress(Exception):
                importlib.import_module(name)
