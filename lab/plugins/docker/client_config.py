"""The docker client's configuration for one operation: the user's credentials, and before them those of the program."""

__all__ = ["Login", "client_config"]

import base64
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from core.errors import SptFlowError

_FILE: Final = "config.json"
_KEPT: Final = ("auths", "credHelpers", "credsStore")
_PLUGINS: Final = "cli-plugins"
_FOLDERS: Final = "spt-flow-docker-"


@dataclass(frozen=True)
class Login:
    """What a registry is told; `server` is the name Docker keeps credentials under."""

    server: str
    username: str
    password: str = field(repr=False)

    @property
    def token(self) -> str:
        """The form that registries and the client's configuration use: it is as secret as the password."""
        return base64.b64encode(f"{self.username}:{self.password}".encode()).decode()


@contextmanager
def client_config(login: Login | None, environment: Mapping[str, str]) -> Iterator[Path]:
    """Yield a folder for DOCKER_CONFIG, for the block; other files of the operation may be put there, too.

    The configuration lies in memory; the folder has a link to it, which leads nowhere as soon as this process ends,
    however that is: no password is left on a disk. Raise SptFlowError when the user's own cannot be read.
    """
    user = Path(environment.get("DOCKER_CONFIG") or Path.home() / ".docker")
    content = json.dumps(_merged(_read(user / _FILE), user, login)).encode()
    memory = os.memfd_create("docker-config")
    try:
        os.write(memory, content)
        _sweep()
        with tempfile.TemporaryDirectory(prefix=f"{_FOLDERS}{os.getpid()}-") as folder:
            (Path(folder) / _FILE).symlink_to(f"/proc/{os.getpid()}/fd/{memory}")
            yield Path(folder)
    finally:
        os.close(memory)


def _sweep() -> None:
    """Remove the folders of processes that were killed; all that is in them is links that lead nowhere, and IDs."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDERS}*-*"):
        owner = folder.name.removeprefix(_FOLDERS).partition("-")[0]
        if owner.isdigit() and not Path("/proc", owner).exists():
            shutil.rmtree(folder, ignore_errors=True)


def _merged(user: Mapping[str, Any], folder: Path, login: Login | None) -> dict[str, Any]:
    merged = {name: user[name] for name in _KEPT if name in user}
    merged["cliPluginsExtraDirs"] = [*user.get("cliPluginsExtraDirs", ()), str(folder / _PLUGINS)]
    if login is not None:
        merged["auths"] = {**merged.get("auths", {}), login.server: {"auth": login.token}}
        # An empty helper is the configuration itself, whatever keeps the user's other credentials.
        merged["credHelpers"] = {**merged.get("credHelpers", {}), login.server: ""}
    return merged


def _read(path: Path) -> Mapping[str, Any]:
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        raise SptFlowError(f"The docker client's configuration {path} cannot be read.") from None
    return content if isinstance(content, dict) else {}
