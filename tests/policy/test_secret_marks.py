import sys
from typing import Any

import pulumi_policy
import pytest
from pulumi_policy import EnforcementLevel, ResourceValidationPolicy
from pulumi_policy.deserialize import deserialize_properties
from pulumi_policy.proxy import UnknownValueError

from core.fields import Field
from policies.findings import Subject, Violation
from policies.secret_values.marks import MarkedText, is_marked, keep_marks, marked
from policies.secret_values.redaction import redacted
from tests.support.analyzer import UNKNOWN, PackAnalyzer, secret


def _seen(props: dict[str, Any]) -> Any:  # noqa: ANN401 - the SDK's proxy
    kept: list[Any] = []
    policy = ResourceValidationPolicy(
        "see", "See.", lambda args, _report: kept.append(args), EnforcementLevel.MANDATORY
    )
    PackAnalyzer([policy]).analyze("aws:ec2:Instance", props)
    return kept[0]


def _field(props: dict[str, Any]) -> Field:
    return Field(_seen(props).props, unknown_errors=(UnknownValueError,))


def test_marks_reach_the_rules_through_the_service() -> None:
    root = _field({"a": secret("x"), "b": "x", "c": {"d": [secret({"e": "x", "n": 1}), "x"]}})
    assert (is_marked(root.get("a")), is_marked(root.get("b"))) == (True, False)
    first, second = root.get("c", "d").items()
    assert (is_marked(first.get("e")), first.get("e").text(), first.get("n").value) == (True, "x", 1)
    assert not is_marked(second)


def test_an_unknown_value_keeps_its_mark_and_stays_unknown() -> None:
    root = _field({"a": secret(UNKNOWN), "b": UNKNOWN, "c": secret({"d": UNKNOWN})})
    assert root.get("a").unknown is not None
    assert (is_marked(root.get("a")), is_marked(root.get("b")), is_marked(root.get("c", "d"))) == (True, False, True)


def test_the_sdk_still_has_what_is_replaced() -> None:
    service = vars(sys.modules[pulumi_policy.PolicyPack.__module__])
    keep_marks()
    keep_marks()
    assert service["deserialize_properties"] is not deserialize_properties
    assert service["deserialize_properties"]({"a": 1, "b": secret("x")}) == deserialize_properties(
        {"a": 1, "b": secret("x")}
    )


def test_marked_text_is_text() -> None:
    assert marked(["x", {"y": "z"}, 1, None]) == ["x", {"y": "z"}, 1, None]
    assert isinstance(MarkedText("x"), str)
    assert MarkedText("x") == "x"
    assert hash(MarkedText("x")) == hash("x")


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (MarkedText("canary"), "The image [secret] and [secret]s."),
        (MarkedText("the"), "The image canary and canarys."),
        ("canary", "The image canary and canarys."),
    ],
)
def test_messages_lose_what_is_marked(value: str, sentence: str) -> None:
    violation = Violation(Subject("Pod", "", "x"), "The image canary and canarys.")
    (found,) = redacted([violation], [Field({"a": [value]}), Field({"b": MarkedText("canary and more")})])
    assert found.sentence == sentence
    assert redacted([], [Field({"a": value})]) == []
