import pytest
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, UnknownValueError, unknown_checking_proxy

from core.fields import Field
from policies.findings import Findings
from policies.resource import Manifest
from policies.subjects.relaxation import unless_relaxed


def _counts(namespace: object, relaxed: list[str], *, breaks: bool = True) -> tuple[int, int]:
    """Return how many violations and how many open questions a check leaves that finds one violation, or none."""
    body = Field(unknown_checking_proxy({"metadata": {"namespace": namespace}}), unknown_errors=(UnknownValueError,))
    manifest, findings = Manifest("core", "v1", "Pod", body, "thing"), Findings()

    def check(inner: Findings) -> None:
        if breaks:
            inner.violation(manifest.subject, "It is broken.")

    unless_relaxed(manifest, relaxed, findings, check)
    return len(findings.violations), len(findings.unknown)


@pytest.mark.parametrize("namespace", ["coder", None, 3, "", ["free"]])
def test_a_rule_holds_wherever_it_is_not_relaxed(namespace: object) -> None:
    assert _counts(namespace, ["free"]) == (1, 0)


def test_a_rule_does_not_hold_where_it_is_relaxed() -> None:
    assert _counts("free", ["free"]) == (0, 0)


def test_an_unknown_namespace_leaves_open_what_it_decides_and_nothing_else() -> None:
    assert _counts(UNKNOWN_STRING_VALUE, ["free"]) == (0, 1)
    assert _counts(UNKNOWN_STRING_VALUE, ["free"], breaks=False) == (0, 0)
    assert _counts(UNKNOWN_STRING_VALUE, []) == (1, 0)
