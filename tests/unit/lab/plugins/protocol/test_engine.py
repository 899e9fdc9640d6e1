"""What the real engine makes of a provider's answers."""

import shlex
import sys
from pathlib import Path

import pulumi
import pytest
from pulumi import automation as auto

from tests.support.pulumi_engine import PulumiEngine

_PROJECT = Path(__file__).resolve().parents[5]
_PLUGIN = Path(__file__).with_name("flaky_plugin.py")


@pytest.fixture
def flaky(engine: PulumiEngine) -> PulumiEngine:
    """Return an engine that has the plugin `flaky`."""
    launcher = engine.folder / "home" / "plugins" / "resource-flaky-v1.0.0" / "pulumi-resource-flaky"
    launcher.parent.mkdir(parents=True)
    words = f"PYTHONPATH={shlex.quote(str(_PROJECT))} exec {shlex.quote(sys.executable)} {shlex.quote(str(_PLUGIN))}"
    launcher.write_text(f'#!/bin/sh\n{words} "$@"\n')
    launcher.chmod(0o755)
    return engine


def _box(mood: str, kind: str = "flaky:index:Box") -> None:
    pulumi.CustomResource(kind, "box", {"mood": mood, "half": None}, pulumi.ResourceOptions(version="1.0.0"))


def test_not_ready_is_kept_in_state_and_repaired(flaky: PulumiEngine) -> None:
    with pytest.raises(auto.CommandError):
        flaky.up(lambda: _box("slow"))
    assert "the lid is still open" in flaky.transcript
    assert "looking at the box" in flaky.transcript
    box = flaky.resources()["box"]
    assert box["id"] == "box-1"
    assert box["initErrors"] == ["the lid is still open"]
    assert box["outputs"]["half"] is True

    with pytest.raises(auto.CommandError):
        flaky.up(lambda: _box("slow"))
    assert flaky.resources()["box"]["initErrors"] == ["the lid is open again"]

    flaky.up(lambda: _box("fine"))
    assert flaky.operations == {"same": 1, "update": 1}
    box = flaky.resources()["box"]
    assert "initErrors" not in box
    assert box["outputs"]["half"] is False


def test_failures_are_sentences_and_leave_nothing(flaky: PulumiEngine) -> None:
    for mood, sentence in (
        ("broken", "The box has no bottom."),
        ("odd", "The plugin 'flaky' failed in Create of flaky:index:Box with an unexpected KeyError;"),
    ):
        with pytest.raises(auto.CommandError):
            flaky.up(lambda mood=mood: _box(mood))  # type: ignore[misc]
        assert sentence in flaky.transcript
        assert "box" not in flaky.resources()
    with pytest.raises(auto.CommandError):
        flaky.preview(lambda: _box("fine", "flaky:index:Ball"))
    assert "'flaky:index:Ball' is not covered by this edition of the plugin 'flaky'" in flaky.transcript
    assert "Traceback" not in flaky.transcript
    assert "nobody thought" not in flaky.transcript
