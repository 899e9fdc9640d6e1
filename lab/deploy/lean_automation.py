"""The Automation API without the calls of the CLI whose answers nobody needs: each starts the engine once more."""

__all__ = ["LeanStack", "LeanWorkspace", "PinnedCommand"]

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self

from pulumi import automation as auto
from pulumi.automation._stack import StackInitMode  # named in the signature of `Stack`, and not exported
from semver import VersionInfo

import versions

_UNREAD: Final = auto.UpdateSummary(
    kind="update", start_time=datetime.fromtimestamp(0, UTC), message="", environment={}, config={}, result="not asked"
)


class PinnedCommand(auto.PulumiCommand):
    """The toolchain's Pulumi CLI: its version is pinned, so it is not run once more just to ask for it."""

    def __init__(self, launchers: Path) -> None:
        self.command = str(launchers / "bin" / "pulumi")
        self.version = VersionInfo.parse(versions.PULUMI)


class LeanWorkspace(auto.LocalWorkspace):
    """A workspace in which a stack whose checkpoint is there need not be selected: every call names it anyway."""

    def __init__(self, *, known: bool, **options: Any) -> None:  # noqa: ANN401 - handed through as they are
        super().__init__(**options)
        self._known = known

    def select_stack(self, stack_name: str) -> None:
        """Select the stack, unless it is known to exist."""
        if not self._known:
            super().select_stack(stack_name)


class LeanStack(auto.Stack):
    """A stack whose runs end when the engine does.

    The API asks for the outputs (twice, once with the secrets) and for the history after each run, with a start of the
    CLI each. What a run did is in its events; `read_outputs` is for who wants the outputs.
    """

    @classmethod
    def open(cls, name: str, workspace: auto.Workspace) -> Self:
        """Make the stack if it is not there yet."""
        return cls(name, workspace, StackInitMode.CREATE_OR_SELECT)

    def outputs(self) -> auto.OutputMap:
        """Return nothing: this is what the API itself asks after a run."""
        return {}

    def info(self, show_secrets: bool = True) -> auto.UpdateSummary | None:  # noqa: FBT001, FBT002 - as the API has it
        """Return a summary without content, likewise."""
        del show_secrets
        return _UNREAD

    def read_outputs(self) -> auto.OutputMap:
        """Return what the last run exported, with secrets in clear."""
        return super().outputs()
