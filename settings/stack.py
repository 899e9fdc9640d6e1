"""All settings of one stack, read from its complete configuration."""

__all__ = ["GROUPS", "ORDERED", "PROJECT", "REQUIRED", "Settings", "engine_texts", "load_settings", "read_settings"]

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Final

import pulumi
import pulumi.runtime.config

from core.config_reader import ConfigReader, SettingsGroup
from core.image_lock import ImageLock
from core.image_reference import ImageReference
from settings.audit import AuditSettings, check_audit
from settings.cluster import ClusterSettings
from settings.coder import CoderLoginSettings, CoderSettings
from settings.coder_rules import check_coder, check_login, check_templates
from settings.dashboards import DashboardSettings, check_dashboards
from settings.database import DatabaseSettings
from settings.deployment import DeploymentSettings
from settings.entry import EntrySettings, check_entry, with_host
from settings.kvm import KvmSettings, check_kvm
from settings.logs import LogSettings, check_logs
from settings.monitoring import MonitoringSettings, check_monitoring
from settings.policy import PolicySettings
from settings.prepull import PrepullSettings, check_prepull
from settings.reaper import ReaperSettings
from settings.registry import RegistrySettings
from settings.registry_gc import RegistryGcSettings
from settings.secret_source import SecretSourceSettings, check_secret_source
from settings.snapshots import SnapshotSettings, check_snapshots
from settings.templates import TemplateSettings
from settings.workspace import QuotaSettings, WorkspaceSettings
from settings.workspace_image import WorkspaceImageSettings, check_workspace_image

PROJECT: Final = "spt-flow"
"""The project's name, and with it the namespace of its keys."""

GROUPS: Final[tuple[type[SettingsGroup], ...]] = (
    ClusterSettings,
    RegistrySettings,
    RegistryGcSettings,
    CoderSettings,
    EntrySettings,
    CoderLoginSettings,
    SecretSourceSettings,
    DatabaseSettings,
    TemplateSettings,
    WorkspaceImageSettings,
    KvmSettings,
    PrepullSettings,
    ReaperSettings,
    SnapshotSettings,
    MonitoringSettings,
    DashboardSettings,
    LogSettings,
    WorkspaceSettings,
    QuotaSettings,
    PolicySettings,
    AuditSettings,
    DeploymentSettings,
)
"""Every group of settings; together their fields are all keys there are."""

ORDERED: Final = (
    ("registry_cpu_request", "registry_cpu_limit"),
    ("registry_cpu_limit", "coder_quota_cpu"),
    ("registry_memory_request", "registry_memory_limit"),
    ("registry_memory_limit", "coder_quota_memory"),
    ("registry_storage", "coder_quota_storage"),
    ("coder_cpu_request", "coder_cpu_limit"),
    ("coder_cpu_limit", "coder_quota_cpu"),
    ("coder_memory_request", "coder_memory_limit"),
    ("coder_memory_limit", "coder_quota_memory"),
    ("database_cpu_request", "database_cpu_limit"),
    ("database_cpu_limit", "coder_quota_cpu"),
    ("database_memory_request", "database_memory_limit"),
    ("database_memory_limit", "coder_quota_memory"),
    ("database_storage", "coder_quota_storage"),
    ("database_dump_storage", "coder_quota_storage"),
    ("pushgateway_storage", "coder_quota_storage"),
    ("workspace_cpu_request", "workspace_cpu_default"),
    ("workspace_cpu_default", "workspace_cpu_max"),
    ("workspace_cpu_max", "workspace_quota_cpu"),
    ("workspace_memory_request", "workspace_memory_default"),
    ("workspace_memory_default", "workspace_memory_max"),
    ("workspace_memory_max", "workspace_quota_memory"),
    ("workspace_disk_request", "workspace_disk_default"),
    ("workspace_disk_default", "workspace_disk_max"),
    ("workspace_home_storage", "workspace_volume_max"),
    ("workspace_volume_max", "workspace_quota_storage"),
)
"""Pairs of settings of which the first may not exceed the second."""

REQUIRED: Final = ("kube_context", "node_cidrs", "coder_access_url")
"""Settings that every stack has to give a value."""


