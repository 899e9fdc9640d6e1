"""Reading what `pulumi preview --json` wrote."""

import json
from pathlib import Path
from typing import Any

import pytest

from ci.plan import Change, Operation, read_plan
from ci.property_text import property_text
from core.errors import UsageError

URN = "urn:pulumi:staging::spt-flow::"


def step(operation: str, urn: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever JSON can hold
    return {"op": operation, "urn": f"{URN}{urn}", **more}


def written(folder: Path, document: object) -> Path:
    path = folder / "preview.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


def test_a_replacement_in_several_steps_is_one_change(tmp_path: Path) -> None:
    urn = "kubernetes:core/v1:Secret::login"
    steps = [
        step("create-replacement", urn, newState={"inputs": {"a": 2}}, oldState={"inputs": {"a": 1}}),
        step("replace", urn, newState={"inputs": {"a": 2}}, oldState={"inputs": {"a": 1}}),
        step("delete-replaced", urn, oldState={"inputs": {"a": 1}}),
    ]
    plan = read_plan(written(tmp_path, {"steps": steps}))
    assert plan.stack == "staging"
    assert [(one.operation, one.old, one.new) for one in plan.changes] == [(Operation.REPLACE, {"a": 1}, {"a": 2})]


def test_the_type_of_a_child_is_its_own(tmp_path: Path) -> None:
    urn = "spt:index:Registry$kubernetes:apps/v1:Deployment::registry"
    (change,) = read_plan(written(tmp_path, {"steps": [step("create", urn)]})).changes
    assert (change.type, change.kind, change.name) == ("kubernetes:apps/v1:Deployment", "Deployment", "registry")


def test_what_is_the_same_but_not_listed_is_counted(tmp_path: Path) -> None:
    document = {"steps": [step("same", "a:b:C::one")], "changeSummary": {"same": 4}}
    assert read_plan(written(tmp_path, document)).unlisted == 3


def test_an_operation_of_a_later_pulumi_is_kept_apart(tmp_path: Path) -> None:
    plan = read_plan(written(tmp_path, {"steps": [step("teleport", "a:b:C::one")]}))
    assert plan.having(Operation.OTHER)
    assert not plan.is_empty


def test_errors_of_the_preview_are_read(tmp_path: Path) -> None:
    lines = [{"severity": "error", "message": "error: it broke\n"}, {"severity": "info", "message": "nothing"}]
    assert read_plan(written(tmp_path, {"duration": 1, "diagnostics": lines})).failures == ("it broke",)


@pytest.mark.parametrize("document", ["", "[]", "{}", "null", "[" * 100_000, '{"steps": 3}', '{"resources": []}'])
def test_anything_else_is_one_sentence(tmp_path: Path, document: str) -> None:
    with pytest.raises(UsageError, match="is not what `pulumi preview --json` writes"):
        read_plan(written(tmp_path, document))


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_plan(tmp_path / "missing.json")


@pytest.mark.parametrize(
    "entry",
    [
        None,
        "text",
        {"op": "create"},
        step("create", "x", newState=3, detailedDiff=[]),
        step("update", "a:b:C::x", diffReasons="no list", detailedDiff={"a": None}),
    ],
)
def test_steps_of_the_wrong_form_do_not_stop_the_comment(tmp_path: Path, entry: object) -> None:
    read_plan(written(tmp_path, {"steps": [entry]}))


DEPLOYMENT = "kubernetes:apps/v1:Deployment"
CANARY = "canary-5d0be1"


@pytest.mark.parametrize(
    ("type_", "path", "inputs", "shown"),
    [
        (DEPLOYMENT, "spec.replicas", {"spec": {"replicas": 3}}, "3"),
        (DEPLOYMENT, "spec.c[0].image", {"spec": {"c": [{"image": "nginx:1.27"}]}}, "nginx:1.27"),
        (DEPLOYMENT, "spec.c[0].image", {"spec": {"c": [{"image": f"https://u:{CANARY}@x/y"}]}}, "(not shown)"),
        (DEPLOYMENT, "spec.resources.limits.cpu", {"spec": {"resources": {"limits": {"cpu": "250m"}}}}, "250m"),
        (DEPLOYMENT, "spec.resources.limits.cpu", {"spec": {"resources": {"limits": {"cpu": CANARY}}}}, "(not shown)"),
        (DEPLOYMENT, "spec.env[0].value", {"spec": {"env": [{"value": "1"}]}}, "(not shown)"),
        (DEPLOYMENT, "spec.args[0]", {"spec": {"args": [CANARY]}}, "(not shown)"),
        (DEPLOYMENT, "spec.paused", {"spec": {"paused": True}}, "true"),
        (DEPLOYMENT, "spec.template", {"spec": {"template": {"a": CANARY}}}, "(1 entry)"),
        (DEPLOYMENT, "spec.other", {"spec": {"other": CANARY}}, "(not shown)"),
        (DEPLOYMENT, "spec.other", {"spec": {"other": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}}, "(not known yet)"),
        (DEPLOYMENT, "spec.other", {"spec": "[secret]"}, "[secret]"),
        (DEPLOYMENT, 'metadata.annotations["a.b/c"]', {"metadata": {"annotations": {"a.b/c": CANARY}}}, "(not shown)"),
        (DEPLOYMENT, "spec.storageClassName", {"spec": {"storageClassName": "fast"}}, "fast"),
        ("kubernetes:core/v1:Secret", "type", {"type": "Opaque"}, "[secret]"),
        ("kubernetes:core/v1:Secret", "stringData.pin", {"stringData": {"pin": 4242}}, "[secret]"),
        ("kubernetes:core/v1:ConfigMap", "data.pin", {"data": {"pin": "4242"}}, "(not shown)"),
        (DEPLOYMENT, "spec.gone.away[7]", {"spec": {"gone": {"away": []}}}, "—"),
    ],
)
def test_a_value_is_shown_only_where_it_was_understood(
    type_: str, path: str, inputs: dict[str, Any], shown: str
) -> None:
    change = Change(Operation.UPDATE, type_, "x", old=inputs, new=inputs)
    assert property_text(change, path) == (shown, shown)
