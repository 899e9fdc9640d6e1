"""The platform's three namespaces: what each is for, how strict it is, and how much it may have."""

__all__ = ["platform_namespaces"]

from typing import Final

from components.connect_flows import connect_flows
from components.database_arguments import has_own_database
from components.namespace import LimitArgs, NamespaceArgs
from components.network_flows import CODER, SYSTEM, WORKSPACES, LogHost, platform_flows
from components.pushgateway_manifests import pushgateway_url
from settings import KvmSettings, LogSettings, QuotaSettings, Settings, WorkspaceSettings

# What the platform's own pods get when they name nothing; each of them names its own, so this catches strays.
_SERVICE_LIMITS: Final[LimitArgs] = {
    "request": {"cpu": "100m", "memory": "128Mi", "ephemeral-storage": "64Mi"},
    "default": {"cpu": "500m", "memory": "512Mi", "ephemeral-storage": "1Gi"},
    "maximum": {"cpu": "8", "memory": "16Gi", "ephemeral-storage": "32Gi"},
}


def platform_namespaces(settings: Settings) -> list[NamespaceArgs]:
    """Return the namespaces of a stack: control plane, workspaces, system daemons."""
    monitoring, source = settings.monitoring, settings.secret_source
    flows = platform_flows(
        settings.cluster.node_cidrs,
        api_cidrs=settings.cluster.api_server_cidrs,
        workspace_cidrs=settings.cluster.workspace_extra_cidrs,
        entry_namespace=settings.entry.coder_entry_namespace,
        prepull_check=settings.prepull.workspace_prepull,
        registry_gc=settings.registry_gc.registry_gc,
        snapshots=settings.snapshots.home_snapshots != "none",
        dumps=has_own_database(settings),
        pushes=bool(pushgateway_url(settings)),
        pushgateway=monitoring.pushgateway,
        logs=_log_host(settings.logs),
        metrics_namespace="" if monitoring.monitoring == "none" else monitoring.monitoring_namespace,
    )
    flows += connect_flows(
        settings.cluster.node_cidrs,
        installed=source.connect_install,
        host=settings.login.coder_connect_host,
        operator_namespace=source.connect_operator_namespace,
    )
    quota = settings.quota
    return [
        {
            "namespace": CODER,
            "component": "control-plane",
            "pod_security": "restricted",
            "quota": {**_coder_quota(quota), **_kvm_quota(settings.kvm, 0)},
            "limits": _SERVICE_LIMITS,
            "flows": flows,
            "protect": settings.registry.registry_storage_protect or settings.database.database_storage_protect,
        },
        {
            "namespace": WORKSPACES,
            "component": "workspaces",
            # Not restricted: sudo in a workspace needs privilege escalation. Baseline still refuses host access.
            "pod_security": "baseline",
            "quota": {**_workspace_quota(quota), **_kvm_quota(settings.kvm, settings.kvm.kvm_quota)},
            "limits": _workspace_limits(settings.workspace),
            "flows": flows,
            "protect": settings.templates.workspace_storage_protect,
        },
        {
            "namespace": SYSTEM,
            "component": "system-daemons",
            # Device plugins need the kubelet's folders. Nobody but this program creates pods here.
            "pod_security": "privileged",
            "quota": {**_system_quota(quota), **_kvm_quota(settings.kvm, 0)},
            "limits": _SERVICE_LIMITS,
            "flows": flows,
            # Its quota allows no volumes.
            "protect": False,
        },
    ]


def _log_host(logs: LogSettings) -> LogHost | None:
    """Return where the collected logs go, None if none are collected."""
    if logs.log_output == "none":
        return None
    return LogHost(logs.log_namespace, None if logs.log_output == "stdout" else logs.log_port)


def _compute(cpu: object, memory: object) -> dict[str, str]:
    """Return the keys that bound CPU and memory; requests never exceed limits, so one figure bounds both."""
    return {
        "requests.cpu": str(cpu),
        "requests.memory": str(memory),
        "limits.cpu": str(cpu),
        "limits.memory": str(memory),
    }


def _coder_quota(quota: QuotaSettings) -> dict[str, str]:
    return {
        **_compute(quota.coder_quota_cpu, quota.coder_quota_memory),
        "requests.storage": str(quota.coder_quota_storage),
        "persistentvolumeclaims": "20",
        "pods": "50",
    }


def _workspace_quota(quota: QuotaSettings) -> dict[str, str]:
    return {
        **_compute(quota.workspace_quota_cpu, quota.workspace_quota_memory),
        "requests.storage": str(quota.workspace_quota_storage),
        # A stopped workspace keeps its volumes: more of them than running pods.
        "persistentvolumeclaims": "500",
        "pods": str(quota.workspace_quota_pods),
        # A workspace is reached through Coder, never through an address of its own on the node or outside.
        "services.loadbalancers": "0",
        "services.nodeports": "0",
    }


def _system_quota(quota: QuotaSettings) -> dict[str, str]:
    return {
        **_compute(quota.system_quota_cpu, quota.system_quota_memory),
        "persistentvolumeclaims": "0",
        "services.loadbalancers": "0",
        "services.nodeports": "0",
    }


def _kvm_quota(kvm: KvmSettings, most: int) -> dict[str, str]:
    """Return how many pods may have /dev/kvm; a quota knows extended resources by their requests only."""
    return {f"requests.{kvm.kvm_resource}": str(most)} if kvm.kvm_resource else {}


def _workspace_limits(workspace: WorkspaceSettings) -> LimitArgs:
    maximum = {
        "cpu": str(workspace.workspace_cpu_max),
        "memory": str(workspace.workspace_memory_max),
        "ephemeral-storage": str(workspace.workspace_disk_max),
    }
    return {
        "request": {
            "cpu": str(workspace.workspace_cpu_request),
            "memory": str(workspace.workspace_memory_request),
            "ephemeral-storage": str(workspace.workspace_disk_request),
        },
        "default": {
            "cpu": str(workspace.workspace_cpu_default),
            "memory": str(workspace.workspace_memory_default),
            "ephemeral-storage": str(workspace.workspace_disk_default),
        },
        "maximum": maximum,
        "pod_maximum": maximum,
    }