class Settings(SettingsGroup):
    """All settings of one stack, by concern."""

    stack: str
    cluster: ClusterSettings
    registry: RegistrySettings
    registry_gc: RegistryGcSettings
    coder: CoderSettings
    entry: EntrySettings
    login: CoderLoginSettings
    secret_source: SecretSourceSettings
    database: DatabaseSettings
    templates: TemplateSettings
    workspace_image: WorkspaceImageSettings
    kvm: KvmSettings
    prepull: PrepullSettings
    reaper: ReaperSettings
    snapshots: SnapshotSettings
    monitoring: MonitoringSettings
    dashboards: DashboardSettings
    logs: LogSettings
    workspace: WorkspaceSettings
    quota: QuotaSettings
    policy: PolicySettings
    audit: AuditSettings
    deployment: DeploymentSettings

    def groups(self) -> Iterator[SettingsGroup]:
        """Yield the groups, in the order of GROUPS."""
        for _, group in self._named_groups():
            yield group

    def images(self) -> list[ImageReference]:
        """Return every image that a setting names, each once, in the order of the settings."""
        return list(dict.fromkeys(image for group in self.groups() for image in _images(group).values()))

    def with_locked_images(self, lock: ImageLock) -> "Settings":
        """Return the settings with the locked digest behind each tag; what the lock does not have stays as it is."""
        return self.model_copy(
            update={
                name: group.model_copy(update={key: lock.locked(image) for key, image in _images(group).items()})
                for name, group in self._named_groups()
            }
        )

    def _named_groups(self) -> Iterator[tuple[str, SettingsGroup]]:
        for name in type(self).model_fields:
            group = getattr(self, name)
            if isinstance(group, SettingsGroup):
                yield name, group


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
        registry_gc=reader.read(RegistryGcSettings),
        coder=reader.read(CoderSettings),
        entry=with_host(reader, reader.read(EntrySettings)),
        login=reader.read(CoderLoginSettings),
        secret_source=reader.read(SecretSourceSettings),
        database=reader.read(DatabaseSettings),
        templates=reader.read(TemplateSettings),
        workspace_image=reader.read(WorkspaceImageSettings),
        kvm=reader.read(KvmSettings),
        prepull=reader.read(PrepullSettings),
        reaper=reader.read(ReaperSettings),
        snapshots=reader.read(SnapshotSettings),
        monitoring=reader.read(MonitoringSettings),
        dashboards=reader.read(DashboardSettings),
        logs=reader.read(LogSettings),
        workspace=reader.read(WorkspaceSettings),
        quota=reader.read(QuotaSettings),
        policy=reader.read(PolicySettings),
        audit=reader.read(AuditSettings),
        deployment=reader.read(DeploymentSettings),
    )
    owners = {name: group for group in settings.groups() for name in type(group).model_fields}
    for name in REQUIRED:
        # What the lab's stack lacks is what the lab adds.
        reader.require(owners[name], name, next_command="make up" if settings.cluster.cluster == "lab" else None)
    for lower, upper in ORDERED:
        reader.refuse_above((owners[lower], lower), (owners[upper], upper))
    check_coder(reader, settings.coder)
    check_entry(reader, settings.entry)
    check_secret_source(reader, settings.secret_source, settings.groups())
    check_login(reader, settings.login, settings.secret_source)
    check_templates(reader, settings.templates)
    check_workspace_image(reader, settings.workspace_image)
    check_kvm(reader, settings.kvm)
    check_prepull(reader, settings.prepull)
    check_snapshots(reader, settings.snapshots)
    check_audit(reader, settings.audit)
    check_dashboards(reader, settings.dashboards, settings.monitoring)
    check_logs(reader, settings.logs)
    check_monitoring(reader, settings.monitoring, settings.reaper)
    return settings


def read_settings() -> Settings:
    """Read the settings of the stack that this program runs for, with the digests of its image lock.

    Raise SettingsError like load_settings, UsageError for a lock that is none.
    """
    # pulumi.Config answers single keys only; to see unknown ones, the maps it looks into are read here.
    config = {**pulumi.runtime.get_config_env(), **pulumi.runtime.config.CONFIG.get()}
    secret = [key for key in config if pulumi.runtime.is_config_secret(key)]
    stack = pulumi.get_stack()
    settings = load_settings(stack, {key: str(value) for key, value in config.items()}, secret)
    return settings.with_locked_images(ImageLock.read(stack))


def _images(group: SettingsGroup) -> dict[str, ImageReference]:
    values = {name: getattr(group, name) for name in type(group).model_fields}
    return {name: value for name, value in values.items() if isinstance(value, ImageReference)}


def engine_texts(config: Mapping[str, object]) -> dict[str, str]:
    """Return the `config` of a stack file as the engine hands it to programs: every value as text.

    With it load_settings can judge a stack file before anything is started. Values that are sealed (`secure:`) are
    left out: only the engine can open them.
    """
    plain = {key: value for key, value in config.items() if not (isinstance(value, dict) and "secure" in value)}
    return {key: value if isinstance(value, str) else json.dumps(value, default=str) for key, value in plain.items()}
