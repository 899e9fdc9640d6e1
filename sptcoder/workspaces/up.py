"""From a repository to a workspace that is ready: found, started, joined or made, whatever is there (000:FR10)."""

__all__ = ["UpStoppedError", "bring_up"]

from collections.abc import Callable
from functools import partial
from typing import ClassVar, Final

from core.errors import SptFlowError, UsageError
from sptcoder.api.client import CoderClient
from sptcoder.api.errors import ApiError
from sptcoder.api.models.workspace import Workspace, WorkspaceBuild
from sptcoder.cli.phases import Phases
from sptcoder.workspaces.creation import Creation
from sptcoder.workspaces.editor import EditorState, editor_state
from sptcoder.workspaces.following import follow_build, follow_start
from sptcoder.workspaces.patience import Patience
from sptcoder.workspaces.place import find_place
from sptcoder.workspaces.up_request import UpAction, UpRequest, UpResult

_CONFLICT: Final = 409
_GONE: Final = frozenset({404, 410})
_TRIES: Final = 5
_EDITOR_SECONDS: Final = 20.0
_EDITOR_PAUSE: Final = 0.3


class UpStoppedError(SptFlowError):
    """The user stopped waiting (Ctrl-C); the server goes on."""

    exit_code: ClassVar[int] = 130

    def __init__(self, name: str, again: str) -> None:
        super().__init__(
            f"Stopped waiting; the workspace '{name}' goes on without you.",
            next_command=f"{again} to wait again, or sptcoder delete {name} to drop it",
        )


class _Raced(Exception):  # noqa: N818 - never leaves this module
    """Somebody else changed the workspace between our look at it and our request."""


def bring_up(client: CoderClient, request: UpRequest, phases: Phases, *, again: str) -> UpResult:
    """Return the workspace when it is ready, or at once if the request says so.

    `again` is the command to come back with. Raises UpStoppedError on Ctrl-C once anything has begun, and the errors
    of `start_failures`, `place`, `template_choice`, `parameters` and `repositories.access`.
    """
    begun: list[str] = []
    try:
        for _ in range(_TRIES):
            try:
                return _once(client, request, phases, begun.append)
            except _Raced:
                phases.note("Somebody else is changing the workspace; looking again.")
    except KeyboardInterrupt:
        if not begun:
            raise
        raise UpStoppedError(begun[-1], again) from None
    raise SptFlowError(
        f"The workspace '{request.names[0]}' is kept busy by others.",
        next_command=f"sptcoder status {request.names[0]}",
    )


def _once(client: CoderClient, request: UpRequest, phases: Phases, begin: Callable[[str], None]) -> UpResult:
    place = find_place(client, request.names, request.identity)
    workspace, action = place.workspace, UpAction.CREATED
    if workspace is not None:
        _check_template(workspace, request)
        workspace, action = _existing(client, workspace, request, phases, begin)
    if workspace is None:
        workspace, action = Creation(client, place.name, request, phases, begin).run(), UpAction.CREATED
        if workspace is None:
            raise _Raced
    if not request.wait:
        return UpResult(workspace, action)
    return _ready(client, workspace, action, request, phases)


def _check_template(workspace: Workspace, request: UpRequest) -> None:
    if request.is_template_asked_for and workspace.template_name != request.template:
        raise UsageError(
            f"The workspace '{workspace.name}' is of the template '{workspace.template_name}', "
            f"not of '{request.template}'.",
            next_command="the same command without --template, or with another --name NAME",
        )


