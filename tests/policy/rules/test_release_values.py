import json
from pathlib import Path
from typing import Any

import pytest

from components.coder_chart_values import ChartValues
from core.coder_chart import KEYS_SINCE
from policies.rules import release_values
from policies.rules.release_values import RELEASE_VALUES
from tests.support.analyzer import SECRET_MARK, UNKNOWN, secret
from tests.support.judged import Judged, exempting, judged

_RELEASE = "kubernetes:helm.sh/v3:Release"
_SCHEMA = Path(__file__).resolve().parents[3] / "policies/charts/coder.json"


def _judged(values: object, version: object = "2.36.3", chart: object = "coder", **rest: Any) -> Judged:  # noqa: ANN401 - any input
    config = {"exemptions": rest.pop("exemptions")} if "exemptions" in rest else {}
    return judged(RELEASE_VALUES, _RELEASE, {"chart": chart, "version": version, "values": values, **rest}, **config)


def _bare(schema: Any, *, is_table: bool = False) -> Any:  # noqa: ANN401 - any JSON
    """Return a schema without what only people read; a table has names for keys, not words of the schema."""
    if isinstance(schema, dict):
        kept = {key: each for key, each in schema.items() if is_table or key not in ("title", "default", "description")}
        return {key: _bare(each, is_table=key in ("properties", "$defs")) for key, each in kept.items()}
    return [_bare(each) for each in schema] if isinstance(schema, list) else schema


def test_the_schema_is_that_of_the_component() -> None:
    """If this fails, write the schema of ChartValues into policies/charts/coder.json as it is compared here."""
    assert json.loads(_SCHEMA.read_text(encoding="utf-8")) == _bare(ChartValues.model_json_schema())


def test_known_values_pass() -> None:
    coder = {
        "env": [{"name": "A", "value": "b"}, {"name": "C", "valueFrom": {"secretKeyRef": {"name": "x", "key": "y"}}}],
        "replicaCount": 1.0,
        "service": {"enable": False, "httpNodePort": "30080", "httpsNodePort": 30443},
        "securityContext": {"anything": {"at": ["all"]}},
        "podAnnotations": {"a": "b"},
        "image": None,
        "livenessProbe": {"enabled": True},
    }
    assert _judged({"coder": coder, "extraTemplates": ["x"]}) == Judged([], [])
    assert _judged(None) == Judged([], [])
    assert _judged({}, chart="oci://ghcr.io/coder/chart/coder") == Judged([], [])


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"replicaCount": 1}, "replicaCount"),
        ({"coder": {"replicas": 1}}, "coder.replicas"),
        ({"coder": {"coder": {}}}, "coder.coder"),
        ({"coder": {"image": {"repository": "x"}}}, "coder.image.repository"),
        ({"coder": {"env": [{"name": "A"}, {"name": "B", "val": "x"}]}}, "coder.env[1].val"),
        ({"coder": {"Env": []}}, "coder.Env"),
        ({"coder": {"odd key!": 1}}, "coder.#0"),
    ],
)
def test_what_the_chart_would_ignore(values: object, path: str) -> None:
    assert _judged(values).sentences == [
        f"The value {path} of Release 'thing' must go: the chart does not know it and would ignore it."
    ]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (
            {"coder": {"service": {"enable": "false"}}},
            "The value coder.service.enable of Release 'thing' must be of type",
        ),
        (
            {"coder": {"env": {"A": "b"}}},
            "The value coder.env of Release 'thing' must be of type array: its value is not.",
        ),
        ({"coder": []}, "The value coder of Release 'thing' must be of type object: its value is not."),
        ("coder", "What is put in values of Release 'thing' must be of type object: its value is not."),
        ({"coder": {"replicaCount": "1"}}, "The value coder.replicaCount of Release 'thing' must be of type integer"),
        ({"coder": {"replicaCount": True}}, "The value coder.replicaCount of Release 'thing' must be of type integer"),
        ({"coder": {"replicaCount": 1.5}}, "The value coder.replicaCount of Release 'thing' must be of type integer"),
        ({"coder": {"replicaCount": -1}}, "must be one of the values that the chart can take"),
        ({"coder": {"service": {"type": "External"}}}, "must be one of the values that the chart can take"),
        ({"coder": {"env": [{"name": "1A"}]}}, "The value coder.env[0].name of Release 'thing' must be one of"),
        ({"coder": {"env": [{"value": "b"}]}}, "The value coder.env[0] of Release 'thing' must have the key name"),
        (
            {"coder": {"podAnnotations": {"a": 1}}},
            "The value coder.podAnnotations.a of Release 'thing' must be of type",
        ),
        ({"coder": {"service": {"httpNodePort": True}}}, "must be of type integer or string"),
    ],
)
def test_what_the_chart_cannot_take(values: object, words: str) -> None:
    (sentence,) = _judged(values).sentences
    assert words in sentence


