"""Importing what a program will import while the engine is still starting: it saves that time, and changes nothing."""

__all__ = ["import_ahead"]

import ast
import contextlib
import importlib
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Final

from core.lean_httpx import spare_command_line

_CHAIN: Final = re.compile(r"\b([a-z]\w*)((?:\.[A-Za-z]\w*)+)")


def import_ahead(program: Path) -> None:
    """Import the modules that the program names; one that fails is left for the program to fail on.

    That is, those of the imports at its top level, and what the files so imported reach as attributes of a package:
    the packages of SDKs are imported only at the first use of such an attribute.
    """
    try:
        tree = ast.parse(program.read_text(encoding="utf-8"))
    except (OSError, SyntaxError):
        return
    spare_command_line()
    names = []
    for node in tree.body:
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []
    for name in names:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    own = {name.partition(".")[0] for name in names}
    for name in [name for name in sys.modules if name.partition(".")[0] in own]:
        with contextlib.suppress(Exception):
            _reach(sys.modules[name], program.parent)


def _reach(module: ModuleType, root: Path) -> None:
    """Touch what a file of the program's own reaches through the packages it has imported by name."""
    file = Path(module.__file__ or "")
    packages = {name: value for name, value in vars(module).items() if isinstance(value, ModuleType)}
    if not packages or not file.is_relative_to(root) or "site-packages" in file.parts:
        return
    for match in set(_CHAIN.findall(file.read_text(encoding="utf-8"))):
        found: object = packages.get(match[0])
        for attribute in match[1].split(".")[1:]:
            if not isinstance(found, ModuleType):
                break
            found = getattr(found, attribute, None)
