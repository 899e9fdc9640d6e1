"""The private working folder of the engine: copies of the project files with the lab's own values laid over."""

__all__ = ["prepare_workspace"]

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import yaml

from lab.deploy.stack_file import PROJECT, StackFile

_SALT = "encryptionsalt"


def prepare_workspace(work: Path, stack: StackFile, overlay: Mapping[str, object]) -> Path:
    """Write fresh copies of Pulumi.yaml and the stack file into `work`, and return it.

    `overlay` holds config values by short key. The engine keeps the salt of the stack's secrets in its copy of the
    stack file: it is carried over from the copy before, since without it the state's secrets cannot be opened.
    """
    work.mkdir(parents=True, exist_ok=True, mode=0o700)
    private = work / stack.path.name
    content = yaml.safe_load(stack.path.read_text(encoding="utf-8")) or {}
    config = dict(content.get("config", {}))
    config.update({f"{PROJECT}:{key}": value for key, value in overlay.items()})
    content["config"] = config
    salt = _salt_of(private)
    if salt is not None:
        content[_SALT] = salt
    _replace(private, yaml.safe_dump(content, sort_keys=True))
    shutil.copyfile(stack.path.parent / "Pulumi.yaml", work / "Pulumi.yaml")
    return work


def _salt_of(private: Path) -> str | None:
    try:
        content = yaml.safe_load(private.read_text(encoding="utf-8"))
    except (FileNotFoundError, yaml.YAMLError):
        return None
    salt = content.get(_SALT) if isinstance(content, dict) else None
    return salt if isinstance(salt, str) else None


def _replace(path: Path, text: str) -> None:
    # Written aside and renamed: a run killed here must not lose the salt.
    fresh = path.with_name(f".{path.name}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
