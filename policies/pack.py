"""What is in the pack: its name and its rules."""

__all__ = ["CHANGE_RULES", "NAME", "RULES"]

from typing import Any, Final

from policies.change_rule import ChangeRule
from policies.rule import EngineRule
from policies.rules.access_url import ACCESS_URL_RULE
from policies.rules.binding_grants import BINDING_GRANTS
from policies.rules.business_hours import BUSINESS_HOURS
from policies.rules.claim_storage import CLAIM_STORAGE
from policies.rules.config_map_secrets import CONFIG_MAP_SECRETS
from policies.rules.entry_snippets import ENTRY_SNIPPETS
from policies.rules.gateway_tls import GATEWAY_TLS
from policies.rules.home_snapshots import HOME_SNAPSHOTS
from policies.rules.host_agreement import HOST_AGREEMENT
from policies.rules.image_digests import IMAGE_DIGESTS
from policies.rules.image_registries import IMAGE_REGISTRIES
from policies.rules.image_tags import IMAGE_TAGS
from policies.rules.ingress_tls import INGRESS_TLS
from policies.rules.metadata_secrets import METADATA_SECRETS
from policies.rules.namespace_admission import NAMESPACE_ADMISSION
from policies.rules.namespace_guards import NAMESPACE_GUARDS
from policies.rules.namespace_pod_security import NAMESPACE_POD_SECURITY
from policies.rules.object_identity import OBJECT_IDENTITY
from policies.rules.object_labels import OBJECT_LABELS
from policies.rules.object_names import OBJECT_NAMES
from policies.rules.onepassword_vaults import ONEPASSWORD_VAULTS
from policies.rules.plain_inputs import PLAIN_INPUTS
from policies.rules.quota_kvm import QUOTA_KVM
from policies.rules.release_options import RELEASE_OPTIONS
from policies.rules.release_replicas import RELEASE_REPLICAS
from policies.rules.release_resources import RELEASE_RESOURCES
from policies.rules.release_source import RELEASE_SOURCE
from policies.rules.release_values import RELEASE_VALUES
from policies.rules.resource_patches import RESOURCE_PATCHES
from policies.rules.role_rights import ROLE_RIGHTS
from policies.rules.route_hosts import ROUTE_HOSTS
from policies.rules.route_redirects import ROUTE_REDIRECTS
from policies.rules.service_exposure import SERVICE_EXPOSURE
from policies.rules.snapshot_class import SNAPSHOT_CLASS
from policies.rules.volume_host_paths import VOLUME_HOST_PATHS
from policies.rules.volume_protection import VOLUME_PROTECTION
from policies.rules.volume_replacement import VOLUME_REPLACEMENT
from policies.rules.workload_api_token import WORKLOAD_API_TOKEN
from policies.rules.workload_apparmor import WORKLOAD_APPARMOR
from policies.rules.workload_capabilities import WORKLOAD_CAPABILITIES
from policies.rules.workload_ephemeral_storage import WORKLOAD_EPHEMERAL_STORAGE
from policies.rules.workload_host_namespaces import WORKLOAD_HOST_NAMESPACES
from policies.rules.workload_host_paths import WORKLOAD_HOST_PATHS
from policies.rules.workload_host_ports import WORKLOAD_HOST_PORTS
from policies.rules.workload_host_probes import WORKLOAD_HOST_PROBES
from policies.rules.workload_host_process import WORKLOAD_HOST_PROCESS
from policies.rules.workload_kvm import WORKLOAD_KVM
from policies.rules.workload_limits import WORKLOAD_LIMITS
from policies.rules.workload_non_root import WORKLOAD_NON_ROOT
from policies.rules.workload_privilege_escalation import WORKLOAD_PRIVILEGE_ESCALATION
from policies.rules.workload_privileged import WORKLOAD_PRIVILEGED
from policies.rules.workload_proc_mount import WORKLOAD_PROC_MOUNT
from policies.rules.workload_seccomp import WORKLOAD_SECCOMP
from policies.rules.workload_secrets import WORKLOAD_SECRETS
from policies.rules.workload_selinux import WORKLOAD_SELINUX
from policies.rules.workload_shape import WORKLOAD_SHAPE
from policies.rules.workload_sysctls import WORKLOAD_SYSCTLS
from policies.rules.workload_volume_types import WORKLOAD_VOLUME_TYPES

NAME: Final = "spt-flow"
"""The pack's name, as the engine shows it."""

RULES: Final[tuple[EngineRule[Any], ...]] = (
    RESOURCE_PATCHES,
    WORKLOAD_SHAPE,
    WORKLOAD_LIMITS,
    WORKLOAD_EPHEMERAL_STORAGE,
    WORKLOAD_PRIVILEGED,
    WORKLOAD_HOST_NAMESPACES,
    WORKLOAD_HOST_PORTS,
    WORKLOAD_HOST_PROCESS,
    WORKLOAD_HOST_PROBES,
    WORKLOAD_CAPABILITIES,
    WORKLOAD_PROC_MOUNT,
    WORKLOAD_SECCOMP,
    WORKLOAD_APPARMOR,
    WORKLOAD_SELINUX,
    WORKLOAD_SYSCTLS,
    WORKLOAD_PRIVILEGE_ESCALATION,
    WORKLOAD_NON_ROOT,
    WORKLOAD_VOLUME_TYPES,
    WORKLOAD_HOST_PATHS,
    VOLUME_HOST_PATHS,
    WORKLOAD_KVM,
    QUOTA_KVM,
    IMAGE_TAGS,
    IMAGE_REGISTRIES,
    IMAGE_DIGESTS,
    WORKLOAD_SECRETS,
    CONFIG_MAP_SECRETS,
    METADATA_SECRETS,
    PLAIN_INPUTS,
    ONEPASSWORD_VAULTS,
    SERVICE_EXPOSURE,
    INGRESS_TLS,
    ENTRY_SNIPPETS,
    GATEWAY_TLS,
    ROUTE_HOSTS,
    ROUTE_REDIRECTS,
    ACCESS_URL_RULE,
    HOST_AGREEMENT,
    NAMESPACE_POD_SECURITY,
    NAMESPACE_GUARDS,
    NAMESPACE_ADMISSION,
    ROLE_RIGHTS,
    BINDING_GRANTS,
    WORKLOAD_API_TOKEN,
    CLAIM_STORAGE,
    VOLUME_PROTECTION,
    SNAPSHOT_CLASS,
    HOME_SNAPSHOTS,
    BUSINESS_HOURS,
    RELEASE_SOURCE,
    RELEASE_VALUES,
    RELEASE_RESOURCES,
    RELEASE_REPLICAS,
    RELEASE_OPTIONS,
    OBJECT_LABELS,
    OBJECT_IDENTITY,
    OBJECT_NAMES,
)
"""Every rule that the engine runs."""

CHANGE_RULES: Final[tuple[ChangeRule[Any], ...]] = (VOLUME_REPLACEMENT,)
"""Every rule about what a plan does to things that are there; the engine shows no policy its plan."""
