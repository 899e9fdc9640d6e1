"""The settings of a stack: the only reader of pulumi.Config, typed and validated, unknown keys refused."""

__all__ = [
    "GROUPS",
    "PROJECT",
    "ClusterSettings",
    "QuotaSettings",
    "RegistrySettings",
    "Settings",
    "SettingsError",
    "WorkspaceSettings",
    "engine_texts",
    "load_settings",
    "read_settings",
]

import difflib
import json
import shlex
from collections.abc import Collection, Mapping
from typing import Any, Final, Literal, TypeVar

import pulumi
import pulumi.runtime.config
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

import versions
from core.errors import UsageError
from core.image_reference import ImageReference
from core.quantity import Quantity
from core.setting_fields import (
    AbsolutePath,
    CidrList,
    ImageText,
    IpAddress,
    OneLine,
    PositiveQuantity,
    ResourceName,
    Switch,
)

PROJECT: Final = "spt-flow"
"""The project's name, and with it the namespace of its keys."""

_SHOWN_LENGTH: Final = 80
_Some = TypeVar("_Some", bound="_Group")
_LISTS: Final = frozenset({"nodeCidrs"})


class SettingsError(UsageError):
    """A setting is missing, unknown or invalid: one sentence with stack, key, value, what is allowed, and a command."""


