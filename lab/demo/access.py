"""Who the demo is to Coder: the platform's bot, whose token stands in a Secret of the lab's cluster."""

__all__ = ["find_coder"]

import base64
import binascii
import json
from typing import Final

from pydantic import SecretStr

from core.command import Command
from core.errors import SptFlowError
from lab.cluster import lab_is_running
from lab.instance import LabInstance
from sptcoder.api import CoderClient

_NAMESPACE: Final = "coder"
_SECRET: Final = "coder-bot-token"  # noqa: S105 - the Secret's name
_KEY: Final = "token"
_SECONDS: Final = 30
_UP: Final = "make up"


def find_coder(instance: LabInstance, kubectl: Command) -> SecretStr:
    """Return the bot's token; raise SptFlowError, with what to do, if there is no lab or no healthy Coder in it."""
    if not lab_is_running(instance):
        raise SptFlowError(f"No lab is running in {instance.directory}, and the demo needs one.", next_command=_UP)
    with CoderClient(instance.coder_url) as client:
        if not client.deployment.is_healthy():
            raise SptFlowError(f"Coder does not answer at {instance.coder_url}.", next_command="make status")
    found = kubectl.run("-n", _NAMESPACE, "get", "secret", _SECRET, "-o", "json", check=False, timeout=_SECONDS)
    try:
        token = base64.b64decode(json.loads(found.stdout)["data"][_KEY], validate=True).decode("ascii")
    except (ValueError, KeyError, TypeError, binascii.Error):
        token = ""
    if not token:
        raise SptFlowError(
            f"The lab has no token of the platform's bot (key {_KEY} of Secret {_NAMESPACE}/{_SECRET}).",
            next_command=_UP,
        )
    return SecretStr(token)
