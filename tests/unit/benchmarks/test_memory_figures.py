"""The sum of what the platform's pods hold: each counted once, none left out unsaid."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.memory_figures import UnmeasuredPodError, platform_memory

_MIB = 1 << 20


def pod(name: str, phase: str = "Running") -> dict[str, Any]:
    return {"metadata": {"namespace": "coder", "name": name}, "status": {"phase": phase}}


def measured(name: str, memory: int | None) -> dict[str, Any]:
    usage = {} if memory is None else {"memory": {"workingSetBytes": memory}}
    return {"podRef": {"namespace": "coder", "name": name}, **usage}


@given(st.dictionaries(st.text("abc", min_size=1), st.integers(0, 1 << 40), max_size=6), st.integers(1, 3))
def test_pods_of_all_nodes_are_counted_and_no_others(memory: dict[str, int], nodes: int) -> None:
    pods = {"items": [pod(name) for name in memory]}
    summaries: list[dict[str, Any]] = [{"pods": [measured("another", _MIB)]} for _ in range(nodes)]
    for number, (name, amount) in enumerate(memory.items()):
        summaries[number % nodes]["pods"].append(measured(name, amount))
    assert platform_memory(pods, summaries) == pytest.approx(sum(memory.values()) / _MIB)


@pytest.mark.parametrize("phase", ["Succeeded", "Failed", "Pending"])
def test_a_pod_that_does_not_run_holds_nothing(phase: str) -> None:
    assert platform_memory({"items": [pod("ended", phase)]}, [{"pods": []}]) == 0


@pytest.mark.parametrize("summary", [[], [measured("registry", None)]], ids=["unknown", "not measured"])
def test_a_gap_is_no_figure(summary: list[dict[str, Any]]) -> None:
    with pytest.raises(UnmeasuredPodError, match="coder/registry"):
        platform_memory({"items": [pod("registry")]}, [{"pods": summary}])