def _existing(
    client: CoderClient, workspace: Workspace, request: UpRequest, phases: Phases, begin: Callable[[str], None]
) -> tuple[Workspace | None, UpAction]:
    """Return the workspace with a start that is under way or through; None once it has been deleted."""
    latest = workspace.latest_build
    if latest.transition == "delete":
        return _after_deletion(client, workspace, latest, phases)
    is_start = latest.transition == "start"
    if not latest.job.is_finished:
        if is_start and latest.job.status != "canceling":
            begin(workspace.name)
            return workspace, UpAction.JOINED
        if not request.wait:
            raise UsageError(
                f"The workspace '{workspace.name}' is {latest.status}, and starts only once that is over.",
                next_command="the same command without --no-wait",
            )
        _let_end(client, workspace, latest, phases)
    elif is_start and latest.job.status == "succeeded":
        _tell_unchanged(client, workspace, request, phases)
        return workspace, UpAction.FOUND
    begin(workspace.name)
    return _started(client, workspace, request), UpAction.STARTED


def _after_deletion(
    client: CoderClient, workspace: Workspace, latest: WorkspaceBuild, phases: Phases
) -> tuple[Workspace | None, UpAction]:
    if latest.job.is_finished and latest.job.status != "succeeded":
        raise SptFlowError(
            f"The workspace '{workspace.name}' could not be deleted, and is no more than what is left of it.",
            next_command=f"sptcoder delete {workspace.name}, then the same command again",
        )
    _let_end(client, workspace, latest, phases)
    return None, UpAction.CREATED


def _let_end(client: CoderClient, workspace: Workspace, build: WorkspaceBuild, phases: Phases) -> None:
    """Wait for a build that stands in the way; a deleted workspace is gone together with its builds."""
    try:
        follow_build(client, workspace.name, build, phases)
    except ApiError as error:
        if error.status not in _GONE:
            raise
    except SptFlowError:
        if build.transition != "stop":
            raise


def _started(client: CoderClient, workspace: Workspace, request: UpRequest) -> Workspace:
    if workspace.dormant_at is not None:
        client.workspaces.set_dormant(workspace.id, dormant=False)
    try:
        client.workspaces.build(workspace.id, "start", parameters=_changed(client, workspace, request))
    except ApiError as error:
        if error.status == _CONFLICT:
            raise _Raced from None
        raise
    return client.workspaces.get(workspace.id)


def _changed(client: CoderClient, workspace: Workspace, request: UpRequest) -> dict[str, str]:
    """Return those of the values asked for that the workspace does not have yet."""
    if not request.parameters:
        return {}
    there = client.builds.parameters(workspace.latest_build.id)
    return {name: value for name, value in request.parameters.items() if there.get(name) != value}


def _tell_unchanged(client: CoderClient, workspace: Workspace, request: UpRequest, phases: Phases) -> None:
    phases.note(f"The workspace '{workspace.name}' runs already.")
    changed = _changed(client, workspace, request)
    if changed:
        phases.note(
            f"It keeps its {', '.join(sorted(changed))}; sptcoder stop {workspace.name} first to change that.", "yellow"
        )


def _ready(client: CoderClient, workspace: Workspace, action: UpAction, request: UpRequest, phases: Phases) -> UpResult:
    latest = workspace.latest_build
    if not latest.job.is_finished:
        follow_build(client, workspace.name, latest, phases)
    warnings: tuple[str, ...] = ()
    if action is not UpAction.FOUND or not all(agent.is_ready for agent in latest.agents):
        warnings = follow_start(client, workspace, phases)
    patience = Patience.of(phases)
    workspace = patience.ask(lambda: client.workspaces.get(workspace.id))
    if request.editor and editor_state(workspace) is EditorState.COMING:
        workspace = _with_editor(client, workspace, patience, phases)
    return UpResult(workspace, action, warnings)


def _with_editor(client: CoderClient, workspace: Workspace, patience: Patience, phases: Phases) -> Workspace:
    """Wait until the editor answers; a while only, since an image may have none."""
    with phases.phase("VS Code") as phase:
        left = _EDITOR_SECONDS
        while editor_state(workspace) is EditorState.COMING and left > 0:
            phases.sleep(_EDITOR_PAUSE)
            left -= _EDITOR_PAUSE
            workspace = patience.ask(partial(client.workspaces.get, workspace.id))
        phase.say("" if editor_state(workspace) is EditorState.READY else "does not answer yet")
    return workspace
