"""Control groups of version 2 as the kernel itself keeps them: on its own, or beside version 1."""

import os
import subprocess
from pathlib import Path

import pytest

from lab.cluster.cgroup import CgroupTree
from lab.cluster.journal import Journal

pytestmark = pytest.mark.lab


def test_a_version_2_group_is_joined_emptied_and_removed(tmp_path: Path) -> None:
    places = (Path("/sys/fs/cgroup"), Path("/sys/fs/cgroup/unified"))
    root = next((place for place in places if (place / "cgroup.controllers").is_file()), None)
    if root is None or os.geteuid() != 0:
        pytest.skip("needs root and a mounted control group file system of version 2")
    tree = CgroupTree(f"/spt-try{os.getpid()}", root)
    journal = Journal(tmp_path / "journal")
    try:
        tree.create(journal)
        sleeper = subprocess.Popen(["sleep", "60"])
        (tree.joined()[0] / "cgroup.procs").write_text(str(sleeper.pid))
        assert tree.processes() == {sleeper.pid}
        assert not tree.remove(timeout=0.1), "a group with processes cannot be removed"
        sleeper.kill()
        sleeper.wait()
        assert tree.kill() == set()
        assert tree.remove()
    finally:
        tree.remove()
        for change in journal.entries():
            if change.kind == "controller":
                tree.release(change)
    assert not (root / tree.name.lstrip("/")).exists()
