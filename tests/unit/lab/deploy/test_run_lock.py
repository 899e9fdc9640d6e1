"""One run at a time, and none left behind by a dead one."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import SptFlowError
from lab.deploy.run_lock import run_lock
from lab.deploy.stack_file import PROJECT_ROOT

HOLDER = """
import sys, time
from pathlib import Path
from lab.deploy.run_lock import run_lock
with run_lock(Path(sys.argv[1]), purpose="make up"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_second_run_is_told_who_holds_it_and_a_killed_holder_frees_it(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE, text=True, cwd=PROJECT_ROOT
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with (
            pytest.raises(SptFlowError, match=rf"'make up' \(process {holder.pid}\) is already working"),
            run_lock(path, purpose="x"),
        ):
            pass
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
    with run_lock(path, purpose="make up"):
        pass
