from typing import Any

import pytest

from policies.rules.workload_capabilities import BASELINE_CAPABILITIES, WORKLOAD_CAPABILITIES
from tests.support.analyzer import UNKNOWN
from tests.support.rule_bench import RuleBench, compliant_container, compliant_pod

_FREE = "coder-workspace"
_BENCH = RuleBench(WORKLOAD_CAPABILITIES, allowed=["NET_BIND_SERVICE"], namespaces={_FREE: BASELINE_CAPABILITIES})
_START = "The container 'main' of Deployment 'coder/thing'"


def _capabilities(add: object = None, drop: object = ("ALL",)) -> dict[str, Any]:
    written = {"add": add, "drop": list(drop) if isinstance(drop, tuple) else drop}
    return {"securityContext": {"capabilities": written}}


def _levels(add: object, drop: object, namespace: object) -> list[str]:
    return sorted(_BENCH.levels(compliant_pod(compliant_container(**_capabilities(add, drop))), namespace=namespace))


@pytest.mark.parametrize("add", [None, [], ["NET_BIND_SERVICE"]])
def test_what_is_allowed_passes_when_all_else_is_dropped(add: object) -> None:
    assert _BENCH.of_container(_capabilities(add)) == []


def test_nothing_may_be_added_by_default() -> None:
    assert RuleBench(WORKLOAD_CAPABILITIES).of_container(_capabilities(["NET_BIND_SERVICE"])) == [
        f"{_START} must not add the capability NET_BIND_SERVICE: it is not on the list."
    ]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("SYS_ADMIN", "the capability SYS_ADMIN: it is not on the list"),
        ("CHOWN", "the capability CHOWN: it is not on the list"),
        ("ALL", "the capability ALL: it is not on the list"),
        ("CAP_NET_BIND_SERVICE", "what is no capability of Linux"),
        ("net_bind_service", "what is no capability of Linux"),
        (" NET_BIND_SERVICE", "what is no capability of Linux"),
        (21, "what is no capability of Linux"),
        (None, "what is no capability of Linux"),
    ],
)
def test_what_is_not_listed_is_refused_by_its_exact_name(name: object, told: str) -> None:
    assert _BENCH.of_container(_capabilities(["NET_BIND_SERVICE", name])) == [f"{_START} must not add {told}."]


@pytest.mark.parametrize("drop", [None, [], ["NET_RAW"], ["all"], ["CAP_ALL"], "ALL", {"ALL": True}])
def test_all_have_to_be_dropped(drop: object) -> None:
    sentence = f"{_START} must drop the capabilities ALL: it does not."
    assert _BENCH.of_container(_capabilities(None, drop)) == [sentence]
    assert _BENCH.of_container({"securityContext": None}) == [sentence]


def test_all_may_be_dropped_among_others() -> None:
    assert _BENCH.of_container(_capabilities(None, ["NET_RAW", "ALL"])) == []


def test_workspaces_may_add_the_baseline_and_need_not_drop_any() -> None:
    assert _BENCH.of_container(_capabilities(BASELINE_CAPABILITIES, None), namespace=_FREE) == []
    (sentence,) = _BENCH.of_container(_capabilities(["SYS_PTRACE"], None), namespace=_FREE)
    assert sentence.endswith("must not add the capability SYS_PTRACE: it is not on the list.")


def test_an_unknown_namespace_decides_only_between_strict_and_relaxed() -> None:
    assert _levels(["SYS_ADMIN"], ["ALL"], UNKNOWN) == ["MANDATORY"]
    assert _levels(["CHOWN"], ["ALL"], UNKNOWN) == ["ADVISORY"]
    assert _levels(None, None, UNKNOWN) == ["ADVISORY"]
    assert _levels(["NET_BIND_SERVICE"], ["ALL"], UNKNOWN) == []


def test_unknown_names_hide_only_themselves() -> None:
    assert _levels([UNKNOWN, "SYS_ADMIN"], ["ALL"], "coder") == ["ADVISORY", "MANDATORY"]
    assert _levels(UNKNOWN, ["ALL"], "coder") == ["ADVISORY"]
    assert _levels(None, UNKNOWN, "coder") == ["ADVISORY"]
    assert _levels(None, [UNKNOWN], "coder") == ["ADVISORY"]
    assert _levels(None, [UNKNOWN, "ALL"], "coder") == []
    assert _levels(None, UNKNOWN, _FREE) == []
