"""One run of `sptcoder up` from its words to what it prints."""

__all__ = ["run_up"]

import shlex
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sptcoder.cli.browser import open_browser
from sptcoder.cli.correlation import correlation_id
from sptcoder.cli.phases import Phases
from sptcoder.cli.terminal import say, write_json, write_line
from sptcoder.session import Session, open_session
from sptcoder.workspaces.badge import update_hint
from sptcoder.workspaces.editor import editor_url, workspace_page
from sptcoder.workspaces.lent_clone import clone_with_lent_credentials, require_clones
from sptcoder.workspaces.summary import summarise
from sptcoder.workspaces.up import bring_up
from sptcoder.workspaces.up_request import UpRequest, UpResult
from sptcoder.workspaces.up_words import UpWords


def run_up(
    words: UpWords, *, context: str | None, opens: bool, as_json: bool, is_interactive: bool, argv: Sequence[str]
) -> None:
    """Bring the workspace up; its address goes to stdout, or with `as_json` all there is to say of it."""
    phases = Phases()
    again = shlex.join(["sptcoder", *argv])
    with open_session(context) as session:
        pause = phases.sleep if is_interactive else None
        request = words.request(git_host=session.context.git_host, say=say, pause=pause)
        # A pipeline has no use for the editor, and does not wait for it.
        request = replace(request, editor=opens or is_interactive)
        result = bring_up(session.client, request, phases, again=again)
        _settle_clones(session, request, result, phases, again)
        editor = editor_url(session.client, result.workspace)
        page = workspace_page(session.url, result.workspace)
    _tell(result, request)
    if as_json:
        write_json(_as_json(result, phases, session.url, editor, page))
    else:
        write_line(editor or page)
    if opens and not open_browser(editor or page):
        say("There is no browser on this machine; open the address in one.")


def _settle_clones(session: Session, request: UpRequest, result: UpResult, phases: Phases, again: str) -> None:
    if request.lend:
        clone_with_lent_credentials(session, request, result, phases)
    else:
        name = result.workspace.name
        require_clones(result, link=f"sptcoder delete {name}, then {again} --lend-git-credentials")


def _tell(result: UpResult, request: UpRequest) -> None:
    name = result.workspace.name
    if result.workspace.outdated:
        say(update_hint(name), "yellow")
    if not request.wait:
        say(f"The workspace '{name}' is {result.workspace.latest_build.status}; sptcoder status {name} tells more.")
        return
    deleted = summarise(result.workspace, "").deleted_at
    if deleted is not None:
        say(f"It is deleted at {deleted:%Y-%m-%d %H:%M %Z}, used or not.")
    say(f"The workspace '{name}' is ready: sptcoder ssh {name}", "green")


def _as_json(result: UpResult, phases: Phases, url: str, editor: str | None, page: str) -> dict[str, Any]:
    return {
        "workspace": summarise(result.workspace, url).as_json(),
        "action": result.action.value,
        "url": editor or page,
        "editor_url": editor,
        "warnings": list(result.warnings),
        "phases": [{"name": phase.name, "seconds": round(phase.seconds, 2)} for phase in phases.finished],
        "correlation_id": correlation_id(),
    }
