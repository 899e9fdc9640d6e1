"""Which workspaces can be connected to, and what is said of those that cannot."""

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from core.errors import SptFlowError
from sptcoder.connection import target
from sptcoder.connection.target import find_target

if TYPE_CHECKING:
    from sptcoder.session import Session

SESSION = cast("Session", SimpleNamespace(client=None))


def _agent(status: str) -> SimpleNamespace:
    return SimpleNamespace(status=status)


def having(monkeypatch: pytest.MonkeyPatch, **facts: object) -> None:
    """Let the server know one workspace, in this state."""
    build: dict[str, Any] = {"status": "running", "transition": "start", "agents": (_agent("connected"),), **facts}
    found = SimpleNamespace(name="repo", owner_name="me", outdated=build.pop("outdated", False))
    found.latest_build = SimpleNamespace(**build)
    monkeypatch.setattr(target, "find_workspace", lambda *_: found)


@pytest.mark.parametrize("status", ["running", "starting", "pending"])
def test_what_runs_or_will_can_be_connected_to(monkeypatch: pytest.MonkeyPatch, status: str) -> None:
    having(monkeypatch, status=status)
    found = find_target(SESSION, "repo")
    assert (found.full_name, found.update_hint) == ("me/repo", None)


def test_a_newer_template_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    having(monkeypatch, outdated=True)
    hint = find_target(SESSION, "repo").update_hint
    assert hint == "Update available for repo: sptcoder restart --update repo"


@pytest.mark.parametrize(
    ("facts", "said", "next_command"),
    [
        ({"status": "stopped", "transition": "stop"}, "does not run: it is stopped", "sptcoder start repo"),
        ({"status": "stopping", "transition": "stop"}, "does not run: it is stopping", "sptcoder start repo"),
        ({"status": "pending", "transition": "stop"}, "does not run: it is pending", "sptcoder start repo"),
        (
            {"status": "failed"},
            "does not run: its last build is failed",
            "sptcoder logs repo, then sptcoder start repo",
        ),
        ({"status": "deleting", "transition": "delete"}, "is deleting", "sptcoder list"),
        ({"agents": (_agent("timeout"),)}, "runs, but its agent has never connected", "sptcoder logs repo"),
        ({"agents": ()}, "has nothing to connect to: its template declares no agent", "sptcoder status repo"),
    ],
    ids=["stopped", "stopping", "about to stop", "failed", "deleting", "agent never connected", "without an agent"],
)
def test_what_does_not_run_is_said_with_what_helps(
    monkeypatch: pytest.MonkeyPatch, facts: dict[str, Any], said: str, next_command: str
) -> None:
    having(monkeypatch, **facts)
    with pytest.raises(SptFlowError, match=f"^The workspace 'repo' {said}") as caught:
        find_target(SESSION, "repo")
    assert caught.value.next_command == next_command
