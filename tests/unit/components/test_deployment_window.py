"""Changes of a stack keep out of business hours, whoever makes them."""

import datetime as dt
from typing import Final

import pulumi
import pytest

from components.deployment_window import check_deployment_window
from core.errors import SptFlowError
from core.maintenance_window import OVERRIDE
from settings import Settings
from tests.support.sample_settings import sample_settings

_AT_WORK: Final = dt.datetime(2026, 11, 23, 10, 0, tzinfo=dt.UTC)
_AT_HOME: Final = dt.datetime(2026, 11, 23, 20, 0, tzinfo=dt.UTC)


class _Engine:
    """What the program tells the engine."""

    def __init__(self) -> None:
        self.warnings: list[str] = []
        self.outputs: dict[str, object] = {}


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> _Engine:
    told = _Engine()
    monkeypatch.delenv(OVERRIDE, raising=False)
    monkeypatch.setattr(pulumi.runtime, "is_dry_run", lambda: False)
    monkeypatch.setattr(pulumi.log, "warn", told.warnings.append)
    monkeypatch.setattr(pulumi, "export", told.outputs.__setitem__)
    return told


@pytest.fixture
def prod() -> Settings:
    return sample_settings("prod", businessTimeZone="Europe/Berlin")


def test_in_business_hours_nothing_is_changed(engine: _Engine, prod: Settings) -> None:
    with pytest.raises(SptFlowError, match=r"Stack prod is not changed now.* which end at Mon 17:00 Eur") as caught:
        check_deployment_window(prod, _AT_WORK)
    assert 'OVERRIDE="..." pulumi up -s prod' in str(caught.value.next_command)
    assert (engine.warnings, engine.outputs) == ([], {})


def test_a_reason_lets_it_go_on_and_stays_behind(
    engine: _Engine, prod: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(OVERRIDE, "mends the outage of today\n")
    check_deployment_window(prod, _AT_WORK)
    assert engine.outputs == {"maintenanceOverride": "mends the outage of today"}
    assert engine.warnings[0].endswith("overridden with the reason: mends the outage of today")


def test_outside_of_them_no_reason_is_needed(engine: _Engine, prod: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    check_deployment_window(prod, _AT_HOME)
    monkeypatch.setenv(OVERRIDE, "just in case")
    check_deployment_window(prod, _AT_HOME)
    assert (engine.warnings, engine.outputs) == ([], {})


def test_a_preview_is_always_allowed(engine: _Engine, prod: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulumi.runtime, "is_dry_run", lambda: True)
    check_deployment_window(prod, _AT_WORK)
    assert engine.warnings == []


def test_a_stack_without_such_hours_is_changed_at_any_time(engine: _Engine) -> None:
    check_deployment_window(sample_settings("dev", maintenanceWindow="any"), _AT_WORK)
    assert engine.warnings == []
