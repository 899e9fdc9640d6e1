"""The window under the real engine: an update in business hours changes nothing, an overridden one leaves a trace."""

import datetime as dt
from typing import Final

import pulumi
import pytest
from pulumi.automation.errors import CommandError

from components.deployment_window import check_deployment_window
from core.errors import SptFlowError
from core.maintenance_window import OVERRIDE
from tests.support.pulumi_engine import PulumiEngine
from tests.support.sample_settings import sample_settings

_AT_WORK: Final = dt.datetime(2026, 11, 23, 10, 0, tzinfo=dt.UTC)
_REASON: Final = "mends the outage of today"


def _program() -> None:
    try:
        check_deployment_window(sample_settings("prod"), _AT_WORK)
    except SptFlowError as error:
        raise pulumi.RunError(str(error)) from None
    pulumi.ComponentResource("tests:index:Part", "part")


def test_an_update_by_hand(engine: PulumiEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(OVERRIDE, raising=False)
    assert engine.preview(_program) == {"create": 2}, "a preview is always allowed"
    with pytest.raises(CommandError):
        engine.up(_program)
    assert "Stack prod is not changed now, and nothing was. It is within business hours" in engine.transcript
    assert "part" not in engine.resources()
    monkeypatch.setenv(OVERRIDE, _REASON)
    assert engine.up(_program) == {"maintenanceOverride": _REASON}
    assert "part" in engine.resources()
    assert f"overridden with the reason: {_REASON}" in engine.transcript
    history = [path for path in engine.files_with(_REASON) if "history" in path.parts]
    assert history, "the stack's history keeps the reason"
    monkeypatch.delenv(OVERRIDE)
    assert engine.preview(_program) == {"same": 2}, "the trace is no change of what is deployed"
