"""A small program: a namespace, ConfigMaps, a Secret and a Deployment whose names and content follow the generation."""

from pathlib import Path

import pulumi
import pulumi_kubernetes as kubernetes
import pulumi_random as random

CONFIG_MAPS = 6
LABELS = {"app.kubernetes.io/managed-by": "small-stack"}

config = pulumi.Config()
generation = config.require_int("generation")
namespace_name = config.require("namespace")
limits = {"cpu": "100m", "memory": "32Mi"} if config.get_bool("limits") is not False else {}

provider = kubernetes.Provider(
    "cluster",
    kubeconfig=pulumi.Output.secret(Path(config.require("kubeconfigPath")).read_text(encoding="utf-8")),
    context=config.require("kubeContext"),
    enable_config_map_mutable=True,
    enable_secret_mutable=True,
)
options = pulumi.ResourceOptions(provider=provider)
namespace = kubernetes.core.v1.Namespace("namespace", metadata={"name": namespace_name, "labels": LABELS}, opts=options)
for index in range(CONFIG_MAPS):
    # The even ones change in place, the odd ones get a new name each generation: created and deleted.
    name = f"map-{index}" if index % 2 == 0 else f"map-{index}-{generation}"
    kubernetes.core.v1.ConfigMap(
        name,
        metadata={"name": name, "namespace": namespace.metadata.name, "labels": LABELS},
        data={"generation": str(generation)},
        opts=options,
    )
password = random.RandomPassword("password", length=24)
kubernetes.core.v1.Secret(
    "secret",
    metadata={"name": "secret", "namespace": namespace.metadata.name, "labels": LABELS},
    string_data={"password": password.result},
    opts=options,
)
kubernetes.apps.v1.Deployment(
    "sleeper",
    metadata={"name": "sleeper", "namespace": namespace.metadata.name, "labels": LABELS},
    spec={
        "replicas": 1,
        "selector": {"match_labels": LABELS},
        "template": {
            "metadata": {"labels": LABELS, "annotations": {"generation": str(generation)}},
            "spec": {
                "host_network": config.get_bool("hostNetwork") is True,
                "termination_grace_period_seconds": 0,
                "containers": [
                    {
                        "name": "sleeper",
                        "image": config.require("image"),
                        "command": ["sleep", "3600"],
                        "resources": {"limits": limits, "requests": limits},
                    }
                ],
            },
        },
    },
    opts=options,
)
