"""Labs for tests: real ones, with names and slots of their own, beside whatever runs on the machine.

Fixtures: `toolchain` (the built tools, or a skip that says what is missing), `lab` (one running lab for the session).
`borrowed_instance` and `running_lab` give a test a lab of its own.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import pytest

from core.errors import SptFlowError, UsageError
from lab.cluster import start_lab, stop_lab
from lab.commands.options import lab_instance
from lab.images import node_images
from lab.instance import LabInstance
from lab.preflight.checks import check_device, check_networks
from lab.preflight.gather import gather_facts
from lab.progress import SilentProgress
from lab.toolchain import Toolchain, toolchain_bin

_SLOTS: Final = range(10, 40)
_BASE: Final = Path(tempfile.gettempdir()) / "spt-flow-test-labs"


@pytest.fixture(scope="session")
def toolchain() -> Toolchain:
    """Find the toolchain in the user's cache; nothing is built by a test."""
    if os.geteuid() != 0:
        pytest.skip("needs root")
    found = Toolchain(bin=toolchain_bin(), images=toolchain_bin().parent / "images")
    try:
        node_images(found)
    except (SptFlowError, OSError) as missing:
        pytest.skip(f"needs the toolchain, which `make test` provides: {missing}")
    return found


@pytest.fixture(scope="session")
def lab(toolchain: Toolchain, request: pytest.FixtureRequest) -> Iterator[LabInstance]:
    """Run a lab of the test session's own, taken down at its end; --platform-here takes the one of `make up`."""
    if request.config.getoption("--platform-here"):
        yield lab_instance()
        return
    with running_lab(toolchain) as instance:
        yield instance


@contextmanager
def running_lab(toolchain: Toolchain, *, platform: bool = False) -> Iterator[LabInstance]:
    """Start a lab in a free slot, with the platform's images where asked for; take it down at the end."""
    with borrowed_instance() as instance:
        start_lab(instance, toolchain, SilentProgress(), platform=platform)
        yield instance


@contextmanager
def borrowed_instance() -> Iterator[LabInstance]:
    """Reserve a free slot for a lab that is not started; whatever the test leaves of it is taken down at the end.

    A slot's directory has a fixed place, so that what a crashed test run left there is found and cleared away first.
    """
    _BASE.mkdir(mode=0o700, exist_ok=True)
    try:
        _sweep()
        for slot in _SLOTS:
            with _held(slot) as free:
                if free and _is_free(instance := _instance(slot)):
                    try:
                        yield instance
                    finally:
                        _remove(instance)
                    return
        pytest.fail(f"every slot from {_SLOTS.start} to {_SLOTS.stop - 1} is taken on this machine")
    finally:
        with suppress(OSError):
            _BASE.rmdir()


def _sweep() -> None:
    """Take down what crashed test runs have left."""
    for slot in _SLOTS:
        if _instance(slot).directory.exists():
            with _held(slot) as free:
                if free:
                    with suppress(UsageError):  # what is there is no lab any more; the place is the tests' own
                        _remove(_instance(slot))
                    shutil.rmtree(_instance(slot).directory, ignore_errors=True)


@contextmanager
def _held(slot: int) -> Iterator[bool]:
    """Lock a slot for the block; yield whether that was possible. The lock file goes with its holder."""
    path = _BASE / f"{slot}.lock"
    with path.open("a") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # A holder that has just ended may have removed the very file that was opened here.
            free = path.exists() and path.samefile(f"/proc/self/fd/{stream.fileno()}")
        except BlockingIOError:
            free = False
        try:
            yield free
        finally:
            if free:
                path.unlink(missing_ok=True)


def _instance(slot: int) -> LabInstance:
    return LabInstance(name=f"t{slot}", directory=_BASE / str(slot), slot=slot)


def _is_free(instance: LabInstance) -> bool:
    facts = gather_facts(instance, toolchain_complete=True)
    return check_device(facts, instance) is None and check_networks(facts, instance) is None


def _remove(instance: LabInstance) -> None:
    stop_lab(instance, SilentProgress())
    # What other parts of a test have put beside the lab's own files.
    shutil.rmtree(instance.directory, ignore_errors=True)
