"""Who pushes: the job's own token, in a Docker configuration that is there for one command and no longer."""

__all__ = ["RegistryLogin", "docker_configuration"]

import base64
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from core.errors import UsageError


@dataclass(frozen=True)
class RegistryLogin:
    """A user of a registry and the token that stands for a password; both empty where nobody signs in."""

    user: str = ""
    token: str = field(default="", repr=False)

    @classmethod
    def of_environment(cls) -> Self:
        """Take what a workflow's step has: GITHUB_ACTOR, which GitHub sets, and GITHUB_TOKEN, given by the step."""
        token = os.environ.get("GITHUB_TOKEN", "")
        user = os.environ.get("GITHUB_ACTOR", "")
        if token and not user:
            raise UsageError("GITHUB_TOKEN is set, but not whose it is: GITHUB_ACTOR, which a workflow has.")
        return cls(user, token) if token else cls()

    def basic(self) -> str:
        """Return the value of HTTP's basic authorization, without the word."""
        return base64.b64encode(f"{self.user}:{self.token}".encode()).decode()


@contextmanager
def docker_configuration(registry: str, login: RegistryLogin) -> Iterator[dict[str, str]]:
    """Yield variables under which docker and cosign sign in to the registry as `login`, and nowhere else."""
    with tempfile.TemporaryDirectory(prefix="spt-flow-ci-") as folder:
        file = Path(folder, "config.json")
        file.touch(mode=0o600)
        file.write_text(json.dumps({"auths": {registry: {"auth": login.basic()}} if login.token else {}}))
        yield {"DOCKER_CONFIG": folder}