class _Group(BaseModel):
    """Settings that belong together; each field is one key of the stack file, in camelCase."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True, arbitrary_types_allowed=True
    )


def _quantity(text: str, description: str) -> Any:  # noqa: ANN401 - pydantic.Field is declared to return Any
    return Field(default=Quantity.parse(text), description=description)


class ClusterSettings(_Group):
    """Which cluster the stack runs on."""

    cluster: Literal["lab", "kubeconfig"] = Field(
        default="kubeconfig", description="lab: the embedded lab, brought up by `make up`; kubeconfig: any cluster."
    )
    kubeconfig_path: AbsolutePath = Field(
        default="~/.kube/config", description="Path of the kubeconfig; the lab sets its own."
    )
    kube_context: OneLine = Field(
        default="",
        description="Context in the kubeconfig; required, so that no cluster is met by accident.",
        examples=["staging"],
    )
    node_cidrs: CidrList = Field(
        default=(),
        description="Networks of the nodes, whose runtimes pull from the registry; required.",
        examples=["10.0.0.0/16"],
    )


class RegistrySettings(_Group):
    """The container registry inside the cluster."""

    registry_image: ImageText = Field(
        default=ImageReference.parse(f"registry:{versions.REGISTRY}"),
        description="Image of the registry (distribution 3.x).",
    )
    registry_storage: PositiveQuantity = _quantity("100Gi", "Size of the volume that holds the images.")
    registry_storage_class: ResourceName = Field(
        default="",
        description="StorageClass of the volume; empty for the cluster's default.",
        examples=["standard"],
    )
    registry_storage_protect: Switch = Field(
        default=True, description="Refuse to delete or replace the volume until this is set to false."
    )
    registry_cluster_ip: IpAddress = Field(
        default="",
        description="Fixed address of the registry's Service; empty to let the cluster choose.",
        examples=["10.96.0.50"],
    )
    registry_cpu_request: PositiveQuantity = _quantity("100m", "CPU set aside for the registry.")
    registry_cpu_limit: PositiveQuantity = _quantity("1", "CPU the registry may use.")
    registry_memory_request: PositiveQuantity = _quantity("128Mi", "Memory set aside for the registry.")
    registry_memory_limit: PositiveQuantity = _quantity("1Gi", "Memory the registry may use.")


class WorkspaceSettings(_Group):
    """What a single workspace gets and may have at most."""

    workspace_cpu_request: PositiveQuantity = _quantity("250m", "CPU request of a container that names none.")
    workspace_cpu_default: PositiveQuantity = _quantity("2", "CPU limit of a container that names none.")
    workspace_cpu_max: PositiveQuantity = _quantity("8", "Highest CPU limit of a workspace's container and pod.")
    workspace_memory_request: PositiveQuantity = _quantity("512Mi", "Memory request of a container that names none.")
    workspace_memory_default: PositiveQuantity = _quantity("4Gi", "Memory limit of a container that names none.")
    workspace_memory_max: PositiveQuantity = _quantity("16Gi", "Highest memory limit of a container and pod.")
    workspace_disk_request: PositiveQuantity = _quantity("256Mi", "Node disk requested where none is named.")
    workspace_disk_default: PositiveQuantity = _quantity("4Gi", "Node disk limit where none is named.")
    workspace_disk_max: PositiveQuantity = _quantity("32Gi", "Highest node disk limit of a container and pod.")


class QuotaSettings(_Group):
    """What each namespace may have in all: CPU and memory are sums of limits."""

    coder_quota_cpu: PositiveQuantity = _quantity("16", "CPU of the control plane's namespace.")
    coder_quota_memory: PositiveQuantity = _quantity("32Gi", "Memory of the control plane's namespace.")
    coder_quota_storage: PositiveQuantity = _quantity("500Gi", "Volumes of the control plane's namespace.")
    workspace_quota_cpu: PositiveQuantity = _quantity("160", "CPU of all workspaces.")
    workspace_quota_memory: PositiveQuantity = _quantity("320Gi", "Memory of all workspaces.")
    workspace_quota_storage: PositiveQuantity = _quantity("2Ti", "Volumes of all workspaces.")
    workspace_quota_pods: PositiveQuantity = _quantity("100", "Pods of all workspaces.")
    system_quota_cpu: PositiveQuantity = _quantity("16", "CPU of the privileged system daemons.")
    system_quota_memory: PositiveQuantity = _quantity("16Gi", "Memory of the privileged system daemons.")


GROUPS: Final[tuple[type[_Group], ...]] = (ClusterSettings, RegistrySettings, WorkspaceSettings, QuotaSettings)
"""Every group of settings; together their fields are all keys there are."""

_ORDERED: Final = (
    ("registry_cpu_request", "registry_cpu_limit"),
    ("registry_cpu_limit", "coder_quota_cpu"),
    ("registry_memory_request", "registry_memory_limit"),
    ("registry_memory_limit", "coder_quota_memory"),
    ("registry_storage", "coder_quota_storage"),
    ("workspace_cpu_request", "workspace_cpu_default"),
    ("workspace_cpu_default", "workspace_cpu_max"),
    ("workspace_cpu_max", "workspace_quota_cpu"),
    ("workspace_memory_request", "workspace_memory_default"),
    ("workspace_memory_default", "workspace_memory_max"),
    ("workspace_memory_max", "workspace_quota_memory"),
    ("workspace_disk_request", "workspace_disk_default"),
    ("workspace_disk_default", "workspace_disk_max"),
)
"""Pairs of settings of which the first may not exceed the second."""

_REQUIRED: Final = ("kube_context", "node_cidrs")


class Settings(_Group):
    """All settings of one stack, by concern."""

    stack: str
    cluster: ClusterSettings
    registry: RegistrySettings
    workspace: WorkspaceSettings
    quota: QuotaSettings


def load_settings(stack: str, config: Mapping[str, str], secret_keys: Collection[str] = ()) -> Settings:
    """Build the settings from a stack's complete config map ("namespace:key" to text); pure.

    Values of `secret_keys` are never repeated. Other namespaces belong to providers and are not looked at.
    Raise SettingsError for the first key that is unknown, invalid or missing.
    """
    reader = _Reader(stack, config, frozenset(secret_keys))
    reader.refuse_unknown()
    settings = Settings(
        stack=stack,
        cluster=reader.read(ClusterSettings),
        registry=reader.read(RegistrySettings),
        workspace=reader.read(WorkspaceSettings),
        quota=reader.read(QuotaSettings),
    )
    reader.check_across(settings)
    return settings


def read_settings() -> Settings:
    """Read the settings of the stack that this program runs for; raise SettingsError like load_settings."""
    # pulumi.Config answers single keys only; to see unknown ones, the maps it looks into are read here.
    config = {**pulumi.runtime.get_config_env(), **pulumi.runtime.config.CONFIG.get()}
    secret = [key for key in config if pulumi.runtime.is_config_secret(key)]
    return load_settings(pulumi.get_stack(), {key: str(value) for key, value in config.items()}, secret)


def engine_texts(config: Mapping[str, object]) -> dict[str, str]:
    """Return the `config` of a stack file as the engine hands it to programs: every value as text.

    With it load_settings can judge a stack file before anything is started. Values that are sealed (`secure:`) are
    left out: only the engine can open them.
    """
    plain = {key: value for key, value in config.items() if not (isinstance(value, dict) and "secure" in value)}
    return {key: value if isinstance(value, str) else json.dumps(value, default=str) for key, value in plain.items()}


class _Reader:
    """Reads groups of settings from one config map, and words what is wrong."""

    def __init__(self, stack: str, config: Mapping[str, str], secret_keys: frozenset[str]) -> None:
        self._stack, self._secret = stack, secret_keys
        prefix = f"{PROJECT}:"
        self._values = {key.removeprefix(prefix): text for key, text in config.items() if key.startswith(prefix)}

    def refuse_unknown(self) -> None:
        """Raise SettingsError for a key of the project's namespace that no setting has."""
        known = [to_camel(name) for group in GROUPS for name in group.model_fields]
        for key in sorted(self._values.keys() - set(known)):
            close = difflib.get_close_matches(key, known, n=1, cutoff=0.75)
            hint = f"did you mean {PROJECT}:{close[0]}?" if close else f"Pulumi.yaml lists all {len(known)} settings."
            message = f"Stack {_shown(self._stack)} sets {_shown(f'{PROJECT}:{key}')}, which is no setting; {hint}"
            raise SettingsError(message, next_command=self._command("rm", key))

    def read(self, group: type[_Some]) -> _Some:
        """Return the group with its values, or raise SettingsError for the first invalid one."""
        names = {to_camel(name): name for name in group.model_fields}
        try:
            return group.model_validate({key: self._values[key] for key in names if key in self._values})
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
        context = first.get("ctx", {})
        allowed = first["msg"]
        if first["type"] == "value_error":
            allowed = str(context["error"])
        elif first["type"] == "literal_error":
            allowed = f"{context['expected']} is expected"
        raise self._error(group, names[str(first["loc"][0])], allowed)

    def check_across(self, settings: Settings) -> None:
        """Raise SettingsError for a required setting without value, or two that contradict each other."""
        parts = (settings.cluster, settings.registry, settings.workspace, settings.quota)
        owners = {name: part for part in parts for name in type(part).model_fields}
        for name in _REQUIRED:
            if not getattr(owners[name], name):
                raise self._missing(owners[name], name, in_lab=settings.cluster.cluster == "lab")
        for lower, upper in _ORDERED:
            most = getattr(owners[upper], upper)
            if getattr(owners[lower], lower) > most:
                allowed = f"at most {most}, the value of {PROJECT}:{to_camel(upper)}, is allowed"
                raise self._error(type(owners[lower]), lower, allowed, example=str(most))

    def _error(self, group: type[_Group], name: str, allowed: str, example: str | None = None) -> SettingsError:
        key, field = to_camel(name), group.model_fields[name]
        if key not in self._values:
            found = f"has its default, {_shown(str(field.default))}"
        elif f"{PROJECT}:{key}" in self._secret:
            found = "has a value that is not shown, since it is marked as secret"
        else:
            found = f"has the value {_shown(self._values[key])}"
        return SettingsError(
            f"Stack {_shown(self._stack)}: the setting {PROJECT}:{key} {found}; {allowed}.",
            next_command=self._command("set", key, example or _example(group, name)),
        )

    def _missing(self, group: _Group, name: str, *, in_lab: bool) -> SettingsError:
        key = to_camel(name)
        means = type(group).model_fields[name].description
        return SettingsError(
            f"Stack {_shown(self._stack)} has no value for the setting {PROJECT}:{key}. {means}",
            next_command="make up" if in_lab else self._command("set", key, _example(type(group), name)),
        )

    def _command(self, verb: str, key: str, *value: str) -> str:
        path = f"{PROJECT}:{key}"
        is_list = verb == "set" and key in _LISTS
        words = ["pulumi", "config", verb, "--stack", self._stack]
        return shlex.join([*words, *(["--path", f"{path}[0]"] if is_list else [path]), *value])


def _example(group: type[_Group], name: str) -> str:
    field = group.model_fields[name]
    default = str(field.default).lower() if isinstance(field.default, bool) else str(field.default)
    return str(field.examples[0]) if field.examples else default


def _shown(text: str) -> str:
    """Return the text in quotes, shortened, with nothing unprintable in it."""
    return repr(text if len(text) <= _SHOWN_LENGTH else f"{text[:_SHOWN_LENGTH]}...")
