"""Telling the engine where in the program a resource is declared, and not also by which calls Python got there."""

__all__ = ["short_traces"]

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pulumi.runtime import resource
from pulumi.runtime.proto import source_pb2

if TYPE_CHECKING:
    from types import FrameType

# Those of Resource, of CustomResource or ComponentResource, and of the resource's own class.
_CONSTRUCTORS: Final = 3


@contextmanager
def short_traces() -> Iterator[None]:
    """Let the SDK find a resource's place by itself for the block, and leave the rest of the stack out.

    For each resource it reads the source line of every frame down to the start of Python, which with this project's
    commands below the program is half of what declaring a resource takes (pulumi 3.272.0, `_get_stack_trace` in
    pulumi/runtime/resource.py). The engine keeps the place in the state and shows it; it does nothing with the rest.
    """
    whole = resource._get_stack_trace  # noqa: SLF001 - there is no setting for it
    resource._get_stack_trace = _place  # noqa: SLF001
    try:
        yield
    finally:
        resource._get_stack_trace = whole  # noqa: SLF001


def _place() -> source_pb2.StackTrace:
    """Return the frame that declares a resource, by the SDK's own rule: the caller of the third constructor."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - the way to frames without their source lines
    constructors = 0
    while frame is not None:
        constructors += frame.f_code.co_name == "__init__"
        frame = frame.f_back
        if constructors == _CONSTRUCTORS:
            break
    if frame is None or not Path(frame.f_code.co_filename).is_absolute():
        return source_pb2.StackTrace()
    uri = Path(frame.f_code.co_filename).as_uri()
    return source_pb2.StackTrace(
        frames=[source_pb2.StackFrame(pc=source_pb2.SourcePosition(uri=uri, line=frame.f_lineno))]
    )
