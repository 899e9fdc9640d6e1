"""The verb `push`: one template to the server.

| Variable | Holds |
|---|---|
| `CODER_URL` | the server's address |
| `CODER_SESSION_TOKEN`, or `CODER_SESSION_TOKEN_FILE` with its path | the bot's token |
| `SPTCODER_PUSH` | the request as JSON (`sptcoder.templates.request.PushRequest`); paths from the working folder |
| `SPTCODER_WAIT_SECONDS` | how long to wait for the server; 300 |
"""

__all__ = ["push"]

from collections.abc import Callable
from typing import Final

from sptcoder.api.client import CoderClient
from sptcoder.api.health_wait import wait_until_healthy
from sptcoder.api.retry import RetryPolicy
from sptcoder.platform.environment import Environment
from sptcoder.templates.push import push_template
from sptcoder.templates.request import PushRequest, PushResult

_WAIT_SECONDS: Final = 300.0
_RETRY_SECONDS: Final = 120.0
"""For one request."""


def push(environment: Environment, *, say: Callable[[str], None]) -> PushResult:
    """Push the template the environment describes, and return what stands on the server."""
    url = environment.required("CODER_URL", "the address of the Coder server")
    token = environment.secret("CODER_SESSION_TOKEN", "the session token of the user who pushes")
    request = PushRequest.parse(environment.required("SPTCODER_PUSH", "the push request as JSON"))
    correlation_id = environment.text("SPTCODER_CORRELATION_ID") or None
    retry = RetryPolicy(budget=_RETRY_SECONDS, say=say)
    with CoderClient(url, token, correlation_id=correlation_id, retry=retry) as client:
        wait_until_healthy(client, timeout=environment.number("SPTCODER_WAIT_SECONDS", _WAIT_SECONDS))
        return push_template(client, request, say=lambda line: say(client.connection.hide_secrets(line)))
