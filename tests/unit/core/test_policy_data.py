import datetime as dt
import json
from pathlib import Path
from typing import Any, Final

import pytest

from core.policy_data import PolicyData, PolicyDataError, read_policy_data
from core.quantity import Quantity

_TODAY: Final = dt.date(2026, 11, 21)


def _data(**rules: Any) -> PolicyData:  # noqa: ANN401 - whatever a rule's configuration holds
    return PolicyData({name.replace("_", "-"): entry for name, entry in rules.items()}, _TODAY)


def test_a_namespaces_own_bounds_come_before_the_general_ones() -> None:
    data = _data(
        workload_requires_limits={"maxCpu": "4", "maxMemory": "8Gi", "namespaces": {"here": {"maxCpu": "2"}}},
        workload_requires_ephemeral_limit={"maxEphemeralStorage": "1Gi", "relaxedNamespaces": ["there"]},
    )
    here, there = data.bounds("here"), data.bounds("there")
    assert (here.cpu, there.cpu) == (Quantity.parse("2"), Quantity.parse("4"))
    assert here.memory == there.memory == Quantity.parse("8Gi")
    assert here.ephemeral_storage == Quantity.parse("1Gi")
    assert (here.needs_ephemeral_storage, there.needs_ephemeral_storage) == (True, False)


def test_what_is_not_configured_has_the_safe_value() -> None:
    data = _data()
    assert data.bounds("any").cpu == Quantity.parse("8")
    assert data.bounds("any").needs_ephemeral_storage
    assert data.capabilities("any") == data.repositories("any") == data.csi_drivers == data.kvm.namespaces == ()
    assert data.is_mandatory("any-rule")
    assert data.labels["app.kubernetes.io/part-of"] == ["spt-flow"]


def test_lists_of_a_namespace_are_added_to_the_general_ones() -> None:
    data = _data(
        workload_restricts_capabilities={"allowed": ["KILL"], "namespaces": {"here": ["CHOWN", "KILL"]}},
        image_requires_allowed_repository={"allowedRepositories": ["a.io"], "namespaces": {"here": ["b.io"]}},
    )
    assert (data.capabilities("here"), data.capabilities("there")) == (("CHOWN", "KILL"), ("KILL",))
    assert (data.repositories("here"), data.repositories("there")) == (("a.io", "b.io"), ("a.io",))


def test_levels_and_expired_exemptions_count() -> None:
    entries = [
        {"resource": f"Pod here/{name}", "reason": "for now", "expires": day}
        for name, day in (("old", "2026-11-20"), ("new", "2026-11-21"))
    ]
    data = _data(all="advisory", a_rule={"enforcementLevel": "mandatory", "exemptions": entries})
    assert data.is_mandatory("a-rule")
    assert not data.is_mandatory("another-rule")
    assert data.exempted("a-rule") == ("Pod here/new",)


def test_digests_are_asked_for_but_where_images_are_admitted_by_tag() -> None:
    assert _data().needs_digest("here")
    assert not _data(image_requires_digest={"required": False}).needs_digest("here")
    assert not _data(image_requires_digest={"enforcementLevel": "advisory"}).needs_digest("here")
    data = _data(image_requires_digest={"admittedByTag": ["here"]})
    assert (data.needs_digest("here"), data.needs_digest("there")) == (False, True)


@pytest.mark.parametrize("stack", ["dev", "staging", "prod"])
def test_every_stack_has_a_configuration_with_figures(stack: str) -> None:
    data = read_policy_data(stack, today=_TODAY)
    assert data.bounds("coder-workspace").cpu == Quantity.parse("8")
    assert data.bounds("coder-workspace").memory == Quantity.parse("16Gi")
    assert data.kvm.namespaces == data.workspace_namespaces == ("coder-workspace",)
    assert "SYS_ADMIN" not in data.capabilities("coder-workspace")


def test_a_stack_of_another_name_takes_that_of_prod_or_the_one_it_names(tmp_path: Path) -> None:
    for name, level in (("prod", "mandatory"), ("loose", "advisory")):
        (tmp_path / f"{name}.json").write_text(json.dumps({"all": level}), encoding="utf-8")
    assert read_policy_data("other", today=_TODAY, folder=tmp_path).is_mandatory("x")
    assert not read_policy_data("other", "loose", today=_TODAY, folder=tmp_path).is_mandatory("x")


def test_one_that_is_not_there_is_one_sentence_with_those_that_are(tmp_path: Path) -> None:
    (tmp_path / "prod.json").write_text("{}", encoding="utf-8")
    with pytest.raises(PolicyDataError, match=r"strict\.json of stack 'qa' cannot be read .*; there are: prod\."):
        read_policy_data("qa", "strict", today=_TODAY, folder=tmp_path)
    with pytest.raises(PolicyDataError, match="must be a DNS label"):
        read_policy_data("qa", "../prod", today=_TODAY, folder=tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{",
        '{"x": []}',
        '{"workload-requires-limits": {"maxCpu": "much"}}',
        '{"x": {"exemptions": [{"resource": "a", "expires": "soon"}]}}',
        '{"workload-restricts-host-paths": {"allowed": [{}]}}',
        '{"workload-restricts-capabilities": {"allowed": 3}}',
        pytest.param("[" * 100_000, id="deep"),
    ],
)
def test_one_that_is_none_is_one_sentence(content: str, tmp_path: Path) -> None:
    (tmp_path / "prod.json").write_text(content, encoding="utf-8")
    with pytest.raises(PolicyDataError, match=r"/prod\.json is none"):
        read_policy_data("prod", today=_TODAY, folder=tmp_path)
