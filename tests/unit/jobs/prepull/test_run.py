import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from core.errors import SptFlowError, UsageError
from jobs.environment import read_settings
from jobs.event_log import EventLog
from jobs.prepull.decision import NodeView
from jobs.prepull.node_view import node_view
from jobs.prepull.run import run_prepull_check
from jobs.prepull.settings import PrepullCheckSettings

_IMAGE = "registry.example.com/spt-flow/workspace@sha256:" + "a1" * 32
_HAS = ((_IMAGE,),)


class _Cluster:
    """Nodes that change from look to look, and a clock that only sleeping moves."""

    def __init__(self, *looks: Sequence[NodeView]) -> None:
        self.looks, self.time, self.seen = looks, 100.0, 0
        self.events: list[dict[str, Any]] = []

    def look(self) -> Sequence[NodeView]:
        found = self.looks[min(self.seen, len(self.looks) - 1)]
        self.seen += 1
        return found

    def sleep(self, seconds: float) -> None:
        self.time += seconds

    def run(self, **variables: str) -> int:
        stream = io.StringIO()
        settings = read_settings(PrepullCheckSettings, {"PREPULL_IMAGE": _IMAGE, **variables})
        code = run_prepull_check(
            settings,
            EventLog("prepull-check", stream),
            look=self.look,
            sleep=self.sleep,
            clock=lambda: self.time,
        )
        self.events = [json.loads(line) for line in stream.getvalue().splitlines()]
        return code

    def event(self, name: str) -> dict[str, Any]:
        (found,) = [event for event in self.events if event["event"] == name]
        return found


def test_all_have_it_and_nothing_is_waited_for() -> None:
    cluster = _Cluster([NodeView("a", images=_HAS), NodeView("b", images=_HAS)])
    assert cluster.run() == 0
    assert (cluster.seen, cluster.time) == (1, 100.0)
    finished = cluster.event("finished")
    assert (finished["present_nodes"], finished["missing"], finished["level"]) == (2, [], "info")


def test_a_pull_is_given_time() -> None:
    cluster = _Cluster(*([[NodeView("a", images=_HAS), NodeView("b")]] * 3), [NodeView("a", images=_HAS)])
    assert cluster.run() == 0
    assert cluster.time == 130.0


def test_nodes_that_lack_it_are_named_and_the_exit_code_is_1() -> None:
    cluster = _Cluster([NodeView("a", images=_HAS), NodeView("b"), NodeView("c", is_ready=False)])
    assert cluster.run(PREPULL_WAIT_SECONDS="25") == 1
    assert cluster.time == 125.0
    missing = cluster.event("image-missing")
    assert (missing["node"], missing["level"]) == ("b", "error")
    assert "describe pods" in missing["next"]
    assert cluster.event("node-not-ready")["node"] == "c"
    finished = cluster.event("finished")
    assert (finished["missing"], finished["missing_nodes"], finished["not_ready_nodes"]) == (["b"], 1, 1)
    assert finished["level"] == "error"


def test_a_full_report_is_a_failure_with_its_own_next_step() -> None:
    images = tuple((f"registry.example.com/other:{number}",) for number in range(50))
    cluster = _Cluster([NodeView("a", images=images)])
    assert cluster.run(PREPULL_WAIT_SECONDS="0") == 1
    assert "nodeStatusMaxImages" in cluster.event("image-unlisted")["next"]


def test_no_node_at_all_is_said() -> None:
    cluster = _Cluster([NodeView("a")])
    assert cluster.run(PREPULL_NODE_SELECTOR='{"pool": "workspaces"}') == 0
    assert cluster.event("no-node")["level"] == "warning"


