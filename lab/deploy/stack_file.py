"""The stack files of the project, as the lab reads them: which stacks there are and which cluster each is for."""

__all__ = ["PROJECT_ROOT", "StackFile", "known_stacks", "load_stack_file"]

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import yaml

from core.errors import UsageError
from core.policy_data import policy_config_path

PROJECT_ROOT: Final = Path(__file__).resolve().parents[2]
"""The folder of Pulumi.yaml and __main__.py."""

PROJECT: Final = "spt-flow"
"""The Pulumi project's name, and so the namespace of its config keys."""


@dataclass(frozen=True)
class StackFile:
    """One `Pulumi.<name>.yaml`: the text as written, and its config by full key."""

    name: str
    path: Path
    config: Mapping[str, object]

    @property
    def cluster(self) -> Literal["lab", "kubeconfig"]:
        """Which cluster the stack is for: the embedded lab, or one reached by a kubeconfig of the user's."""
        value = self.config.get(f"{PROJECT}:cluster", "kubeconfig")
        if value == "lab":
            return "lab"
        if value == "kubeconfig":
            return "kubeconfig"
        message = (
            f"The setting {PROJECT}:cluster of stack '{self.name}' is {value!r}; it must be 'lab' or 'kubeconfig'."
        )
        raise UsageError(message, next_command=f"pulumi config set cluster kubeconfig -s {self.name}")

    @property
    def policy_config(self) -> Path:
        """The configuration of the policies for this stack: what its setting policyConfig names, or its own."""
        return policy_config_path(self.name, str(self.config.get(f"{PROJECT}:policyConfig", "")))


def known_stacks(project: Path = PROJECT_ROOT) -> list[str]:
    """Return the names of all stacks that have a file, sorted."""
    return sorted(path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in project.glob("Pulumi.*.yaml"))


def load_stack_file(name: str, project: Path = PROJECT_ROOT) -> StackFile:
    """Read a stack's file; an unknown stack, or a file that is not a YAML mapping, is a UsageError."""
    path = project / f"Pulumi.{name}.yaml"
    stacks = known_stacks(project)
    if name not in stacks:
        message = f"The stack '{name}' is unknown: the stacks of this project are {', '.join(stacks)}."
        raise UsageError(message, next_command=f"make up STACK={stacks[0] if stacks else 'dev'}")
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = f" at line {where.line + 1}" if where is not None else ""
        raise UsageError(
            f"{path.name} is not valid YAML{line}; it must be a mapping with a 'config' section."
        ) from None
    config = content.get("config", {}) if isinstance(content, dict) else None
    if not isinstance(config, dict):
        raise UsageError(f"{path.name} must be a mapping with a 'config' section of keys and values.")
    return StackFile(name=name, path=path, config=config)
