"""A pod in the workspace namespace: volumes, names and Service addresses work as a developer expects."""

from typing import Any

import pytest

from tests.integration.conftest import Platform

pytestmark = pytest.mark.lab

NAMESPACE = "coder-workspace"


def claim(name: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "64Mi"}}},
    }


def test_a_volume_keeps_its_data_over_a_pod_restart(platform: Platform) -> None:
    pod = platform.pod("keeper", image=platform.shell_image.reference, command=["sleep", "600"])
    pod["spec"]["volumes"] = [{"name": "data", "persistentVolumeClaim": {"claimName": "kept"}}]
    pod["spec"]["containers"][0]["volumeMounts"] = [{"name": "data", "mountPath": "/data"}]
    try:
        platform.kubectl.apply(claim("kept"), pod)
        platform.kubectl.wait("pod/keeper", "condition=Ready", namespace=NAMESPACE)
        platform.kubectl.run("-n", NAMESPACE, "exec", "keeper", "--", "sh", "-c", "echo survives > /data/file")
        platform.kubectl.delete("pod/keeper", namespace=NAMESPACE)
        platform.kubectl.apply(pod)
        platform.kubectl.wait("pod/keeper", "condition=Ready", namespace=NAMESPACE)
        read = platform.kubectl.run("-n", NAMESPACE, "exec", "keeper", "--", "cat", "/data/file")
        assert read.stdout == "survives\n"
    finally:
        platform.kubectl.delete("pod/keeper", namespace=NAMESPACE)
        platform.kubectl.delete("persistentvolumeclaim/kept", namespace=NAMESPACE)


def test_names_and_service_addresses_work_from_a_pod(platform: Platform) -> None:
    pod = platform.pod("asker", image=platform.shell_image.reference, command=["sleep", "600"])
    try:
        platform.kubectl.apply(pod)
        platform.kubectl.wait("pod/asker", "condition=Ready", namespace=NAMESPACE)
        looked_up = platform.kubectl.run(
            "-n", NAMESPACE, "exec", "asker", "--", "nslookup", "registry.coder.svc.cluster.local"
        )
        assert str(platform.instance.registry_address) in looked_up.stdout
        answered = platform.kubectl.run(
            "-n",
            NAMESPACE,
            "exec",
            "asker",
            "--",
            "wget",
            "-q",
            "-O",
            "-",
            "http://registry.coder.svc.cluster.local:5000/v2/",
        )
        assert answered.stdout.strip() == "{}"
    finally:
        platform.kubectl.delete("pod/asker", namespace=NAMESPACE)
