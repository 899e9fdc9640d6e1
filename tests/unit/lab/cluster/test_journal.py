"""The journal of the host's changes, and kernel settings recorded and restored by it."""

from pathlib import Path

import pytest

from lab.cluster.journal import Change, Journal
from lab.cluster.sysctl import AT_LEAST, FORWARDING, GLOBAL_SETTINGS, prepare, read, restore


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "run" / "journal.jsonl")


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    for name in (*GLOBAL_SETTINGS, FORWARDING, *AT_LEAST):
        path = tmp_path.joinpath("sys", *name.split("."))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("7\n")
    return tmp_path / "sys"


def test_changes_are_read_in_the_order_they_were_made(journal: Journal) -> None:
    changes = [Change("cgroup", "/a"), Change("device", "b"), Change("sysctl", "c", "0", "1")]
    for change in changes:
        journal.record(change)
    assert journal.entries() == changes


def test_the_first_value_before_counts(journal: Journal) -> None:
    journal.record(Change("sysctl", "kernel.panic", "0", "10"))
    journal.record(Change("sysctl", "kernel.panic", "10", "10"))
    assert [change.before for change in journal.entries()] == ["0"]


@pytest.mark.parametrize(
    "torn", ['["device", "sp', "{}", '["device"]', '["colour", "a", "", ""]', '["rule", 1, "", ""]']
)
def test_a_line_that_a_crash_cut_off_is_passed_over(tmp_path: Path, journal: Journal, torn: str) -> None:
    journal.record(Change("cgroup", "/a"))
    with (tmp_path / "run" / "journal.jsonl").open("a") as stream:
        stream.write(torn)
    journal.record(Change("device", "b"))
    assert journal.entries() == [Change("cgroup", "/a"), Change("device", "b")]


def test_a_cleared_journal_is_empty(journal: Journal) -> None:
    journal.clear()
    journal.record(Change("device", "b"))
    journal.clear()
    assert journal.entries() == []


def test_settings_are_recorded_before_forwarding_is_turned_on(journal: Journal, proc: Path) -> None:
    prepare(journal, proc)
    assert {change.subject: change.before for change in journal.entries()} == dict.fromkeys(
        [*GLOBAL_SETTINGS, FORWARDING, *AT_LEAST], "7"
    )
    assert read(FORWARDING, proc) == "1"


def test_a_setting_that_has_the_wanted_value_is_not_the_labs(journal: Journal, proc: Path) -> None:
    proc.joinpath("kernel/panic").write_text("10\n")
    prepare(journal, proc)
    assert "kernel.panic" not in {change.subject for change in journal.entries()}


@pytest.mark.parametrize(("before", "after"), [("128", "1024"), ("1024", "1024"), ("8192", "8192")])
def test_a_limit_is_raised_and_never_lowered(journal: Journal, proc: Path, before: str, after: str) -> None:
    (name,) = AT_LEAST
    proc.joinpath(*name.split(".")).write_text(before)
    prepare(journal, proc)
    assert read(name, proc) == after
    assert [change.before for change in journal.entries() if change.subject == name] == [before] * (before != after)


def test_a_setting_this_kernel_lacks_is_passed_over(journal: Journal, proc: Path) -> None:
    proc.joinpath("vm/panic_on_oom").unlink()
    prepare(journal, proc)
    assert "vm.panic_on_oom" not in {change.subject for change in journal.entries()}


@pytest.mark.parametrize(("now", "after"), [("10", "0"), ("60", "60")], ids=["ours", "changed by somebody since"])
def test_a_setting_is_restored_unless_somebody_changed_it(proc: Path, now: str, after: str) -> None:
    proc.joinpath("kernel/panic").write_text(now)
    restore(Change("sysctl", "kernel.panic", "0", "10"), proc)
    assert read("kernel.panic", proc) == after
