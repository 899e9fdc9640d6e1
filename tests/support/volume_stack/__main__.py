"""A small program: a namespace, and in it a ConfigMap and, unless left out, a volume claim of a class that is set."""

from pathlib import Path

import pulumi
import pulumi_kubernetes as kubernetes

NAMESPACE = "volumes"

config = pulumi.Config()
storage_class = config.get("storageClass")
provider = kubernetes.Provider(
    "cluster",
    kubeconfig=pulumi.Output.secret(Path(config.require("kubeconfigPath")).read_text(encoding="utf-8")),
    context=config.require("kubeContext"),
    enable_config_map_mutable=True,
    enable_secret_mutable=True,
)
options = pulumi.ResourceOptions(provider=provider)
namespace = kubernetes.core.v1.Namespace("namespace", metadata={"name": NAMESPACE}, opts=options)
kubernetes.core.v1.ConfigMap(
    "settings",
    metadata={"name": "settings", "namespace": namespace.metadata.name},
    data={"class": storage_class or ""},
    opts=options,
)
if storage_class:
    kubernetes.core.v1.PersistentVolumeClaim(
        "data",
        metadata={
            "name": "data",
            "namespace": namespace.metadata.name,
            "annotations": {"pulumi.com/skipAwait": "true"},
        },
        spec={
            "access_modes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Gi"}},
            "storage_class_name": storage_class,
        },
        opts=options,
    )
