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

import json
from collections.abc import Collection, Mapping
from typing import Any, Final, Literal

import pulumi
import pulumi.runtime.config
from pydantic import Field

import versions
from core.config_reader import ConfigReader, SettingsError, SettingsGroup
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


def _quantity(text: str, description: str) -> Any:  # noqa: ANN401 - pydantic.Field is declared to return Any
    return Field(default=Quantity.parse(text), description=description)


class ClusterSettings(SettingsGroup):
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


class RegistrySettings(SettingsGroup):
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


class WorkspaceSettings(SettingsGroup):
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


class QuotaSettings(SettingsGroup):
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


GROUPS: Final[tuple[type[SettingsGroup], ...]] = (ClusterSettings, RegistrySettings, WorkspaceSettings, QuotaSettings)
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


class Settings(SettingsGroup):
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
    reader = ConfigReader(PROJECT, stack, config, secret_keys)
    reader.refuse_unknown(GROUPS)
    settings = Settings(
        stack=stack,
        cluster=reader.read(ClusterSettings),
        registry=reader.read(RegistrySettings),
        workspace=reader.read(WorkspaceSettings),
        quota=reader.read(QuotaSettings),
    )
    parts = (settings.cluster, settings.registry, settings.workspace, settings.quota)
    owners = {name: part for part in parts for name in type(part).model_fields}
    for name in _REQUIRED:
        # What the lab's stack lacks is what the lab adds.
        reader.require(owners[name], name, next_command="make up" if settings.cluster.cluster == "lab" else None)
    for lower, upper in _ORDERED:
        reader.refuse_above((owners[lower], lower), (owners[upper], upper))
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
