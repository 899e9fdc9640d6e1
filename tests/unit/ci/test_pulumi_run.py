"""Runs of the CLI: what it is told, what is made of its answer, and that nothing is deployed that was not previewed."""

import datetime as dt
import json
import os
from pathlib import Path

import pytest

import ci.commands.deploy as deploy_command
from ci.event_log import PolicyVerdict, policy_verdicts
from ci.plan import Operation
from ci.pulumi_run import deploy_stack, preview_stack
from core.errors import SptFlowError
from core.maintenance_window import check_window

UPDATE = {"steps": [{"op": "update", "urn": "urn:pulumi:staging::spt-flow::a:b:C::x"}], "duration": 1}
NOTHING = {"steps": [{"op": "same", "urn": "urn:pulumi:staging::spt-flow::a:b:C::x"}], "duration": 1}
VIOLATION = {
    "policyEvent": {
        "policyName": "some-rule",
        "enforcementLevel": "mandatory",
        "message": "<{%fg 1%}>Rule.\nThe Pod 'x' must have limits.<{%reset%}>\n",
    }
}

_PULUMI = """#!/bin/sh
echo "$@" >>"$CALLS"
log=
while [ $# -gt 0 ]; do [ "$1" = --event-log ] && log=$2; shift; done
[ -z "$log" ] || cat "$EVENTS" >"$log"
cat "$DOCUMENT"
cat "$ERRORS" >&2
exit "$CODE"
"""