@pytest.mark.parametrize(("path", "since"), KEYS_SINCE.items())
def test_keys_of_later_versions(path: str, since: str) -> None:
    samples = {"workspaceNamespaces": [], "priorityClassName": "x", "enabled": True}
    *way, last = path.split(".")
    values: dict[str, object] = {last: samples.get(last, {})}
    for key in reversed(way):
        values = {key: values}
    for version in ("2.26.5", "v2.26.5", "2.26.5+build"):
        assert _judged(values, version).sentences == [
            f"The value {path} of Release 'thing' must go: its chart knows it since {since} only."
        ]
    assert _judged(values, since) == Judged([], [])
    assert len(_judged(values, UNKNOWN).open) == 1
    # What is no version is another rule's.
    assert _judged(values, "latest").sentences == []


def test_charts_that_nobody_has_written_down() -> None:
    assert _judged({}, chart="nginx").sentences == [
        "Release 'thing' must be of a chart whose values are known (coder): it is of another one."
    ]


def test_the_charts_that_are_known_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release_values, "_schemas", lambda: {"one": {}, "two": {}})
    (sentence,) = _judged({}, chart="nginx").sentences
    assert "(one, two)" in sentence


def test_values_from_files_are_refused() -> None:
    (sentence,) = _judged({}, valueYamlFiles=["values.yaml"]).sentences
    assert sentence == "Release 'thing' must not take values from files: policies cannot read them."
    assert _judged({}, valueYamlFiles=None) == Judged([], [])
    assert _judged({}, valueYamlFiles=[]) == Judged([], [])


@pytest.mark.parametrize(
    "values",
    [
        {"odd": 1, "coder": UNKNOWN},
        {"odd": 1, "coder": {"env": [UNKNOWN]}},
        {"odd": 1, "coder": {"image": {"repo": UNKNOWN}}},
        {"coder": {"env": [{"name": "A", "value": UNKNOWN, "val": "b"}]}},
    ],
)
def test_unknown_values_hide_only_themselves(values: object) -> None:
    found = _judged(values)
    assert (len(found.sentences), len(found.open)) == (1, 1)


def test_unknown_charts_and_files_are_open() -> None:
    assert len(_judged({}, chart=UNKNOWN).open) == 1
    assert len(_judged({}, valueYamlFiles=UNKNOWN).open) == 1


def test_a_secret_is_in_no_message() -> None:
    for values in ({"coder": secret(SECRET_MARK)}, {"coder": {"env": [{"name": SECRET_MARK, "value": secret("x")}]}}):
        found = _judged(values)
        assert found.sentences
        assert SECRET_MARK not in "".join(found.sentences)


def test_other_types_and_exemptions() -> None:
    assert judged(RELEASE_VALUES, "kubernetes:core/v1:ConfigMap", {"values": {"x": 1}}) == Judged([], [])
    assert _judged({"x": 1}, exemptions=exempting("Release thing")).sentences == []
    assert len(_judged({"x": 1}, exemptions=exempting("Release thing", expires="2020-01-01")).sentences) == 1
