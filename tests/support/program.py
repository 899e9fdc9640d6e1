"""The program as a whole, run for a stack of the tree against a recording monitor: what it would make."""

__all__ = ["STACKS", "configure", "own_config", "program_of", "run_program"]

import runpy
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final

import pulumi
import pulumi.runtime
import pytest
import yaml
from pulumi.runtime.config import CONFIG

from core.maintenance_window import OVERRIDE
from settings import engine_texts
from tests.support.event_loop import own_event_loop
from tests.support.recording import Registered, declare

STACKS: Final = ("dev", "prod", "staging")
"""The stacks of the tree."""

_ROOT: Final = Path(__file__).resolve().parents[2]
_CONTEXT: Final = "here"


@contextmanager
def own_config() -> Iterator[None]:
    """Let the block have a configuration of its own."""
    token = CONFIG.set({})
    try:
        yield
    finally:
        CONFIG.reset(token)


def configure(folder: Path, stack: str, **values: str) -> None:
    """Set the stack's own configuration, with values by key laid over it and a kubeconfig in `folder`."""
    kubeconfig = folder / "kubeconfig"
    content = {"contexts": [{"name": _CONTEXT}], "token": "canary-77aa"}
    kubeconfig.write_text(yaml.safe_dump(content), encoding="utf-8")
    config = yaml.safe_load((_ROOT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))["config"]
    own = {"kubeconfigPath": str(kubeconfig), "kubeContext": _CONTEXT, **values}
    if stack == "dev":
        own.setdefault("coderAccessUrl", "http://10.98.0.80")  # the lab adds it to its copy
    pulumi.runtime.set_all_config({**engine_texts(config), **{f"spt-flow:{key}": value for key, value in own.items()}})


def run_program(stack: str) -> dict[str, Registered]:
    """Return what the program registers for the stack as it is configured, by name; at any time of the day."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(OVERRIDE, "nothing is deployed")
        return _run(stack)


def _run(stack: str) -> dict[str, Registered]:
    with own_event_loop():
        return declare(lambda: runpy.run_path(str(_ROOT / "__main__.py"), run_name="__main__"), stack=stack)


@cache
def program_of(stack: str) -> Mapping[str, Registered]:
    """Return what the program registers for the stack as its file is, run once for all tests that only look."""
    with own_config(), tempfile.TemporaryDirectory() as folder:
        configure(Path(folder), stack)
        return run_program(stack)
