from typing import Any

import pytest

from policies.rules.namespace_pod_security import NAMESPACE_POD_SECURITY
from tests.support.analyzer import UNKNOWN
from tests.support.judged import Judged, exempting, judged
from tests.support.workload_kinds import in_list

_TYPE = "kubernetes:core/v1:Namespace"
_PREFIX = "pod-security.kubernetes.io"
_LEVELS = {"tools": "baseline", "devices": "privileged"}


def _labels(**changes: object) -> dict[str, object]:
    labels: dict[str, object] = {}
    for mode in ("enforce", "warn", "audit"):
        labels[f"{_PREFIX}/{mode}"] = "restricted"
        labels[f"{_PREFIX}/{mode}-version"] = "latest"
    labels |= {f"{_PREFIX}/{key.replace('_', '-')}": value for key, value in changes.items()}
    return {key: value for key, value in labels.items() if value != "absent"}


def _judged(labels: object, name: object = "tools", **config: Any) -> Judged:  # noqa: ANN401 - any setting
    props = {"metadata": {"name": name, "labels": labels}}
    return judged(NAMESPACE_POD_SECURITY, _TYPE, props, **{"levels": _LEVELS, **config})


def test_a_namespace_at_its_level_or_above_passes() -> None:
    assert _judged(_labels()) == Judged([], [])
    assert _judged(_labels(enforce="baseline", warn="baseline", audit="baseline")) == Judged([], [])
    lax = _labels(enforce="privileged", warn="privileged", audit="privileged", enforce_version="v1.34")
    assert _judged(lax, "devices") == Judged([], [])


@pytest.mark.parametrize("labels", [None, {}, "restricted", ["restricted"], 7])
def test_without_labels_all_six_are_missing(labels: object) -> None:
    sentences = _judged(labels).sentences
    assert len(sentences) == 6
    assert f"Namespace 'tools' must have the label {_PREFIX}/enforce: it has none." in sentences
    assert f"Namespace 'tools' must have the label {_PREFIX}/audit-version: it has none." in sentences


@pytest.mark.parametrize("mode", ["enforce", "warn", "audit"])
def test_each_mode_counts(mode: str) -> None:
    assert _judged(_labels(**{mode: "privileged"})).sentences == [
        f"Namespace 'tools' must have at least baseline in the label {_PREFIX}/{mode}: it has privileged."
    ]
    assert len(_judged(_labels(**{mode: "absent"})).sentences) == 1


@pytest.mark.parametrize("level", ["Restricted", "restricted ", "", 1, True, ["restricted"], "безопасно"])
def test_what_is_no_level_is_a_violation(level: object) -> None:
    assert _judged(_labels(enforce=level)).sentences == [
        (
            f"Namespace 'tools' must have privileged, baseline or restricted in the label {_PREFIX}/enforce: "
            f"its value is none of them."
        )
    ]


@pytest.mark.parametrize(
    ("version", "good"),
    [
        ("latest", True),
        ("v1.34", True),
        ("v1.0", True),
        ("1.34", False),
        ("v1.034", False),
        ("v2", False),
        (1.34, False),
    ],
)
def test_a_version_is_latest_or_a_release(version: object, good: bool) -> None:  # noqa: FBT001 - a column
    sentences = _judged(_labels(enforce_version=version)).sentences
    wanted = (
        f"Namespace 'tools' must have 'latest' or a version such as v1.34 in the label {_PREFIX}/enforce-version: "
        f"its value is neither."
    )
    assert sentences == ([] if good else [wanted])


def test_a_namespace_that_is_not_named_needs_the_strictest() -> None:
    assert len(_judged(_labels(enforce="baseline"), "others").sentences) == 1
    assert _judged(_labels(enforce="baseline"), "others", defaultLevel="baseline").sentences == []


def test_an_unknown_name_leaves_open_only_what_depends_on_it() -> None:
    found = _judged(_labels(enforce="baseline"), UNKNOWN)
    assert (found.sentences, len(found.open)) == ([], 1)
    assert _judged(_labels(), UNKNOWN) == Judged([], [])
    lax = _judged(_labels(enforce="privileged"), UNKNOWN, levels={"tools": "privileged"}, defaultLevel="baseline")
    assert (lax.sentences, len(lax.open)) == ([], 1)
    found = _judged(_labels(enforce="privileged"), UNKNOWN, levels={"tools": "baseline"})
    assert "must have at least baseline" in found.sentences[0]


def test_an_unknown_label_hides_only_itself() -> None:
    found = _judged(_labels(enforce=UNKNOWN, warn="privileged"))
    assert (len(found.sentences), len(found.open)) == (1, 1)
    assert len(_judged(UNKNOWN).open) == 1


def test_lists_are_opened_and_other_types_passed_over() -> None:
    bodies: list[dict[str, Any]] = [
        {"metadata": {"name": "tools", "labels": _labels()}},
        {"metadata": {"name": "bare"}},
    ]
    for typed in (True, False):
        resource_type, props = in_list(_TYPE, *bodies, typed=typed)
        assert len(judged(NAMESPACE_POD_SECURITY, resource_type, props).sentences) == 6
    assert judged(NAMESPACE_POD_SECURITY, "kubernetes:core/v1:ConfigMap", {"metadata": {"name": "x"}}).sentences == []


def test_an_exemption_counts_until_its_day() -> None:
    assert _judged(None, exemptions=exempting("Namespace tools")).sentences == []
    assert len(_judged(None, exemptions=exempting("Namespace tools", expires="2020-01-01")).sentences) == 6
