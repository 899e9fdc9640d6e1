"""Small readers and writers: name servers, log tails, freshness, stored files, records."""

import os
from pathlib import Path
from typing import Any

import pytest

from lab.cluster.freshness import node_reported_since, pod_ready_since
from lab.cluster.health import deployment_available
from lab.cluster.layout import ClusterLayout
from lab.cluster.log_tail import log_tail
from lab.cluster.record import LabRecord, process_started, read_record, running_record, write_record
from lab.cluster.resolver import build_resolv_conf, upstream_servers
from lab.cluster.stored_file import remove_unfinished, write_if_changed

NOON = 1_800_000_000.0
NOON_TEXT = "2027-01-15T08:00:00Z"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("nameserver 192.0.2.1\nnameserver 192.0.2.2\n", "", ["192.0.2.1", "192.0.2.2"]),
        ("nameserver 127.0.0.53\n", "nameserver 192.0.2.9\n", ["192.0.2.9"]),
        ("# nameserver 192.0.2.1\nnameserver\nnameserver fe80::1\nnameserver 0.0.0.0\n", "", []),
        ("nameserver 127.0.0.53\nnameserver 192.0.2.3\n", "nameserver 192.0.2.9\n", ["192.0.2.3"]),
    ],
)
def test_only_servers_that_the_lab_can_reach_are_asked(
    tmp_path: Path, first: str, second: str, expected: list[str]
) -> None:
    files = (tmp_path / "first", tmp_path / "second", tmp_path / "missing")
    files[0].write_text(first)
    files[1].write_text(second)
    assert upstream_servers(files) == expected


def test_resolv_conf_names_three_servers_at_most() -> None:
    text = build_resolv_conf(["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"])
    assert [line for line in text.splitlines() if line.startswith("nameserver")] == [
        "nameserver 192.0.2.1",
        "nameserver 192.0.2.2",
        "nameserver 192.0.2.3",
    ]


def test_the_tail_prefers_errors(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("I1121 fine\nE1121 bad thing\nI1121 fine\nI1121 fine\nI1121 fine\nI1121 end\n")
    assert log_tail(log) == "E1121 bad thing"


def test_the_tail_says_a_repeated_json_line_once_and_in_words(tmp_path: Path) -> None:
    log = tmp_path / "log"
    line = '{{"level":"fatal","ts":"{}","msg":"no folder","error":"not a directory","stacktrace":"deep"}}\n'
    log.write_text('{"level":"info","msg":"starting"}\n' + line.format(1) + line.format(2) + '{"torn')
    assert log_tail(log) == "fatal: no folder: not a directory"


def test_the_tail_is_one_short_line_even_of_bytes_that_are_no_text(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"\xff\xfe" * 30_000 + b"\none\n\ntwo\nthree\nfour\n")
    assert log_tail(log) == "two | three | four"
    assert log_tail(tmp_path / "missing") == ""


def ready(**more: object) -> dict[str, Any]:
    return {"status": {"conditions": [{"type": "Ready", "status": "True", **more}]}}


@pytest.mark.parametrize(
    ("node", "since", "expected"),
    [
        (None, None, False),
        ({}, None, False),
        (ready(lastHeartbeatTime=NOON_TEXT), None, True),
        (ready(lastHeartbeatTime=NOON_TEXT), NOON + 0.9, True),
        (ready(lastHeartbeatTime=NOON_TEXT), NOON + 1, False),
        (ready(), NOON, False),
        (
            {"status": {"conditions": [{"type": "Ready", "status": "False", "lastHeartbeatTime": NOON_TEXT}]}},
            None,
            False,
        ),
    ],
)
def test_an_old_report_of_the_node_does_not_count(node: dict[str, Any] | None, since: float, *, expected: bool) -> None:
    assert node_reported_since(node, since) is expected


def test_a_pod_from_before_the_crash_does_not_count() -> None:
    pod = {"metadata": {}, **ready()}
    pod["status"]["containerStatuses"] = [{"state": {"running": {"startedAt": NOON_TEXT}}}]
    assert pod_ready_since(pod, NOON)
    assert not pod_ready_since(pod, NOON + 1)
    assert not pod_ready_since({**pod, "metadata": {"deletionTimestamp": NOON_TEXT}}, NOON)
    pod["status"]["containerStatuses"] = [{"state": {"waiting": {}}}]
    assert not pod_ready_since(pod, NOON)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ({"observedGeneration": 2, "updatedReplicas": 1, "availableReplicas": 1}, True),
        ({"observedGeneration": 1, "updatedReplicas": 1, "availableReplicas": 1}, False),
        ({"observedGeneration": 2, "updatedReplicas": 0, "availableReplicas": 1}, False),
        ({}, False),
    ],
)
def test_a_deployment_is_available_in_its_newest_form_only(status: dict[str, Any], *, expected: bool) -> None:
    deployment = {"metadata": {"generation": 2}, "spec": {"replicas": 1}, "status": status}
    assert deployment_available(deployment) is expected


def test_a_file_is_written_once_with_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "file"
    assert write_if_changed(path, "text", mode=0o600)
    assert not write_if_changed(path, "text", mode=0o600)
    assert write_if_changed(path, b"other", mode=0o600)
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("other", 0o600)


def test_a_half_written_file_is_neither_used_nor_kept(tmp_path: Path) -> None:
    left = tmp_path / "file.unfinished"
    left.write_text("half")
    write_if_changed(tmp_path / "file", "whole")
    assert not left.exists()
    left.write_text("half")
    remove_unfinished(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_record_is_believed_only_while_that_very_process_lives(tmp_path: Path) -> None:
    layout = ClusterLayout(tmp_path)
    started = process_started(os.getpid())
    assert started is not None
    assert running_record(layout) is None
    for claimed, believed in ((started, True), (started + 1, False)):
        record = LabRecord(pid=os.getpid(), started=claimed, plan="p")
        write_record(layout, record)
        assert read_record(layout) == record
        assert (running_record(layout) is not None) is believed
    layout.record.write_text("{half")
    assert running_record(layout) is None
