"""Files of every kind, and what is said of those that are none."""

import contextlib
import datetime as dt
import io
import json
import sys
from pathlib import Path
from typing import Any, Final

import pytest
from pulumi_policy.deserialize import SPECIAL_SECRET_SIG, SPECIAL_SIG_KEY
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE

from core.errors import UsageError
from lab.deploy.stack_file import load_stack_file
from lab.policy_check import yaml_documents
from lab.policy_check.check import Check, Location
from lab.policy_check.checked_files import read_files
from lab.policy_check.file_check import check_files

_DEPLOYMENT: Final = "kubernetes:apps/v1:Deployment"
_PRIVILEGED: Final = "workload-forbids-privileged"
_CANARY: Final = "canary-51c0de"


def _pod(**context: object) -> dict[str, Any]:
    return {"containers": [{"name": "main", "image": "x:1", "securityContext": context}]}


def _deployment(name: str, **context: object) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "coder"},
        "spec": {"template": {"spec": _pod(**context)}},
    }


def _urn(name: str, kind: str = _DEPLOYMENT) -> str:
    return f"urn:pulumi:prod::spt-flow::spt-flow:index:Part${kind}::{name}"


def _step(operation: str, name: str, **context: object) -> dict[str, Any]:
    return {
        "op": operation,
        "urn": _urn(name),
        "newState": {"urn": _urn(name), "type": _DEPLOYMENT, "inputs": _deployment(name, **context), "protect": True},
    }


def _write(folder: Path, content: object, name: str = "given") -> str:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return str(path)


def _check(*files: str, stack: str = "dev") -> Check:
    return check_files(files, load_stack_file(stack), dt.date(2026, 11, 21))


def _privileged(check: Check) -> list[str]:
    return [each.resource for each in check.report.violations if each.rule == _PRIVILEGED]


def test_documents_lists_and_several_files_are_judged_with_their_lines(tmp_path: Path) -> None:
    items = [_deployment("first", privileged=True), _deployment("second", privileged=False)]
    listed = {"apiVersion": "v1", "kind": "List", "items": items}
    text = f"# rendered\n---\n---\n{json.dumps(_deployment('alone', privileged=True))}\n"
    many = "---\napiVersion: v1\nkind: List\nitems:\n- " + "\n- ".join(map(json.dumps, items)) + "\n"
    first, second = _write(tmp_path, text, "a.yaml"), _write(tmp_path, many, "b.yaml")
    check = _check(first, second)
    assert _privileged(check) == ["Deployment coder/alone", "Deployment coder/first"]
    assert check.location("Deployment coder/alone") == Location(first, 4)
    assert check.location("Deployment coder/first") == Location(second, 5)
    assert check.location("Deployment coder/second") == Location(second, 6)
    assert _privileged(_check(_write(tmp_path, listed, "c.json"))) == ["Deployment coder/first"]


def test_a_list_of_objects_without_a_kind_of_its_own(tmp_path: Path) -> None:
    text = json.dumps([_deployment("a", privileged=True)])
    assert _privileged(_check(_write(tmp_path, text))) == ["Deployment coder/a"]


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    content = io.TextIOWrapper(io.BytesIO(json.dumps(_deployment("a", privileged=True)).encode()))
    monkeypatch.setattr(sys, "stdin", content)
    check = _check("-")
    assert _privileged(check) == ["Deployment coder/a"]
    assert check.source == "standard input"


def test_a_preview_is_judged_by_what_there_would_be(tmp_path: Path) -> None:
    gone = {"op": "delete", "urn": _urn("gone"), "oldState": {"type": _DEPLOYMENT, "inputs": _deployment("gone")}}
    steps = [_step("create", "new", privileged=True), _step("same", "kept", privileged=True), gone]
    check = _check(_write(tmp_path, {"steps": steps, "changeSummary": {"create": 1, "same": 1, "delete": 1}}))
    assert _privileged(check) == ["Deployment coder/kept", "Deployment coder/new"]
    assert check.report.resources == 2
    assert not check.report.undecided


def test_rules_over_a_stack_stay_open_where_a_preview_leaves_resources_out(tmp_path: Path) -> None:
    document = {"steps": [_step("create", "new")], "changeSummary": {"create": 1, "same": 70}}
    report = _check(_write(tmp_path, document)).report
    assert {each.place for each in report.undecided} == {
        "the preview leaves out 70 unchanged resources; make it with --show-sames"
    }


def test_the_steps_of_a_preview_are_judged_too(tmp_path: Path) -> None:
    claim = "kubernetes:core/v1:PersistentVolumeClaim"
    body = {"metadata": {"name": "registry", "namespace": "coder"}}
    state = {"urn": _urn("registry", claim), "type": claim, "inputs": body}
    step = {"op": "delete", "urn": _urn("registry", claim), "oldState": state}
    report = _check(_write(tmp_path, {"steps": [step], "changeSummary": {"delete": 1}})).report
    assert "volume-forbids-replacement" in {each.rule for each in report.violations}


