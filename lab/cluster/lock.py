"""One start or stop of a lab at a time."""

__all__ = ["exclusive"]

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import SptFlowError
from lab.cluster.layout import ClusterLayout
from lab.instance import LabInstance


@contextmanager
def exclusive(instance: LabInstance) -> Iterator[None]:
    """Hold the lab's lock, or raise SptFlowError when somebody else does. The kernel frees it when the holder dies."""
    path = ClusterLayout.of(instance).lock
    for folder in (instance.directory, path.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("a") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SptFlowError(
                f"The lab '{instance.name}' is being started or stopped by another command right now.",
                next_command="wait for it, then try again",
            ) from None
        yield
