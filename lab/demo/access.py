"""Who the demo is to Coder: the owner, whose password is a secret output of the lab's stack, for one short session."""

__all__ = ["CoderAccess", "coder_access", "owner_session"]

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pydantic import SecretStr

from core.errors import SptFlowError
from lab.cluster import lab_is_running
from lab.deploy.run_lock import run_lock
from lab.deploy.service import open_engine
from lab.deploy.stack_file import load_stack_file
from lab.deploy.target import lab_target
from lab.instance import LabInstance
from lab.progress import SilentProgress
from lab.toolchain import Toolchain
from sptcoder.api import CoderClient, RetryPolicy, TokenRefusedError

_STACK: Final = "dev"
_PASSWORD: Final = "coderAdminPassword"  # noqa: S105 - the output's name
_IMAGE: Final = "workspaceImage"
_PATIENCE: Final = 5.0
_LOCK_SECONDS: Final = 60.0
"""For which another run is waited for: a preview takes seconds, and nothing is changed here."""

_UP: Final = "make up"


@dataclass(frozen=True)
class CoderAccess:
    """A server that answers, how its owner logs in, and what its workspaces are made of."""

    url: str
    version: str
    email: str
    password: SecretStr
    workspace_image: str = ""
    kvm_resource: str = ""


def coder_access(instance: LabInstance, toolchain: Toolchain, *, purpose: str = "make demo") -> CoderAccess:
    """Return the access to the lab's Coder; raise SptFlowError, with what to do, if there is no lab or no Coder.

    `purpose` is the command that wants it.
    """
    if not lab_is_running(instance):
        raise SptFlowError(f"No lab is running in {instance.directory}, and {purpose} needs one.", next_command=_UP)
    url = instance.coder_url
    with CoderClient(url, retry=RetryPolicy(budget=_PATIENCE)) as client:
        if not client.deployment.is_healthy():
            raise SptFlowError(f"Coder does not answer at {url}.", next_command="make status")
        version = client.deployment.build_info().version
    target = lab_target(load_stack_file(_STACK), instance)
    with run_lock(target.paths.run_lock, purpose=purpose, patience=_LOCK_SECONDS):
        outputs = open_engine(target, toolchain, SilentProgress()).outputs()
    password = outputs.get(_PASSWORD)
    if not password:
        raise SptFlowError(
            f"The stack {_STACK} has no output {_PASSWORD}: it was deployed before Coder.", next_command=_UP
        )
    settings = target.settings()
    return CoderAccess(
        url,
        version,
        settings.coder.coder_admin_email,
        SecretStr(str(password)),
        workspace_image=str(outputs.get(_IMAGE) or settings.templates.workspace_image),
        kvm_resource=settings.kvm.kvm_resource,
    )


@contextlib.contextmanager
def owner_session(access: CoderAccess) -> Iterator[SecretStr]:
    """Log in as the owner, yield the session's token, and end the session."""
    with CoderClient(access.url) as stranger:
        try:
            token = stranger.users.login(email=access.email, password=access.password.get_secret_value())
        except TokenRefusedError:
            raise SptFlowError(
                f"Coder does not let {access.email} in with the password of the stack {_STACK}.", next_command=_UP
            ) from None
    try:
        yield SecretStr(token)
    finally:
        with CoderClient(access.url, token) as client, contextlib.suppress(SptFlowError):
            client.users.logout()