@pytest.mark.parametrize(
    "secret",
    [
        "[secret]",
        {SPECIAL_SIG_KEY: SPECIAL_SECRET_SIG, "ciphertext": f"v1:{_CANARY}"},
        {SPECIAL_SIG_KEY: SPECIAL_SECRET_SIG, "plaintext": json.dumps(_CANARY)},
        {SPECIAL_SIG_KEY: SPECIAL_SECRET_SIG, "plaintext": _CANARY},
        UNKNOWN_STRING_VALUE,
    ],
)
def test_secrets_of_a_state_are_never_told_and_hide_only_themselves(secret: object, tmp_path: Path) -> None:
    inputs = _deployment("a", privileged=True)
    inputs["spec"]["template"]["spec"]["containers"][0]["image"] = secret
    inputs["metadata"]["annotations"] = {"token": secret}
    resources = [
        {"urn": _urn("a"), "type": _DEPLOYMENT, "inputs": inputs},
        {"urn": _urn("b"), "type": _DEPLOYMENT, "inputs": inputs, "delete": True},
        {"urn": _urn("c", "pulumi:pulumi:Stack"), "type": "pulumi:pulumi:Stack"},
    ]
    check = _check(_write(tmp_path, {"version": 3, "deployment": {"resources": resources}}))
    assert _privileged(check) == ["Deployment coder/a"]
    assert check.report.resources == 2
    assert _CANARY not in repr(check)
    assert UNKNOWN_STRING_VALUE not in repr(check.report)


def test_dates_and_odd_keys_are_text_as_the_api_server_has_them(tmp_path: Path) -> None:
    text = (
        "apiVersion: v1\nkind: ConfigMap\n"
        "metadata: {name: a, annotations: {since: 2026-11-21, 2: x, yes: y}}\ndata: {a: !!binary aGk=}\n"
    )
    [resource] = read_files([_write(tmp_path, text)]).resources
    annotations = resource.properties.get("metadata", "annotations")
    assert annotations.get("since").value == "2026-11-21"
    assert (annotations.get("2").value, annotations.get("true").value) == ("x", "y")
    assert resource.properties.get("data", "a").value == "hi"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        ("---\n---\n", "holds no object"),
        ("# nothing\n", "holds no object"),
        ("just words", "line 1: this is no Kubernetes object"),
        ("a: 1\n", "line 1: this is no Kubernetes object"),
        ("apiVersion: v1\nkind: A\n---\nkind: B\n", "line 4: this is no Kubernetes object"),
        ("apiVersion: 1\nkind: A\n", "line 1: this is no Kubernetes object"),
        ("- 1\n", "line 1: this is no Kubernetes object"),
        ("a: [1\nb: 2\n", "is not valid YAML at line 2"),
        ("a: 1\n\tb: 2\n", "is not valid YAML at line 2"),
        ("a: *nowhere\n", "is not valid YAML at line 1"),
        ("{" * 100_000, "given"),
        ('{"steps": [1], "changeSummary": {}}', "one of its steps has no URN"),
        ('{"deployment": {"resources": [{"type": "x"}]}}', "one of its resources has no URN"),
        ("a: \x00\n", "is not valid YAML"),
        ("apiVersion: v1\nkind: Pod\nspec: {a: 1,\n  a: 2}\n", "at line 4: a key stands there for the second time"),
        ("a: &a [*a]\n", "refers to itself"),
        ("".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10) if n else 'x'}]\n" for n in range(6)), "values"),
        ('{"deployment": ' * 300 + "1" + "}" * 300, "nested too deeply"),
        ("a: !!python/object:os.system x\n", "is not valid YAML at line 1"),
    ],
)
def test_anything_else_is_one_clear_sentence(
    text: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yaml_documents, "_MOST_VALUES", 10_000)
    with pytest.raises(UsageError) as refusal:
        _check(_write(tmp_path, text))
    assert words in refusal.value.message
    assert "\n" not in refusal.value.message


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    for name, words in (("missing", "No such file"), ("", "Is a directory"), ("bytes", "is not text in UTF-8")):
        with pytest.raises(UsageError, match=words):
            _check(str(tmp_path / name))


@pytest.mark.parametrize("broken", [None, 1, "x", [], [1], {"resources": 1}, {"resources": {"a": 1}}])
def test_wrong_types_in_a_state_never_crash(broken: object, tmp_path: Path) -> None:
    for document in ({"deployment": broken}, {"steps": broken, "changeSummary": broken}):
        with contextlib.suppress(UsageError):
            _check(_write(tmp_path, document))