def test_the_metrics_name_the_nodes_and_keep_the_last_success(tmp_path: Path) -> None:
    path = tmp_path / "prepull.prom"
    good = _Cluster([NodeView("a", images=_HAS)])
    assert good.run(PREPULL_METRICS_FILE=str(path)) == 0
    success = [line for line in path.read_text().splitlines() if line.startswith("spt_flow_prepull_last_success")]
    bad = _Cluster([NodeView("a", images=_HAS), NodeView("b"), NodeView("c", is_ready=False)])
    assert bad.run(PREPULL_METRICS_FILE=str(path), PREPULL_WAIT_SECONDS="0") == 1
    lines = path.read_text().splitlines()
    values = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    assert values['spt_flow_prepull_node_has_image{node="a"}'] == "1"
    assert values['spt_flow_prepull_node_has_image{node="b"}'] == "0"
    assert 'spt_flow_prepull_node_has_image{node="c"}' not in values
    counted = {name: values[f"spt_flow_prepull_nodes_{name}"] for name in ("present", "missing", "not_ready")}
    assert counted == {"present": "1", "missing": "1", "not_ready": "1"}
    assert success[0] in lines
    for name in {line.partition("{")[0].partition(" ")[0] for line in lines if not line.startswith("#")}:
        assert f"# TYPE {name} gauge" in lines


def test_what_could_not_be_seen_is_not_published(tmp_path: Path) -> None:
    def fail() -> Sequence[NodeView]:
        raise SptFlowError("The nodes could not be listed: no.")

    settings = read_settings(
        PrepullCheckSettings, {"PREPULL_IMAGE": _IMAGE, "PREPULL_METRICS_FILE": str(tmp_path / "x.prom")}
    )
    with pytest.raises(SptFlowError, match="could not be listed"):
        run_prepull_check(settings, EventLog("prepull-check", io.StringIO()), look=fail)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({}, "PREPULL_IMAGE is not set. The image that the nodes have to have, by digest."),
        ({"PREPULL_IMAGE": "x:1"}, "an image with a digest is expected, since a tag says nothing"),
        ({"PREPULL_IMAGE": "X//"}, "an image reference is expected"),
        ({"PREPULL_IMAGE": _IMAGE, "PREPULL_NODE_SELECTOR": "[]"}, "a JSON object of labels"),
        ({"PREPULL_IMAGE": _IMAGE, "PREPULL_NODE_SELECTOR": '{"a": 1}'}, "a JSON object of labels"),
        ({"PREPULL_IMAGE": _IMAGE, "PREPULL_TOLERATIONS": "{"}, "a JSON list of tolerations"),
        ({"PREPULL_IMAGE": _IMAGE, "PREPULL_TOLERATIONS": '[{"operator": "Gt"}]'}, "the operator Exists or Equal"),
        ({"PREPULL_IMAGE": _IMAGE, "PREPULL_WAIT_SECONDS": "-1"}, "greater than or equal to 0"),
    ],
)
def test_a_wrong_setting_is_one_sentence(variables: dict[str, str], words: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_settings(PrepullCheckSettings, variables)
    assert words in str(caught.value)


def test_a_node_is_read_as_the_api_writes_it() -> None:
    manifest = {
        "metadata": {"name": "a", "labels": {"pool": "workspaces"}},
        "spec": {"taints": [{"key": "pool", "effect": "NoSchedule"}]},
        "status": {
            "conditions": [{"type": "MemoryPressure", "status": "False"}, {"type": "Ready", "status": "True"}],
            "images": [{"names": [_IMAGE], "sizeBytes": 1}, {"sizeBytes": 2}],
        },
    }
    view = node_view(manifest)
    assert (view.name, view.labels, view.is_ready) == ("a", (("pool", "workspaces"),), True)
    assert [str(taint) for taint in view.taints] == ["pool:NoSchedule"]
    assert view.images == ((_IMAGE,), ())
    assert node_view({"metadata": {"name": "b"}}) == NodeView("b", is_ready=False)


@pytest.mark.parametrize("status", ["False", "Unknown"])
def test_a_node_that_does_not_say_so_is_not_ready(status: str) -> None:
    assert not node_view(
        {"metadata": {"name": "b"}, "status": {"conditions": [{"type": "Ready", "status": status}]}}
    ).is_ready
