import pytest
from pulumi import log

from lab.deploy.quiet_sdk import without_debug_lines


def test_debug_lines_go_nowhere_and_only_for_the_block(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(log, "debug", lambda message, **_: said.append(message))
    with without_debug_lines():
        log.debug("inside", ephemeral=True)
    log.debug("after")
    assert said == ["after"]


def test_a_failure_inside_leaves_the_sdk_as_it_was() -> None:
    before = log.debug
    with pytest.raises(ValueError, match="it"), without_debug_lines():
        raise ValueError("it")
    assert log.debug is before
