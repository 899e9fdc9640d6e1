"""Which kinds there are: type tokens, API groups built into Kubernetes, and the scope of built-in kinds."""

__all__ = ["GroupVersionKind", "from_manifest", "from_token", "is_custom_definition", "is_list_type", "is_patch_type"]

from dataclasses import dataclass

from lab.plugins.kubernetes.manifest import Manifest, api_version_of, kind_of
from lab.plugins.protocol.errors import UnsupportedTypeError

PLUGIN = "kubernetes"
COVERED = (
    "kubernetes:<group>/<version>:<Kind> of every built-in and custom kind",
    "kubernetes:<group>/<version>:<Kind>Patch",
    "kubernetes:helm.sh/v3:Release",
)

# Modules of the SDK that look like an API group but hold components, which the engine cannot create by itself.
_COMPONENT_GROUPS = frozenset({"helm.sh", "kustomize", "yaml", "meta"})

_BUILT_IN_GROUPS = frozenset(
    {
        "",
        "admissionregistration.k8s.io",
        "apiextensions.k8s.io",
        "apiregistration.k8s.io",
        "apps",
        "autoscaling",
        "batch",
        "certificates.k8s.io",
        "coordination.k8s.io",
        "discovery.k8s.io",
        "events.k8s.io",
        "extensions",
        "flowcontrol.apiserver.k8s.io",
        "networking.k8s.io",
        "node.k8s.io",
        "policy",
        "rbac.authorization.k8s.io",
        "resource.k8s.io",
        "scheduling.k8s.io",
        "storage.k8s.io",
        "storagemigration.k8s.io",
    }
)

_CLUSTER_SCOPED = frozenset(
    {
        "APIService",
        "CSIDriver",
        "CSINode",
        "CertificateSigningRequest",
        "ClusterRole",
        "ClusterRoleBinding",
        "ClusterTrustBundle",
        "CustomResourceDefinition",
        "DeviceClass",
        "FlowSchema",
        "IPAddress",
        "IngressClass",
        "MutatingAdmissionPolicy",
        "MutatingAdmissionPolicyBinding",
        "MutatingWebhookConfiguration",
        "Namespace",
        "Node",
        "PersistentVolume",
        "PriorityClass",
        "PriorityLevelConfiguration",
        "ResourceSlice",
        "RuntimeClass",
        "ServiceCIDR",
        "StorageClass",
        "StorageVersionMigration",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
        "VolumeAttachment",
        "VolumeAttributesClass",
    }
)


@dataclass(frozen=True)
class GroupVersionKind:
    """A kind's full name; the core group is ""."""

    group: str
    version: str
    kind: str

    @property
    def api_version(self) -> str:
        """Return `group/version` as objects spell it, `v1` for the core group."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def built_in(self) -> bool:
        """Return whether the group comes with Kubernetes (not by a CustomResourceDefinition)."""
        return self.group in _BUILT_IN_GROUPS

    @property
    def namespaced(self) -> bool | None:
        """Return whether objects live in a namespace; None where only the cluster can tell."""
        return self.kind not in _CLUSTER_SCOPED if self.built_in else None

    def __str__(self) -> str:
        return f"{self.api_version}/{self.kind}"


def _split(api_version: str) -> tuple[str, str]:
    group, slash, version = api_version.rpartition("/")
    return ("" if group == "core" else group, version) if slash else ("", api_version)


def from_manifest(manifest: Manifest) -> GroupVersionKind:
    """Return the kind an object says it is of; its fields may be empty."""
    group, version = _split(api_version_of(manifest))
    return GroupVersionKind(group, version, kind_of(manifest))


def from_token(token: str) -> GroupVersionKind:
    """Return the kind of a type token such as `kubernetes:apps/v1:Deployment`; raise UnsupportedTypeError if none."""
    package, _, rest = token.partition(":")
    module, _, kind = rest.partition(":")
    group, version = _split(module)
    if package != PLUGIN or module.count("/") != 1 or not version or not kind or group in _COMPONENT_GROUPS:
        raise UnsupportedTypeError(PLUGIN, token, COVERED)
    return GroupVersionKind(group, version, kind)


def is_list_type(token: str) -> bool:
    """Return whether the token names a list of built-in objects, such as `kubernetes:core/v1:ConfigMapList`."""
    named = from_token(token)
    return named.built_in and named.kind.endswith("List")


def is_patch_type(token: str, manifest: Manifest) -> bool:
    """Return whether the resource manages some fields of an object that something else owns."""
    kind = kind_of(manifest)
    return bool(kind) and token.rpartition(":")[2] == f"{kind}Patch"


def is_custom_definition(manifest: Manifest) -> bool:
    """Return whether the object is a CustomResourceDefinition."""
    named = from_manifest(manifest)
    return named.group == "apiextensions.k8s.io" and named.kind == "CustomResourceDefinition"
