from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.image_reference import ImageReference
from core.node_choice import NodeChoice, Taint, Toleration
from jobs.prepull.decision import Finding, NodeView, State, decide

_DIGEST = "sha256:" + "a1" * 32
_OTHER = "sha256:" + "b2" * 32
_REPOSITORY = "registry.coder.svc.cluster.local:5000/spt-flow/workspace"
_IMAGE = ImageReference.parse(f"{_REPOSITORY}@{_DIGEST}")
_CHOICE = NodeChoice({"kubernetes.io/os": "linux"}, (Toleration("pool", "Exists"),))
_LABELS = (("kubernetes.io/os", "linux"),)
_HAS = ((f"{_REPOSITORY}@{_DIGEST}", f"{_REPOSITORY}:latest"),)
_FULL = tuple((f"registry.example.com/other:{number}",) for number in range(50))
_NODE = NodeView("n", _LABELS, images=_HAS)


def _state(node: NodeView) -> State:
    (finding,) = decide([node], _IMAGE, _CHOICE)
    return finding.state


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({}, State.PRESENT),
        ({"images": ()}, State.MISSING),
        ({"images": ((f"{_REPOSITORY}@{_OTHER}",),)}, State.MISSING),
        ({"images": ((f"{_REPOSITORY}:latest",),)}, State.MISSING),
        ({"images": ((f"registry.example.com/spt-flow/workspace@{_DIGEST}",),)}, State.MISSING),
        ({"images": ((f"{_REPOSITORY}-other@{_DIGEST}",),)}, State.MISSING),
        ({"images": (("<none>@<none>",), ("X//",), *_HAS)}, State.PRESENT),
        ({"images": _FULL}, State.UNLISTED),
        ({"images": _FULL[:49]}, State.MISSING),
        ({"images": (*_FULL, *_HAS)}, State.PRESENT),
        ({"is_ready": False}, State.NOT_READY),
        ({"is_ready": False, "images": ()}, State.NOT_READY),
        ({"labels": ()}, State.NOT_MEANT),
        ({"labels": (), "is_ready": False, "images": ()}, State.NOT_MEANT),
        ({"taints": (Taint("gpu", "", "NoSchedule"),), "images": ()}, State.NOT_MEANT),
        ({"taints": (Taint("pool", "x", "NoSchedule"),)}, State.PRESENT),
        ({"taints": (Taint("pool", "x", "NoExecute"),), "images": ()}, State.MISSING),
        # A cordoned node keeps its pods, and may be used again at any time.
        ({"taints": (Taint("node.kubernetes.io/unschedulable", "", "NoSchedule"),), "images": ()}, State.MISSING),
        ({"taints": (Taint("node.kubernetes.io/not-ready", "", "NoSchedule"),), "is_ready": False}, State.NOT_READY),
    ],
)
def test_what_is_said_of_a_node(change: dict[str, object], state: State) -> None:
    assert _state(replace(_NODE, **change)) is state  # type: ignore[arg-type] # fields of a node


def test_the_tag_beside_the_digest_decides_nothing() -> None:
    tagged = ImageReference.parse(f"{_REPOSITORY}:0.1.0@{_DIGEST}")
    assert decide([_NODE], tagged, _CHOICE)[0].state is State.PRESENT


def test_nodes_are_named_with_reasons_in_order() -> None:
    nodes = [replace(_NODE, name="b", images=_FULL), replace(_NODE, name="a", images=()), replace(_NODE, name="c")]
    assert decide(nodes, _IMAGE, _CHOICE) == (
        Finding("a", State.MISSING, "it reports 0 images, and this is not among them"),
        Finding("b", State.UNLISTED, "it reports 50 images, the largest ones, and this is not among them"),
        Finding("c", State.PRESENT, "it has the image"),
    )


def test_which_states_are_failures() -> None:
    assert {state for state in State if state.is_failure} == {State.MISSING, State.UNLISTED}
    assert {state for state in State if state.is_expected} == {State.PRESENT, State.MISSING, State.UNLISTED}


_taints = st.lists(
    st.sampled_from(
        [
            Taint("pool", "x", "NoSchedule"),
            Taint("gpu", "", "NoSchedule"),
            Taint("gpu", "", "PreferNoSchedule"),
            Taint("node.kubernetes.io/unschedulable", "", "NoSchedule"),
        ]
    ),
    unique=True,
).map(tuple)
_images = st.lists(
    st.sampled_from([*_HAS, *_FULL, (f"{_REPOSITORY}@{_OTHER}",), ("<none>:<none>",)]), unique=True, max_size=52
).map(tuple)
_nodes = st.lists(
    st.builds(
        NodeView,
        name=st.sampled_from([f"node-{number}" for number in range(30)]),
        labels=st.sampled_from([_LABELS, ()]),
        taints=_taints,
        is_ready=st.booleans(),
        images=_images,
    ),
    unique_by=lambda node: node.name,
)


@given(_nodes, st.randoms())
def test_a_node_is_a_failure_exactly_if_a_workspace_there_would_wait(nodes: list[NodeView], random: object) -> None:
    findings = decide(nodes, _IMAGE, _CHOICE)
    random.shuffle(nodes)  # type: ignore[attr-defined] # hypothesis' own class
    assert decide(nodes, _IMAGE, _CHOICE) == findings
    assert [finding.node for finding in findings] == sorted(node.name for node in nodes)
    by_name = {node.name: node for node in nodes}
    for finding in findings:
        node = by_name[finding.node]
        is_open = node.is_ready and node.labels == _LABELS and Taint("gpu", "", "NoSchedule") not in node.taints
        has_it = _HAS[0] in node.images
        assert finding.state.is_expected is is_open
        assert finding.state.is_failure is (is_open and not has_it)


@given(_nodes)
def test_a_pull_never_makes_it_worse(nodes: list[NodeView]) -> None:
    before = decide(nodes, _IMAGE, _CHOICE)
    after = decide([replace(node, images=(*_HAS, *node.images)) for node in nodes], _IMAGE, _CHOICE)
    assert not any(finding.state.is_failure for finding in after)
    assert [finding.state.is_expected for finding in after] == [finding.state.is_expected for finding in before]
