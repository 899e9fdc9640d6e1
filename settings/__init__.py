"""The settings of a stack: the only reader of pulumi.Config, typed and validated, unknown keys refused."""

__all__ = [
    "GROUPS",
    "PROJECT",
    "AuditSettings",
    "ClusterSettings",
    "CoderLoginSettings",
    "CoderSettings",
    "DashboardSettings",
    "DatabaseSettings",
    "DeploymentSettings",
    "EntrySettings",
    "KvmSettings",
    "LogSettings",
    "MonitoringSettings",
    "PolicySettings",
    "PrepullSettings",
    "QuotaSettings",
    "ReaperSettings",
    "RegistryGcSettings",
    "RegistrySettings",
    "SecretSourceSettings",
    "Settings",
    "SettingsError",
    "SnapshotSettings",
    "TemplateSettings",
    "WorkspaceImageSettings",
    "WorkspaceSettings",
    "engine_texts",
    "load_settings",
    "read_settings",
]

from core.config_reader import SettingsError
from settings.audit import AuditSettings
from settings.cluster import ClusterSettings
from settings.coder import CoderLoginSettings, CoderSettings
from settings.dashboards import DashboardSettings
from settings.database import DatabaseSettings
from settings.deployment import DeploymentSettings
from settings.entry import EntrySettings
from settings.kvm import KvmSettings
from settings.logs import LogSettings
from settings.monitoring import MonitoringSettings
from settings.policy import PolicySettings
from settings.prepull import PrepullSettings
from settings.reaper import ReaperSettings
from settings.registry import RegistrySettings
from settings.registry_gc import RegistryGcSettings
from settings.secret_source import SecretSourceSettings
from settings.snapshots import SnapshotSettings
from settings.stack import GROUPS, PROJECT, Settings, engine_texts, load_settings, read_settings
from settings.templates import TemplateSettings
from settings.workspace import QuotaSettings, WorkspaceSettings
from settings.workspace_image import WorkspaceImageSettings
