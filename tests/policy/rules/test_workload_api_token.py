from typing import Any

import pytest

from policies.rules.workload_api_token import WORKLOAD_API_TOKEN
from tests.support.analyzer import UNKNOWN
from tests.support.judged import Judged, exempting, judged
from tests.support.workload_kinds import DEPLOYMENT, WORKLOAD_KINDS, in_list, workload

_ALLOWED = ["Deployment tools/api"]
_TOKEN = {"name": "t", "projected": {"sources": [{"configMap": {}}, {"serviceAccountToken": {"path": "token"}}]}}


def _judged(
    spec: dict[str, object],
    resource_type: str = DEPLOYMENT,
    name: object = "web",
    namespace: object = "tools",
    **config: Any,  # noqa: ANN401 - any setting
) -> Judged:
    body = workload(resource_type, {"containers": [], **spec}, name=name, namespace=namespace)
    return judged(WORKLOAD_API_TOKEN, resource_type, body, **{"allowed": _ALLOWED, **config})


@pytest.mark.parametrize("resource_type", WORKLOAD_KINDS)
def test_every_kind_of_workload(resource_type: str) -> None:
    assert _judged({"automountServiceAccountToken": False}, resource_type) == Judged([], [])
    (sentence,) = _judged({}, resource_type).sentences
    kind = resource_type.rpartition(":")[2]
    assert sentence == (
        f"The pods of {kind} 'tools/web' must not have a token for the API: "
        f"automountServiceAccountToken must be false, and is left out."
    )


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (True, "is true"),
        (None, "is left out"),
        ("false", "is neither true nor false"),
        (0, "is neither true nor false"),
    ],
)
def test_only_false_is_false(value: object, words: str) -> None:
    (sentence,) = _judged({"automountServiceAccountToken": value}).sentences
    assert sentence.endswith(f"must be false, and {words}.")


def test_a_token_in_a_volume_is_one_too() -> None:
    off = {"automountServiceAccountToken": False}
    (sentence,) = _judged({**off, "volumes": [{"name": "x"}, _TOKEN]}).sentences
    assert sentence.endswith("must not have a token for the API in a projected volume: volume #1 has one.")
    odd: list[object] = [None, "x", [7], [{"projected": "x"}], [{"projected": {"sources": [{"secret": {}}]}}]]
    for volumes in odd:
        assert _judged({**off, "volumes": volumes}) == Judged([], [])


def test_what_is_allowed_is_exact() -> None:
    assert _judged({}, name="api") == Judged([], [])
    assert len(_judged({}, name="api", namespace="others").sentences) == 1
    assert len(_judged({}, "kubernetes:apps/v1:StatefulSet", name="api").sentences) == 1


@pytest.mark.parametrize(
    ("name", "namespace", "is_open"),
    [
        (UNKNOWN, "tools", True),
        ("api", UNKNOWN, True),
        (UNKNOWN, UNKNOWN, True),
        ("web", UNKNOWN, False),
        (UNKNOWN, "others", False),
        (UNKNOWN, None, False),
        (None, UNKNOWN, False),
    ],
)
def test_what_may_be_allowed_is_open(name: object, namespace: object, is_open: bool) -> None:  # noqa: FBT001 - a column
    found = _judged({}, name=name, namespace=namespace)
    assert (len(found.sentences), len(found.open)) == ((0, 1) if is_open else (1, 0))


def test_a_workload_without_a_namespace_may_be_allowed() -> None:
    found = _judged({}, name=UNKNOWN, namespace=None, allowed=["Deployment api"])
    assert (found.sentences, len(found.open)) == ([], 1)


@pytest.mark.parametrize(("name", "is_open"), [(UNKNOWN, True), (None, False)])
def test_the_name_of_the_resource_is_not_that_of_the_workload(name: object, is_open: bool) -> None:  # noqa: FBT001 - a column
    body = workload(DEPLOYMENT, {"containers": []}, name=name, namespace="tools")
    found = judged(WORKLOAD_API_TOKEN, DEPLOYMENT, body, name="api", allowed=_ALLOWED)
    assert (len(found.sentences), len(found.open)) == ((0, 1) if is_open else (1, 0))


@pytest.mark.parametrize(
    "spec",
    [
        {"automountServiceAccountToken": UNKNOWN, "volumes": [_TOKEN]},
        {"automountServiceAccountToken": True, "volumes": UNKNOWN},
        {"automountServiceAccountToken": True, "volumes": [{"projected": {"sources": UNKNOWN}}]},
        {
            "automountServiceAccountToken": True,
            "volumes": [{"projected": {"sources": [{"serviceAccountToken": UNKNOWN}]}}],
        },
    ],
)
def test_unknown_values_hide_only_themselves(spec: dict[str, object]) -> None:
    found = _judged(spec)
    assert (len(found.sentences), len(found.open)) == (1, 1)


def test_what_is_allowed_hides_nothing_beside_it() -> None:
    allowed, other = (workload(DEPLOYMENT, {}, name=name, namespace="tools") for name in ("api", "web"))
    resource_type, props = in_list(DEPLOYMENT, allowed, other)
    assert len(judged(WORKLOAD_API_TOKEN, resource_type, props, allowed=_ALLOWED).sentences) == 1


def test_lists_other_types_and_exemptions() -> None:
    resource_type, props = in_list(DEPLOYMENT, workload(DEPLOYMENT, {}, namespace="tools"))
    assert len(judged(WORKLOAD_API_TOKEN, resource_type, props).sentences) == 1
    assert judged(WORKLOAD_API_TOKEN, "kubernetes:core/v1:Service", {"spec": {}}) == Judged([], [])
    assert _judged({}, exemptions=exempting("Deployment tools/web")).sentences == []
    assert len(_judged({}, exemptions=exempting("Deployment tools/web", expires="2020-01-01")).sentences) == 1
