"""Inputs of a command are checked one by one."""

from typing import Any

import pytest

from lab.plugins.command.inputs import CommandSettings, check_inputs
from lab.plugins.protocol.values import UNKNOWN, Secret

_SCRIPTS = ("create", "update", "delete")


@pytest.mark.parametrize(
    ("inputs", "property_name", "reason"),
    [
        ({"creat": "x"}, "creat", "no input of this name"),
        ({"create": 1}, "create", "it is a number, but must be a string"),
        ({"environment": {"A": 1}}, "environment", "'A': it is a number, but must be a string"),
        ({"environment": Secret({"A": True})}, "environment", "'A': it is a boolean"),
        ({"interpreter": "sh"}, "interpreter", "must be a list"),
        ({"interpreter": ["sh", 1]}, "interpreter", "item 1: it is a number"),
        ({"logging": "loud"}, "logging", "it is 'loud', but must be one of: stdout, stderr, stdoutAndStderr, none"),
        ({"addPreviousOutputInEnv": "no"}, "addPreviousOutputInEnv", "must be a boolean"),
        ({"triggers": "x"}, "triggers", "must be a list"),
    ],
)
def test_what_is_wrong(inputs: dict[str, Any], property_name: str, reason: str) -> None:
    failures = check_inputs(inputs, scripts=_SCRIPTS)
    assert [failure.property for failure in failures] == [property_name]
    assert reason in failures[0].reason


def test_what_is_right() -> None:
    inputs = {
        "create": Secret("x"),
        "update": UNKNOWN,
        "delete": None,
        "environment": {"A": Secret("x"), "B": UNKNOWN},
        "interpreter": ["bash", "-c"],
        "triggers": [1, {"a": UNKNOWN}],
        "logging": "none",
        "assetPaths": UNKNOWN,
        "version": "1.2.1",
        "__defaults": [],
    }
    assert check_inputs(inputs, scripts=_SCRIPTS) == ()


def test_defaults() -> None:
    settings = CommandSettings.of({"create": "x"})
    assert settings.interpreter == ("/bin/sh", "-c")
    assert settings.directory == "."
    assert settings.logs_stdout
    assert settings.logs_stderr
    assert settings.pass_previous_output
    assert settings.asset_paths is None
    assert not CommandSettings.of({"logging": "stderr"}).logs_stdout
    assert not CommandSettings.of({"addPreviousOutputInEnv": False}).pass_previous_output
