"""What workspaces get, one by one and together with the rest of a namespace."""

__all__ = ["QuotaSettings", "WorkspaceSettings"]

from core.config_reader import SettingsGroup
from core.setting_fields import PositiveQuantity
from settings.amount import amount


class WorkspaceSettings(SettingsGroup):
    """What a single workspace gets and may have at most."""

    workspace_cpu_request: PositiveQuantity = amount("250m", "CPU request of a container that names none.")
    workspace_cpu_default: PositiveQuantity = amount("2", "CPU limit of a container that names none.")
    workspace_cpu_max: PositiveQuantity = amount("8", "Highest CPU limit of a workspace's container and pod.")
    workspace_memory_request: PositiveQuantity = amount("512Mi", "Memory request of a container that names none.")
    workspace_memory_default: PositiveQuantity = amount("4Gi", "Memory limit of a container that names none.")
    workspace_memory_max: PositiveQuantity = amount("16Gi", "Highest memory limit of a container and pod.")
    workspace_disk_request: PositiveQuantity = amount("256Mi", "Node disk requested where none is named.")
    workspace_disk_default: PositiveQuantity = amount("4Gi", "Node disk limit where none is named.")
    workspace_disk_max: PositiveQuantity = amount("32Gi", "Highest node disk limit of a container and pod.")


class QuotaSettings(SettingsGroup):
    """What each namespace may have in all: CPU and memory are sums of limits."""

    coder_quota_cpu: PositiveQuantity = amount("16", "CPU of the control plane's namespace.")
    coder_quota_memory: PositiveQuantity = amount("32Gi", "Memory of the control plane's namespace.")
    coder_quota_storage: PositiveQuantity = amount("500Gi", "Volumes of the control plane's namespace.")
    workspace_quota_cpu: PositiveQuantity = amount("160", "CPU of all workspaces.")
    workspace_quota_memory: PositiveQuantity = amount("320Gi", "Memory of all workspaces.")
    workspace_quota_storage: PositiveQuantity = amount("2Ti", "Volumes of all workspaces.")
    workspace_quota_pods: PositiveQuantity = amount("100", "Pods of all workspaces.")
    system_quota_cpu: PositiveQuantity = amount("16", "CPU of the privileged system daemons.")
    system_quota_memory: PositiveQuantity = amount("16Gi", "Memory of the privileged system daemons.")
