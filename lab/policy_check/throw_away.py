"""Everything a preview without a cluster needs, in a folder that is thrown away: nothing of it is the user's."""

__all__ = ["ThrowAway", "make_throw_away"]

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from lab.deploy.stack_file import PROJECT, StackFile
from lab.deploy.target import lab_target
from lab.instance import LabInstance
from lab.policy_check.stand_in_secrets import PASSPHRASE, SALT, with_stand_ins
from settings import Settings, engine_texts, load_settings

# A port nothing listens on: the discard service of another time.
_NOWHERE: Final = "https://127.0.0.1:9"
# What `pulumi stack init` would write; another run of the engine saved.
_CHECKPOINT: Final = {"version": 3, "checkpoint": {"stack": "", "latest": None}}


@dataclass(frozen=True)
class ThrowAway:
    """Where one stack is previewed, and the settings that its program will read."""

    stack: StackFile
    folder: Path
    settings: Settings

    @property
    def work(self) -> Path:
        """Folder of Pulumi.yaml and the stack file."""
        return self.folder / "work"

    @property
    def state(self) -> Path:
        """Folder of the backend."""
        return self.folder / "state"

    @property
    def home(self) -> Path:
        """PULUMI_HOME: empty, but for what the engine itself leaves there."""
        return self.folder / "home"

    @property
    def launchers(self) -> Path:
        """Folder whose `bin` is first on the engine's PATH."""
        return self.folder / "launchers"

    @property
    def passphrase(self) -> Path:
        """File with the passphrase of the stand-ins."""
        return self.folder / "passphrase"


def make_throw_away(stack: StackFile, folder: Path) -> ThrowAway:
    """Write a stack's project, an empty state and a kubeconfig that leads nowhere below `folder`.

    The lab's values are those of the usual lab, which need not run. Raise SettingsError as the program would.
    """
    overlay = _overlay(stack, folder)
    config = {**stack.config, **{f"{PROJECT}:{key}": value for key, value in overlay.items()}}
    settings = load_settings(stack.name, engine_texts(config))
    made = ThrowAway(stack, folder, settings)
    for part in (made.work, made.home, made.launchers, made.state / ".pulumi" / "stacks" / PROJECT):
        part.mkdir(parents=True, mode=0o700)
    _write(made.passphrase, PASSPHRASE)
    _write(folder / "kubeconfig", json.dumps(_kubeconfig(settings.cluster.kube_context)))
    # No other key of the stack file is taken: a key service, an environment or a salt would need credentials.
    content = {"encryptionsalt": SALT, "config": with_stand_ins(config)}
    _write(made.work / stack.path.name, yaml.safe_dump(content))
    shutil.copyfile(stack.path.parent / "Pulumi.yaml", made.work / "Pulumi.yaml")
    _write_state(made)
    return made


def _overlay(stack: StackFile, folder: Path) -> Mapping[str, object]:
    usual = LabInstance.default(folder)
    values = dict(lab_target(stack, usual).overlay) if stack.cluster == "lab" else {}
    return {**values, "kubeconfigPath": str(folder / "kubeconfig")}


def _kubeconfig(context: str) -> dict[str, object]:
    name = "nowhere"
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": {"server": _NOWHERE}}],
        "users": [{"name": name, "user": {}}],
        "contexts": [{"name": context, "context": {"cluster": name, "user": name}}],
        "current-context": context,
    }


def _write_state(made: ThrowAway) -> None:
    folder = made.state / ".pulumi"
    checkpoint = {**_CHECKPOINT, "checkpoint": {"stack": f"organization/{PROJECT}/{made.stack.name}", "latest": None}}
    _write(folder / "meta.yaml", "version: 1\n")
    _write(folder / "stacks" / PROJECT / f"{made.stack.name}.json", json.dumps(checkpoint))


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
