import pytest

from policies.rules.workload_privilege_escalation import WORKLOAD_PRIVILEGE_ESCALATION
from tests.support.analyzer import UNKNOWN
from tests.support.rule_bench import RuleBench, compliant_container, compliant_pod

_BENCH = RuleBench(WORKLOAD_PRIVILEGE_ESCALATION, relaxedNamespaces=["coder-workspace"])
_KEY = "allowPrivilegeEscalation"
_START = "The container 'main' of Deployment 'coder/thing' must have"


def _switch(value: object) -> dict[str, object]:
    return {"securityContext": {_KEY: value}}


@pytest.mark.parametrize(("value", "found"), [(True, "it is true"), (None, "it has none")])
def test_it_has_to_be_forbidden_in_so_many_words(value: object, found: str) -> None:
    assert _BENCH.of_container(_switch(value)) == [f"{_START} the {_KEY} false: {found}."]
    assert _BENCH.of_container(_switch(value), namespace="coder-workspace") == []
    assert len(_BENCH.of_container(_switch(value), namespace=None)) == 1
    assert len(RuleBench(WORKLOAD_PRIVILEGE_ESCALATION).of_container(_switch(value), namespace="coder-workspace")) == 1


def test_a_container_that_forbids_it_passes() -> None:
    assert _BENCH.of_container(_switch(value=False)) == []


@pytest.mark.parametrize("value", ["false", 0, "", [], {}])
@pytest.mark.parametrize("namespace", ["coder", "coder-workspace"])
def test_what_is_neither_is_refused_in_every_namespace(value: object, namespace: str) -> None:
    (sentence,) = _BENCH.of_container(_switch(value), namespace=namespace)
    assert sentence.endswith(f"must have an {_KEY} that is true or false: its value is neither.")


def test_an_unknown_namespace_is_open_only_where_it_decides() -> None:
    for value, levels in ((True, ["ADVISORY"]), (None, ["ADVISORY"]), (False, []), ("no", ["MANDATORY"])):
        spec = compliant_pod(compliant_container(**_switch(value)))
        assert _BENCH.levels(spec, namespace=UNKNOWN) == levels
    assert _BENCH.levels(compliant_pod(compliant_container(**_switch(UNKNOWN)))) == ["ADVISORY"]
