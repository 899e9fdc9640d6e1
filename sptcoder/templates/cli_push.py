"""A push that a person waits for: shown as it goes, refused and stopped in words that fit a person."""

__all__ = ["PushRefusedError", "push_for_user"]

from typing import Final

from core.errors import InterruptedRunError, SptFlowError
from sptcoder.api.client import CoderClient
from sptcoder.api.errors import ApiError
from sptcoder.api.job_watch import JobFailedError
from sptcoder.cli.application import StoppedError
from sptcoder.cli.phases import Phases
from sptcoder.templates.push import push_template
from sptcoder.templates.request import PushRequest, PushResult

_NOT_ALLOWED: Final = frozenset({403, 404})
"""Coder hides from those who may not what they may not."""


class PushRefusedError(SptFlowError):
    """The user may not push templates."""


def push_for_user(client: CoderClient, request: PushRequest, phases: Phases) -> PushResult:
    """Push a template and return what stands on the server; raise PushRefusedError if the user may not, StoppedError.

    What else can fail, `push_template` says.
    """
    with phases.phase("Template") as phase:
        try:
            result = push_template(client, request, say=lambda line: phase.log(client.connection.hide_secrets(line)))
        except ApiError as error:
            if error.status not in _NOT_ALLOWED:
                raise
            raise PushRefusedError(
                f"You may not push the template '{request.name}' to {client.url}.",
                next_command="ask an owner of the server for the role template-admin, then the same command",
            ) from None
        except JobFailedError as error:
            error.next_command = "mend what it names (files, or --var NAME=VALUE), then the same command"
            raise
        except (InterruptedRunError, KeyboardInterrupt):
            raise StoppedError from None
        phase.say(f"{request.name}, version {result.version_name}")
        return result
