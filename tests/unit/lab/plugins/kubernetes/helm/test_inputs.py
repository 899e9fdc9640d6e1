"""Inputs of a release: completed, checked, merged."""

from pathlib import Path
from typing import Any

import pytest

from lab.plugins.kubernetes.helm_release_inputs import complete_inputs, merge_values
from lab.plugins.protocol.requests import Autonaming, CheckRequest
from lab.plugins.protocol.values import UNKNOWN, Asset, Properties, Secret, reveal


def complete(
    news: Properties, olds: Properties | None = None, autonaming: Autonaming | None = None
) -> tuple[Properties, list[str]]:
    request = CheckRequest("urn", "type", "web", olds, news, b"seed", autonaming)
    inputs, failures = complete_inputs(request, "fallback")
    return inputs, [f"{failure.property}: {failure.reason}" for failure in failures]


def test_defaults_name_and_namespace() -> None:
    inputs, failures = complete({"chart": "./chart"})
    assert failures == []
    assert inputs["namespace"] == "fallback"
    assert inputs["timeout"] == 300
    assert inputs["values"] == {}
    assert "maxHistory" not in inputs
    assert inputs["name"].startswith("web-")
    assert len(inputs["name"]) == len("web-12345678")
    assert complete({"chart": "./chart"})[0]["name"] == inputs["name"], "the same seed gives the same name"


def test_a_name_once_given_stays() -> None:
    assert complete({"chart": "c"}, {"name": "web-0a0a0a0a"})[0]["name"] == "web-0a0a0a0a"
    assert complete({"chart": "c", "name": "mine"}, {"name": "web-0a0a0a0a"})[0]["name"] == "mine"


def test_autonaming_of_the_user() -> None:
    assert complete({"chart": "c"}, None, Autonaming("proposed", "propose"))[0]["name"] == "proposed"
    _, failures = complete({"chart": "c"}, None, Autonaming("", "disable"))
    assert failures == ["name: The release 'web' has no 'name', and autonaming is disabled."]


def test_no_timeout_where_nothing_is_awaited() -> None:
    assert complete({"chart": "c", "skipAwait": True})[0]["timeout"] == 0


@pytest.mark.parametrize(
    ("news", "word"),
    [
        ({}, "chart is missing"),
        ({"chart": "c", "vlaues": {}}, "'vlaues' is not one of a release"),
        ({"chart": "c", "atomic": "yes"}, "must be true or false, not str"),
        ({"chart": "c", "timeout": -1}, "must be a whole number"),
        ({"chart": "c", "timeout": True}, "must be a whole number"),
        ({"chart": "c", "values": []}, "must be a map, not list"),
        ({"chart": "c", "description": Secret("x")}, "must not be a secret"),
        ({"chart": "c", "manifest": {"a": 1}}, "is not supported"),
        ({"chart": "c", "disableCRDHooks": True}, "'disableCRDHooks' is not supported"),
        ({"chart": "c", "valueYamlFiles": ["text"]}, "must be a file or text asset"),
        ({"chart": "c", "valueYamlFiles": [Asset(path="/nowhere/values.yaml")]}, "cannot be read: No such file"),
        ({"chart": "c", "valueYamlFiles": [Asset(text="- a\n")]}, "must hold a map"),
    ],
)
def test_bad_input_is_one_sentence(news: Properties, word: str) -> None:
    _, failures = complete(news)
    assert len(failures) == 1
    assert word in failures[0]


def test_yaml_that_cannot_be_read_is_not_quoted() -> None:
    _, failures = complete({"chart": "c", "valueYamlFiles": [Secret(Asset(text="password: hunter2: [\n"))]})
    assert failures == ["valueYamlFiles: The file 'text asset' of 'valueYamlFiles' is not YAML."]


def test_files_lie_under_values(tmp_path: Path) -> None:
    file = tmp_path / "values.yaml"
    file.write_text("a: {b: 1, c: 1}\nlist: [1]\n")
    given = {"a": {"c": 2, "d": Secret("hidden")}, "list": []}
    inputs, _ = complete(
        {"chart": "c", "valueYamlFiles": [Asset(path=str(file)), Asset(text="a: {e: 3}")], "values": given}
    )
    assert reveal(inputs["values"]) == {"a": {"b": 1, "c": 2, "d": "hidden", "e": 3}, "list": []}
    assert isinstance(inputs["values"]["a"]["d"], Secret)
    assert "valueYamlFiles" not in inputs


def test_a_secret_file_makes_all_values_secret() -> None:
    inputs, _ = complete({"chart": "c", "valueYamlFiles": [Secret(Asset(text="token: abcdef"))], "values": {"a": 1}})
    assert isinstance(inputs["values"], Secret)
    assert reveal(inputs["values"]) == {"token": "abcdef", "a": 1}


def test_unknown_values_stay_unknown() -> None:
    assert complete({"chart": "c", "values": UNKNOWN})[0]["values"] is UNKNOWN
    assert complete({"chart": "c", "values": {"a": UNKNOWN}})[0]["values"] == {"a": UNKNOWN}
    assert complete({"chart": "c", "valueYamlFiles": [UNKNOWN]})[0]["values"] is UNKNOWN


@pytest.mark.parametrize(
    ("base", "over", "merged"),
    [
        ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
        ({"a": {"b": 1}}, {"a": None}, {"a": None}),
        ({"a": {"b": 1}}, {"a": {"c": 2}}, {"a": {"b": 1, "c": 2}}),
        ({"a": [1]}, {"a": [2]}, {"a": [2]}),
        ({"a": 1}, {"a": {"b": 1}}, {"a": {"b": 1}}),
    ],
)
def test_merge(base: Any, over: Any, merged: Any) -> None:  # noqa: ANN401 - values
    assert merge_values(base, over) == merged
