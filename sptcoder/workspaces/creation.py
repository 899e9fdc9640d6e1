"""Making a new workspace: template, parameters, access to its repository, and one request that must not act twice."""

__all__ = ["Creation"]

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sptcoder.api.client import CoderClient
from sptcoder.api.errors import ApiError, NoAnswerError
from sptcoder.api.models.workspace import Workspace
from sptcoder.cli.phases import Phases
from sptcoder.repositories.access import AccessCheck
from sptcoder.workspaces.log_lines import is_quota
from sptcoder.workspaces.parameters import choose_parameters
from sptcoder.workspaces.patience import Patience
from sptcoder.workspaces.start_failures import build_failure
from sptcoder.workspaces.template_choice import choose_template
from sptcoder.workspaces.up_request import UpRequest

_CONFLICT: Final = 409
_SERVER_SIDE: Final = 500
_TRIES: Final = 3


@dataclass(frozen=True)
class Creation:
    """A workspace to be made under a name; `begin` hears the name once the server may have begun."""

    client: CoderClient
    name: str
    request: UpRequest
    phases: Phases
    begin: Callable[[str], None]

    def run(self) -> Workspace | None:
        """Return a new workspace whose build is queued; None if its name has been taken meanwhile.

        Raises what is wrong with template, parameters or repository before anything is built, and QuotaReachedError.
        """
        template = choose_template(self.client, self.request.template, self.phases)
        version = template.active_version_id
        chosen = choose_parameters(
            template.name,
            self.client.template_versions.rich_parameters(version),
            self.client.template_versions.presets(version),
            self.request.wishes,
        )
        if self.request.check:
            self._settle_access(version)
        ttl = None if self.request.ttl is None else int(self.request.ttl.total_seconds() * 1000)
        self.begin(self.name)
        return self._created(template_id=template.id, parameters=chosen.values, preset_id=chosen.preset_id, ttl_ms=ttl)

    def _settle_access(self, version: str) -> None:
        check = AccessCheck(
            self.client,
            auths=lambda: self.client.template_versions.external_auth(version),
            say=self.phases.note,
            is_lent=self.request.lend,
            wait=self.request.pause,
        )
        branches = (self.request.branch, *(None for _ in self.request.repositories[1:]))
        with self.phases.phase("Repository") as phase:
            phase.say(check.settle(list(zip(self.request.repositories, branches, strict=True))))

    def _created(self, **body: Any) -> Workspace | None:  # noqa: ANN401 - the arguments of `create`
        patience = Patience.of(self.phases)
        for attempt in range(_TRIES):
            try:
                return self.client.workspaces.create(name=self.name, **body)
            except (ApiError, NoAnswerError) as error:
                if isinstance(error, ApiError) and error.status == _CONFLICT:
                    return None
                self._raise_refusal(error)
                # It may have acted all the same: the server is asked before anything is sent again.
                if patience.ask(lambda: self.client.workspaces.find(self.name)) is not None:
                    return None
                if attempt == _TRIES - 1:
                    raise
                self.phases.note("The server did not take the request; asking again.")
                self.phases.sleep(1.0)
        return None

    def _raise_refusal(self, error: ApiError | NoAnswerError) -> None:
        """Raise what is said of an answer that another try will not change."""
        if isinstance(error, ApiError):
            if is_quota([error.server_message, error.detail]):
                raise build_failure(self.name, "start", "failed", error.server_message, ()) from None
            if error.status < _SERVER_SIDE:
                raise error
