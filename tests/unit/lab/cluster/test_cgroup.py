"""Control groups of version 1, hybrid and 2, on trees of plain files."""

from pathlib import Path

import pytest

from lab.cluster.cgroup import CgroupTree
from lab.cluster.journal import Change, Journal


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal")


@pytest.fixture
def hybrid(tmp_path: Path) -> Path:
    root = tmp_path / "cgroup"
    for name in ("cpu,cpuacct", "memory", "cpuset", "unified"):
        (root / name).mkdir(parents=True)
        (root / name / "cgroup.procs").touch()
    (root / "cpu").symlink_to("cpu,cpuacct")
    (root / "cpuset" / "cpuset.cpus").write_text("0-1\n")
    (root / "cpuset" / "cpuset.mems").write_text("0\n")
    return root


@pytest.fixture
def unified(tmp_path: Path) -> Path:
    root = tmp_path / "cgroup"
    group = root / "spt-a"
    group.mkdir(parents=True)
    for folder in (root, group):
        (folder / "cgroup.procs").touch()
        (folder / "cgroup.controllers").write_text("cpuset cpu io memory pids rdma\n")
        (folder / "cgroup.subtree_control").write_text("memory pids\n")
    return root


def test_every_hierarchy_gets_a_group_and_links_are_not_counted_twice(hybrid: Path, journal: Journal) -> None:
    tree = CgroupTree("/spt-a", hybrid)
    tree.create(journal)
    assert not tree.unified
    expected = {hybrid / name / "spt-a" / "system" for name in ("cpu,cpuacct", "memory", "cpuset", "unified")}
    assert set(tree.joined()) == expected
    assert all(folder.is_dir() for folder in expected)
    assert journal.entries() == [Change("cgroup", "/spt-a")]


def test_version_2_passes_controllers_down_and_records_those_it_turned_on(unified: Path, journal: Journal) -> None:
    tree = CgroupTree("/spt-a", unified)
    tree.create(journal)
    assert tree.unified
    assert tree.joined() == [unified / "spt-a" / "system"]
    assert {change.subject for change in journal.entries() if change.kind == "controller"} == {"cpu", "cpuset", "io"}
    assert (unified / "cgroup.subtree_control").read_text() == "+cpu +cpuset +io"
    assert (unified / "spt-a" / "cgroup.subtree_control").read_text() == "+cpu +cpuset +io +memory +pids"


def test_a_controller_that_was_turned_on_is_turned_off_again(unified: Path) -> None:
    CgroupTree("/spt-a", unified).release(Change("controller", "cpuset", "-", "+"))
    assert (unified / "cgroup.subtree_control").read_text() == "-cpuset"


def test_processes_are_found_in_every_group_below(hybrid: Path, journal: Journal) -> None:
    tree = CgroupTree("/spt-a", hybrid)
    tree.create(journal)
    pod = hybrid / "memory" / "spt-a" / "kubepods" / "pod1"
    pod.mkdir(parents=True)
    (pod / "cgroup.procs").write_text("4000001\n4000002\n")
    (hybrid / "cpuset" / "spt-a" / "system" / "cgroup.procs").write_text("4000003\n")
    (hybrid / "memory" / "cgroup.procs").write_text("1\n")
    assert tree.processes() == {4000001, 4000002, 4000003}


def test_removal_takes_the_whole_subtree_and_nothing_else(hybrid: Path, journal: Journal) -> None:
    tree = CgroupTree("/spt-a", hybrid)
    other = CgroupTree("/spt-b", hybrid)
    for each in (tree, other):
        each.create(journal)
    (hybrid / "memory" / "spt-a" / "kubepods" / "pod1").mkdir(parents=True)
    assert tree.remove()
    assert not [group for group in tree.groups() if group.exists()]
    assert all(group.is_dir() for group in other.groups())


def test_removal_says_when_a_group_is_still_in_use(hybrid: Path, journal: Journal) -> None:
    tree = CgroupTree("/spt-a", hybrid)
    tree.create(journal)
    (hybrid / "memory" / "spt-a" / "busy").touch()
    assert not tree.remove(timeout=0.05)
