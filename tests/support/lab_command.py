"""A command of the lab, started as a user would, that cleans up when a test gives up on it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from lab.deploy.stack_file import PROJECT_ROOT
from lab.instance import LabInstance


@contextmanager
def started_command(instance: LabInstance, *words: str) -> Iterator[subprocess.Popen[str]]:
    """Run `python -m lab` with the words; one that a failing test leaves behind is stopped, so that it cleans up."""
    environment = {
        **os.environ,
        "NO_COLOR": "1",
        "SPT_FLOW_LAB_NAME": instance.name,
        "SPT_FLOW_LAB_SLOT": str(instance.slot),
        "SPT_FLOW_LAB_DIR": str(instance.directory),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "lab", *words],
        cwd=PROJECT_ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=120)
