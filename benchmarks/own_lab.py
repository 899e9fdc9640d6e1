"""The lab of the benchmarks: beside any other, and gone afterwards."""

__all__ = ["lab_environment", "own_lab"]

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from lab.cluster import stop_lab
from lab.instance import LabInstance
from lab.progress import SilentProgress

_DIRECTORY: Final = Path(tempfile.gettempdir()) / "spt-flow-bench-lab"


@contextmanager
def own_lab(slot: int) -> Iterator[LabInstance]:
    """Yield a lab that is not started; whatever the block has made of it is taken down at the end.

    Its place is always the same, so that what a killed benchmark has left there is found and taken down first.
    """
    instance = LabInstance(name="bench", directory=_DIRECTORY, slot=slot)
    _remove(instance)
    try:
        yield instance
    finally:
        _remove(instance)


def lab_environment(instance: LabInstance) -> dict[str, str]:
    """Return the variables by which commands use that lab."""
    return {
        "SPT_FLOW_LAB_NAME": instance.name,
        "SPT_FLOW_LAB_DIR": str(instance.directory),
        "SPT_FLOW_LAB_SLOT": str(instance.slot),
    }


def _remove(instance: LabInstance) -> None:
    stop_lab(instance, SilentProgress())
    shutil.rmtree(instance.directory, ignore_errors=True)
