import pytest

from core.node_choice import NodeChoice, Taint, Toleration, TolerationError

_POOL = Taint("pool", "workspaces", "NoSchedule")


@pytest.mark.parametrize(
    ("toleration", "taint", "expected"),
    [
        (Toleration(operator="Exists"), _POOL, True),
        (Toleration("pool", "Exists"), _POOL, True),
        (Toleration("pool", "Equal", "workspaces"), _POOL, True),
        (Toleration("pool", value="workspaces"), _POOL, True),
        (Toleration("pool", "Equal", "builds"), _POOL, False),
        (Toleration("pool", "Equal"), _POOL, False),
        (Toleration("pool", "Equal"), Taint("pool", "", "NoSchedule"), True),
        (Toleration("other", "Exists"), _POOL, False),
        (Toleration("pool", "Exists", effect="NoSchedule"), _POOL, True),
        (Toleration("pool", "Exists", effect="NoExecute"), _POOL, False),
        (Toleration(operator="Exists", effect="NoExecute"), _POOL, False),
    ],
)
def test_tolerations_are_read_as_the_scheduler_does(toleration: Toleration, taint: Taint, *, expected: bool) -> None:
    assert toleration.tolerates(taint) is expected


@pytest.mark.parametrize(
    ("labels", "taints", "objection"),
    [
        ({"pool": "workspaces"}, [], None),
        ({"pool": "workspaces", "more": "x"}, [], None),
        ({}, [], "it has no label pool=workspaces"),
        ({"pool": "builds"}, [], "it has no label pool=workspaces"),
        ({"pool": "workspaces"}, [_POOL], None),
        ({"pool": "workspaces"}, [_POOL, Taint("gpu", "", "NoExecute")], "its taint gpu:NoExecute is not tolerated"),
        (
            {"pool": "workspaces"},
            [Taint("pool", "builds", "NoSchedule")],
            "its taint pool=builds:NoSchedule is not tolerated",
        ),
        ({"pool": "workspaces"}, [Taint("gpu", "", "PreferNoSchedule")], None),
        # What every DaemonSet tolerates, since its pods are there for as long as the node is.
        ({"pool": "workspaces"}, [Taint("node.kubernetes.io/unschedulable", "", "NoSchedule")], None),
        ({"pool": "workspaces"}, [Taint("node.kubernetes.io/disk-pressure", "", "NoSchedule")], None),
        ({"pool": "workspaces"}, [Taint("node.kubernetes.io/memory-pressure", "", "NoSchedule")], None),
        ({"pool": "workspaces"}, [Taint("node.kubernetes.io/pid-pressure", "", "NoSchedule")], None),
        ({"pool": "workspaces"}, [Taint("node.kubernetes.io/not-ready", "", "NoSchedule")], None),
        ({"pool": "workspaces"}, [Taint("node.kubernetes.io/unreachable", "", "NoExecute")], None),
        (
            {"pool": "workspaces"},
            [Taint("node.kubernetes.io/disk-pressure", "", "NoExecute")],
            "its taint node.kubernetes.io/disk-pressure:NoExecute is not tolerated",
        ),
        (
            {"pool": "workspaces"},
            [Taint("node.kubernetes.io/network-unavailable", "", "NoSchedule")],
            "its taint node.kubernetes.io/network-unavailable:NoSchedule is not tolerated",
        ),
    ],
)
def test_a_node_is_meant_or_it_is_said_why_not(
    labels: dict[str, str], taints: list[Taint], objection: str | None
) -> None:
    choice = NodeChoice.parse({"pool": "workspaces"}, [{"key": "pool", "value": "workspaces", "effect": "NoSchedule"}])
    assert choice.objection(labels, taints) == objection


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("pool", "an object of strings is expected"),
        ({"key": 1}, "an object of strings is expected"),
        ({"key": "pool", "tolerationSeconds": "60"}, "effect, key, operator, value are the keys"),
        ({"key": "pool", "operator": "Gt", "value": "1"}, "the operator Exists or Equal is expected"),
        ({"key": "pool", "effect": "Never"}, "one of NoSchedule, PreferNoSchedule, NoExecute or nothing"),
        ({"key": "pool", "operator": "Exists", "value": "x"}, "no value is expected beside the operator Exists"),
        ({"value": "x"}, "a key is expected, or the operator Exists for every taint"),
        ({}, "a key is expected, or the operator Exists for every taint"),
    ],
)
def test_what_is_no_toleration_is_refused(given: object, words: str) -> None:
    with pytest.raises(TolerationError, match=words):
        Toleration.parse(given)