class Pulumi:
    """A program on PATH in the place of the CLI, which writes down what it was called with."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder, self._monkeypatch = folder, monkeypatch
        program = folder / "pulumi"
        program.write_text(_PULUMI)
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
        monkeypatch.setenv("CALLS", str(folder / "calls"))
        (folder / "calls").touch()
        self.answers()

    def answers(self, document: object = UPDATE, *, events: object = None, errors: str = "", code: int = 0) -> None:
        """Say what the program prints, and how it ends."""
        texts = {"DOCUMENT": json.dumps(document) if document else "", "EVENTS": json.dumps(events or {})}
        for name, text in {**texts, "ERRORS": errors}.items():
            (self._folder / name).write_text(text)
            self._monkeypatch.setenv(name, str(self._folder / name))
        self._monkeypatch.setenv("CODE", str(code))

    @property
    def calls(self) -> list[str]:
        """Return the verbs it was called with."""
        return [line.split()[0] for line in self.lines]

    @property
    def lines(self) -> list[str]:
        """Return the arguments of each call."""
        return (self._folder / "calls").read_text().splitlines()


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pulumi:
    return Pulumi(tmp_path, monkeypatch)


def test_a_preview_is_under_the_pack_with_the_stack_s_configuration(pulumi: Pulumi, tmp_path: Path) -> None:
    result = preview_stack("staging", tmp_path / "out.json")
    assert [change.operation for change in result.plan.changes] == [Operation.UPDATE]
    assert json.loads((tmp_path / "out.json").read_text()) == UPDATE
    (call,) = pulumi.lines
    for part in (
        *("preview --stack staging", "--json", "--show-sames", "--refresh", "--non-interactive"),
        *("/policies --policy-pack-config ", "/policies/config/staging.json"),
    ):
        assert part in call
    result.check()


def test_a_violation_ends_it_with_its_sentence(pulumi: Pulumi, tmp_path: Path) -> None:
    pulumi.answers(events=VIOLATION, code=255)
    result = preview_stack("staging", tmp_path / "out.json")
    with pytest.raises(
        SptFlowError, match=r"(?s)found policy violations.*\[some-rule\] The Pod 'x' must have limits\."
    ):
        result.check()


def test_a_failed_preview_says_what_the_engine_said(pulumi: Pulumi, tmp_path: Path) -> None:
    lines = [{"severity": "error", "message": "error: no cluster"}]
    pulumi.answers({**UPDATE, "diagnostics": lines}, code=1)
    with pytest.raises(SptFlowError, match=r"(?s)of stack 'staging' failed.*- no cluster"):
        preview_stack("staging", tmp_path / "out.json").check()


def test_a_preview_that_could_not_begin_is_one_sentence(pulumi: Pulumi, tmp_path: Path) -> None:
    pulumi.answers(None, errors="error: no stack named 'staging' found\n", code=255)
    with pytest.raises(SptFlowError, match="could not begin: no stack named 'staging' found"):
        preview_stack("staging", tmp_path / "out.json")
    assert not (tmp_path / "out.json").exists()


def test_the_deployment_runs_under_the_pack_and_shows_no_outputs(
    pulumi: Pulumi, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    deploy_stack("prod")
    (call,) = pulumi.lines
    for part in ("up --stack prod", "--yes", "--suppress-outputs", "/policies/config/prod.json", "--refresh"):
        assert part in call
    assert b"steps" in capfdbinary.readouterr().out, "what the engine prints is passed through"


def test_a_failed_deployment_is_one_sentence(pulumi: Pulumi, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    del capfdbinary
    pulumi.answers(code=1)
    with pytest.raises(SptFlowError, match="deployment of stack 'prod' failed"):
        deploy_stack("prod")


def test_nothing_is_deployed_after_a_preview_that_breaks_a_policy(pulumi: Pulumi) -> None:
    pulumi.answers(events=VIOLATION, code=255)
    with pytest.raises(SptFlowError, match="policy violations"):
        deploy_command.deploy("staging")
    assert pulumi.calls == ["preview"]


def test_nothing_is_deployed_that_takes_a_volume_away(pulumi: Pulumi) -> None:
    """The engine is content: it shows its policies no steps."""
    claim = {"kind": "PersistentVolumeClaim", "metadata": {"name": "registry", "namespace": "coder"}}
    urn = "urn:pulumi:staging::spt-flow::kubernetes:core/v1:PersistentVolumeClaim::registry-pvc"
    step = {"op": "delete", "urn": urn, "oldState": {"urn": urn, "inputs": claim}}
    pulumi.answers({"steps": [step], "duration": 1})
    with pytest.raises(SptFlowError, match=r"\[volume-forbids-replacement\] .*registry.* must not be deleted"):
        deploy_command.deploy("staging")
    assert pulumi.calls == ["preview"]


def test_a_volume_that_stays_in_the_cluster_may_leave_the_stack(
    pulumi: Pulumi, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    del capfdbinary
    claim = {"kind": "PersistentVolumeClaim", "metadata": {"name": "registry", "namespace": "coder"}}
    urn = "urn:pulumi:staging::spt-flow::kubernetes:core/v1:PersistentVolumeClaim::registry-pvc"
    step = {"op": "delete", "urn": urn, "oldState": {"urn": urn, "inputs": claim, "retainOnDelete": True}}
    pulumi.answers({"steps": [step], "duration": 1})
    deploy_command.deploy("staging")
    assert pulumi.calls == ["preview", "up"]


def test_nothing_is_deployed_when_nothing_differs(pulumi: Pulumi, capsys: pytest.CaptureFixture[str]) -> None:
    pulumi.answers(NOTHING)
    deploy_command.deploy("staging")
    assert pulumi.calls == ["preview"]
    assert "nothing to deploy" in capsys.readouterr().out


def test_a_preview_comes_before_each_deployment(pulumi: Pulumi, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    del capfdbinary
    deploy_command.deploy("staging")
    assert pulumi.calls == ["preview", "up"]


def test_within_business_hours_not_even_a_preview_runs(pulumi: Pulumi, monkeypatch: pytest.MonkeyPatch) -> None:
    friday = dt.datetime(2026, 11, 20, 10, 0, tzinfo=dt.UTC)
    monkeypatch.setattr(
        "ci.commands.deploy.check_window", lambda hours, _, *, override: check_window(hours, friday, override=override)
    )
    with pytest.raises(SptFlowError, match="within business hours, which end at Fri 17:00 UTC"):
        deploy_command.deploy("prod")
    assert pulumi.calls == []
    deploy_command.deploy("prod", override="mends an outage")
    assert pulumi.calls == ["preview", "up"]
    # The reason stands in the stack's history.
    assert "--message Overrides the maintenance window: mends an outage" in pulumi.lines[1]


def test_a_log_that_is_broken_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    log = tmp_path / "events.json"
    log.write_text(f'{json.dumps(VIOLATION)}\n[]\n{json.dumps(VIOLATION)}\n{{"policyEvent": ')
    assert policy_verdicts(log) == [PolicyVerdict("some-rule", "mandatory", "The Pod 'x' must have limits.")]
    assert policy_verdicts(tmp_path / "missing") == []
