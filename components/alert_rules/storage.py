"""Rules about what fills up: volumes, quotas, the cluster."""

__all__ = ["capacity_group"]

from collections.abc import Sequence
from typing import Final

from components.alert_rules.rule import Alert, Group, Record
from components.registry_manifests import DATA_CLAIM

_LITTLE: Final = 0.15
_NOTHING: Final = 0.05
_MOST: Final = 0.9
_FREE: Final = "spt_flow:volume_free_ratio"
_QUOTA: Final = "spt_flow:quota_used_ratio"
_REQUESTED: Final = "spt_flow:cluster_requested_ratio"


def capacity_group(namespaces: Sequence[str], platform_namespace: str) -> Group:
    """Return the rules; volumes are those of `platform_namespace`, quotas those of all `namespaces`."""
    chosen = f'namespace=~"{"|".join(namespaces)}"'
    volumes = f'{{namespace="{platform_namespace}"}}'
    used, hard = (f'kube_resourcequota{{{chosen}, type="{kind}"}}' for kind in ("used", "hard"))
    asked, there = "kube_pod_container_resource_requests", "kube_node_status_allocatable"
    kinds = '{resource=~"cpu|memory"}'
    return Group(
        "spt-flow-capacity",
        (
            Record(
                _FREE, f"kubelet_volume_stats_available_bytes{volumes} / kubelet_volume_stats_capacity_bytes{volumes}"
            ),
            # A quota of 0 forbids; it is not full.
            Record(_QUOTA, f"{used} / ignoring(type) ({hard} > 0)"),
            Record(_REQUESTED, f"sum by (resource) ({asked}{kinds}) / sum by (resource) ({there}{kinds})"),
            *_alerts(),
        ),
    )


def _alerts() -> tuple[Alert, ...]:
    registry = f'persistentvolumeclaim="{DATA_CLAIM}"'
    left = "{{ $value | humanizePercentage }} of it is free."
    return (
        Alert(
            "RegistryVolumeFull",
            f"{_FREE}{{{registry}}} < {_NOTHING}",
            "5m",
            "critical",
            "The registry's volume is full: images cannot be pushed",
            left,
        ),
        Alert(
            "RegistryVolumeFilling",
            f"{_FREE}{{{registry}}} < {_LITTLE}",
            "30m",
            "warning",
            "The registry's volume fills up",
            left,
        ),
        Alert(
            "PlatformVolumeFilling",
            f'{_FREE}{{persistentvolumeclaim!="{DATA_CLAIM}"}} < {_LITTLE}',
            "30m",
            "warning",
            "A volume of the platform fills up",
            "Of {{ $labels.persistentvolumeclaim }} {{ $value | humanizePercentage }} is free.",
        ),
        Alert(
            "QuotaNearlyUsed",
            f"{_QUOTA} > {_MOST}",
            "30m",
            "warning",
            "A namespace has nearly used what it may use",
            "{{ $labels.namespace }} uses {{ $value | humanizePercentage }} of its {{ $labels.resource }}.",
        ),
        Alert(
            "ClusterNearlyFull",
            f"{_REQUESTED} > {_MOST}",
            "30m",
            "warning",
            "The cluster has hardly any room for more pods",
            "{{ $value | humanizePercentage }} of its {{ $labels.resource }} is asked for.",
        ),
        Alert(
            "WorkspacePending",
            'sum by (pod) (kube_pod_status_phase{namespace="coder-workspace", phase="Pending"}) > 0',
            "10m",
            "warning",
            "A workspace's pod waits",
            "{{ $labels.pod }} has been Pending for ten minutes.",
        ),
    )
