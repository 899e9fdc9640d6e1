"""Every failed run is one sentence of the error tree."""

from lab.deploy.run_events import PolicyViolation, RunEvents
from lab.deploy.run_failure import PolicyViolationError, RunFailedError, explain_failure
from lab.display.resource_tree import ResourceOutcome


def explain(events: RunEvents, output: str) -> str:
    return explain_failure(events, output, stack="dev", state="/lab/state").message


def violation(level: str = "mandatory") -> PolicyViolation:
    return PolicyViolation("workload-requires-limits", level, "urn", "The Pod 'a' must have a memory limit.")


def test_a_mandatory_violation_comes_first_and_says_nothing_was_changed() -> None:
    events = RunEvents(violations=[violation()], errors=["update failed"])
    error = explain_failure(events, "", stack="dev", state="s")
    assert isinstance(error, PolicyViolationError)
    assert error.message == (
        "The preview found 1 policy violation, so nothing was changed:\n"
        "  - [workload-requires-limits] The Pod 'a' must have a memory limit."
    )


def test_an_advisory_violation_is_not_the_reason() -> None:
    events = RunEvents(violations=[violation("advisory")], errors=["the API server said no"])
    assert explain(events, "") == "Pulumi could not finish the run of stack 'dev': the API server said no"


def test_a_wrong_passphrase_is_named() -> None:
    text = explain(RunEvents(), "error: could not create secrets manager: incorrect passphrase")
    assert text == "The passphrase does not open the state of stack 'dev' (/lab/state)."


def test_a_full_disk_is_named() -> None:
    events = RunEvents(errors=["write /lab/state/x: no space left on device"])
    assert explain(events, "").startswith("The disk that holds /lab/state is full")


def test_a_broken_pack_is_not_a_violation() -> None:
    events = RunEvents(errors=["failed to load policy pack at policies: exited before serving"])
    assert explain(events, "").startswith("The policy pack itself failed, so nothing was judged or changed")


def test_the_engines_summary_noise_is_left_out() -> None:
    failed = ResourceOutcome(urn="u", type="t", name="n", parent="", operation="create", seconds=1, failed=True)
    events = RunEvents(errors=["update failed", "the volume is gone"], changes={"u": failed})
    error = explain_failure(events, "stdout: x\nerror: update failed\n", stack="dev", state="s")
    assert isinstance(error, RunFailedError)
    assert error.message.endswith(": the volume is gone")


def test_without_any_word_of_the_engine_the_error_says_that() -> None:
    assert explain(RunEvents(), "").endswith("it did not say why")
