import base64
import hashlib
from collections.abc import Callable
from typing import Any

import pulumi
import pytest
import yaml

from components.registry import Registry, RegistryArgs
from components.registry_manifests import (
    build_config_map,
    build_deployment,
    build_http_secret,
    build_persistent_volume_claim,
    build_service,
    registry_config,
)
from tests.support.pack_verdict import broken_rules
from tests.support.recording import Registered, declare

_RESOURCES = {
    "requests": {"cpu": "100m", "memory": "128Mi", "ephemeral-storage": "64Mi"},
    "limits": {"cpu": "1", "memory": "1Gi", "ephemeral-storage": "256Mi"},
}
_ARGS: RegistryArgs = {
    "namespace": "coder",
    "image": "docker.io/library/registry:3.1.2",
    "storage": "100Gi",
    "protect_storage": True,
    "resources": _RESOURCES,
}


def _deployment(config: str = "{}") -> dict[str, Any]:
    return build_deployment("coder", image="registry:3.1.2", config=config, resources=_RESOURCES)


def _declare(args: RegistryArgs = _ARGS) -> dict[str, Registered]:
    return declare(lambda: Registry("registry", args))


def test_manifests(golden: Callable[[str, Any], None]) -> None:
    golden(
        "registry",
        [
            build_config_map("coder", registry_config()),
            build_http_secret("coder", "Z2VuZXJhdGVk"),
            build_persistent_volume_claim("coder", storage="100Gi", storage_class=None),
            _deployment(registry_config()),
            build_service("coder", None),
        ],
    )


def test_choices_are_written_only_when_made() -> None:
    claim = build_persistent_volume_claim("coder", storage="5Gi", storage_class="fast")
    assert claim["spec"]["storageClassName"] == "fast"
    assert build_service("coder", "10.98.0.50")["spec"]["clusterIP"] == "10.98.0.50"


def test_the_configuration_is_what_the_registry_reads() -> None:
    config = yaml.safe_load(registry_config())
    assert config["storage"]["delete"] == {"enabled": True}
    assert "cache" not in config["storage"]
    assert config["http"]["addr"] == ":5000"
    assert "secret" not in config["http"]


def test_a_changed_configuration_rolls_the_pod_and_nothing_else_does() -> None:
    def annotations(config: str) -> Any:  # noqa: ANN401 - part of a manifest
        return _deployment(config)["spec"]["template"]["metadata"]["annotations"]

    assert annotations("a") == {"spt-flow/config-checksum": hashlib.sha256(b"a").hexdigest()}
    assert annotations("a") == annotations("a")
    assert annotations("a") != annotations("b")


def test_the_pod_passes_the_restricted_standard() -> None:
    spec = _deployment()["spec"]["template"]["spec"]
    (container,) = spec["containers"]
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert spec["automountServiceAccountToken"] is False
    assert not any("hostPath" in volume for volume in spec["volumes"])


def test_two_registries_never_write_one_volume() -> None:
    spec = _deployment()["spec"]
    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})


def test_the_selectors_meet_the_pods() -> None:
    deployment, service = _deployment(), build_service("coder", None)
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    assert deployment["spec"]["selector"]["matchLabels"].items() <= labels.items()
    assert service["spec"]["selector"].items() <= labels.items()
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    named = {port["name"]: port["containerPort"] for port in container["ports"]}
    assert named[service["spec"]["ports"][0]["targetPort"]] == 5000
    assert {
        container[probe]["httpGet"]["port"] for probe in ("startupProbe", "livenessProbe", "readinessProbe")
    } <= set(named)


def test_the_deployment_keeps_the_platforms_own_rule() -> None:
    assert broken_rules("kubernetes:apps/v1:Deployment", _deployment()) == []


def test_everything_is_registered_as_built_under_the_component() -> None:
    found = _declare()
    assert {entry.name: entry.type for entry in found.values()} == {
        "registry": "spt-flow:index:Registry",
        "registry-config": "kubernetes:core/v1:ConfigMap",
        "registry-pvc": "kubernetes:core/v1:PersistentVolumeClaim",
        "registry-http-secret-value": "random:index/randomPassword:RandomPassword",
        "registry-http-secret": "kubernetes:core/v1:Secret",
        "registry-deployment": "kubernetes:apps/v1:Deployment",
        "registry-service": "kubernetes:core/v1:Service",
    }
    assert all(entry.parent == "registry" for name, entry in found.items() if name != "registry")
    built = {
        "registry-config": build_config_map("coder", registry_config()),
        "registry-pvc": build_persistent_volume_claim("coder", storage="100Gi", storage_class=None),
        "registry-deployment": build_deployment(
            "coder", image=_ARGS["image"], config=registry_config(), resources=_RESOURCES
        ),
        "registry-service": build_service("coder", None),
    }
    for name, manifest in built.items():
        assert found[name].inputs == manifest, name


def test_the_signing_secret_is_generated_and_stays_secret() -> None:
    found = _declare()
    secret = found["registry-http-secret"]
    assert secret.inputs["data"] == {"http-secret": base64.b64encode(b"generated-password").decode()}
    assert any(path.startswith("data") for path in secret.secrets)
    assert "result" in found["registry-http-secret-value"].secret_outputs
    assert "generated-password" not in str(found["registry-deployment"].inputs)
    (container,) = found["registry-deployment"].inputs["spec"]["template"]["spec"]["containers"]
    assert container["env"][0] == {
        "name": "REGISTRY_HTTP_SECRET",
        "valueFrom": {"secretKeyRef": {"name": secret.inputs["metadata"]["name"], "key": "http-secret"}},
    }


@pytest.mark.parametrize("protect", [True, False])
def test_the_volume_is_protected_by_choice(protect: bool) -> None:  # noqa: FBT001 - a column
    found = _declare({**_ARGS, "protect_storage": protect})
    assert {name for name, entry in found.items() if entry.protect} == ({"registry-pvc"} if protect else set())


def test_the_pod_comes_after_what_it_mounts_and_before_its_service() -> None:
    found = _declare()
    assert {"registry-config", "registry-pvc", "registry-http-secret"} <= found["registry-deployment"].depends_on
    assert "registry-deployment" in found["registry-service"].depends_on


def test_arguments_may_be_outputs() -> None:
    found = _declare(
        {**_ARGS, "image": pulumi.Output.from_input("x:1"), "cluster_ip": pulumi.Output.from_input("10.0.0.9")}
    )
    assert found["registry-deployment"].inputs["spec"]["template"]["spec"]["containers"][0]["image"] == "x:1"
    assert found["registry-service"].inputs["spec"]["clusterIP"] == "10.0.0.9"


def test_the_address_and_cluster_ip_are_outputs() -> None:
    seen: dict[str, Any] = {}

    def program() -> pulumi.Output[None]:
        registry = Registry("registry", _ARGS)
        return pulumi.Output.all(registry.address, registry.cluster_ip).apply(
            lambda values: seen.update(zip(("address", "cluster_ip"), values, strict=True))
        )

    declare(program)
    assert seen == {"address": "registry.coder.svc.cluster.local:5000", "cluster_ip": "10.96.0.7"}
