import pytest

from policies.rules.workload_proc_mount import WORKLOAD_PROC_MOUNT
from tests.support.analyzer import UNKNOWN
from tests.support.rule_bench import RuleBench, compliant_container, compliant_pod

_BENCH = RuleBench(WORKLOAD_PROC_MOUNT)


def _mount(value: object) -> dict[str, object]:
    return {"securityContext": {"procMount": value}}


@pytest.mark.parametrize("value", [None, "Default"])
def test_the_masked_one_passes(value: object) -> None:
    assert _BENCH.of_container(_mount(value)) == []


@pytest.mark.parametrize(
    ("value", "found"),
    [("Unmasked", "Unmasked"), ("default", "something else"), ("", "something else"), (True, "something else")],
)
def test_every_other_one_is_refused(value: object, found: str) -> None:
    assert _BENCH.of_container(_mount(value)) == [
        f"The container 'main' of Deployment 'coder/thing' must have the procMount Default: it is {found}."
    ]


def test_an_unknown_one_is_open() -> None:
    assert _BENCH.levels(compliant_pod(compliant_container(**_mount(UNKNOWN)))) == ["ADVISORY"]
