"""The lab's chart: it takes what Coder's own takes, does something with each value, and refuses the rest."""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

import versions
from components.coder_chart_values import ChartPart, ChartValues
from components.coder_values import build_values
from core.command import Command
from core.errors import CommandFailedError
from lab.toolchain import toolchain_bin
from tests.unit.components.coder_server import SERVER
from tests.unit.lab.charts.coder_chart import CHART, UNUSED, chart_schema, render

_SAMPLES: Final[Mapping[str, Any]] = {
    "coder.env": [{"name": "EXTRA", "value": "1"}],
    "coder.envFrom": [{"secretRef": {"name": "extra"}}],
    "coder.envUseClusterAccessURL": False,
    "coder.image.repo": "registry.example.com/coder",
    "coder.image.tag": "1.2.3",
    "coder.image.pullPolicy": "Always",
    "coder.image.pullSecrets": [{"name": "pull"}],
    "coder.replicaCount": 2,
    "coder.strategy": {"type": "Recreate"},
    "coder.serviceAccount.workspacePerms": False,
    "coder.serviceAccount.enableDeployments": False,
    "coder.serviceAccount.extraRules": [{"apiGroups": [""], "resources": ["services"], "verbs": ["get"]}],
    "coder.serviceAccount.workspaceNamespaces": [{"name": "elsewhere"}],
    "coder.serviceAccount.annotations": {"a": "b"},
    "coder.serviceAccount.name": "another",
    "coder.serviceAccount.disableCreate": True,
    "coder.securityContext": {"runAsUser": 5},
    "coder.podSecurityContext": {"fsGroup": 5},
    "coder.priorityClassName": "high",
    "coder.resources": {"limits": {"cpu": "3"}},
    "coder.volumes": [{"name": "v", "emptyDir": {}}],
    "coder.volumeMounts": [{"name": "v", "mountPath": "/v"}],
    "coder.initContainers": [{"name": "first", "image": "x:1"}],
    "coder.lifecycle": {"preStop": {"sleep": {"seconds": 1}}},
    "coder.certs.secrets": [{"name": "authority", "key": "ca.crt"}],
    "coder.service.enable": False,
    "coder.service.type": "NodePort",
    "coder.service.sessionAffinity": "ClientIP",
    "coder.service.annotations": {"a": "b"},
    "coder.nodeSelector": {"a": "b"},
    "coder.tolerations": [{"key": "a", "operator": "Exists"}],
    "coder.affinity": {"nodeAffinity": {}},
    "coder.topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"}],
    "coder.annotations": {"a": "b"},
    "coder.labels": {"a": "b"},
    "coder.podAnnotations": {"a": "b"},
    "coder.podLabels": {"a": "b"},
    "coder.command": ["/bin/other"],
    "coder.commandArgs": ["server", "--verbose"],
    "provisionerDaemon.pskSecretName": "psk",
    **{
        f"coder.{probe}.{key}": value
        for probe in ("readinessProbe", "livenessProbe")
        for key, value in {
            "initialDelaySeconds": 7,
            "periodSeconds": 7,
            "timeoutSeconds": 7,
            "successThreshold": 2,
            "failureThreshold": 7,
        }.items()
    },
    "coder.readinessProbe.enabled": False,
    "coder.livenessProbe.enabled": True,
}
_NEEDS: Final = {"coder.livenessProbe": {"coder": {"livenessProbe": {"enabled": True}}}}
"""What else has to be set for a value to matter."""


def _leaves(model: type[ChartPart] = ChartValues, prefix: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        inner = [part for part in getattr(field.annotation, "__args__", ()) if isinstance(part, type)]
        parts = [part for part in inner if issubclass(part, ChartPart)]
        if parts:
            yield from _leaves(parts[0], f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


def _nested(path: str, value: object) -> dict[str, Any]:
    for part in reversed(path.split(".")):
        value = {part: value}
    assert isinstance(value, dict)
    return value


def _laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        both = isinstance(below.get(key), Mapping) and isinstance(value, Mapping)
        merged[key] = _laid_over(below[key], value) if both else value
    return merged


def test_every_known_value_is_used_or_said_to_be_unused() -> None:
    leaves = set(_leaves())
    unused = {leaf for leaf in leaves if any(leaf == path or leaf.startswith(f"{path}.") for path in UNUSED)}
    assert leaves - unused == set(_SAMPLES)
    assert all(reason for reason in UNUSED.values())


@pytest.mark.parametrize("path", sorted(_SAMPLES))
def test_every_value_changes_what_is_rendered(path: str) -> None:
    needed: Mapping[str, Any] = next(
        (values for prefix, values in _NEEDS.items() if path.startswith(f"{prefix}.") and path != f"{prefix}.enabled"),
        {},
    )
    assert render(_laid_over(needed, _nested(path, _SAMPLES[path]))) != render(needed)


def test_the_schema_is_what_the_program_knows_without_what_is_unused(request: pytest.FixtureRequest) -> None:
    file = CHART / "values.schema.json"
    if request.config.getoption("--update-golden"):
        file.write_text(json.dumps(chart_schema(), indent=2) + "\n", encoding="utf-8")
    assert json.loads(file.read_text(encoding="utf-8")) == chart_schema()


@pytest.mark.parametrize("path", ["coder.colour", "colour", "coder.image.rep", *UNUSED])
def test_helm_refuses_what_the_chart_has_no_use_for(path: str) -> None:
    with pytest.raises(CommandFailedError, match="not allowed"):
        render(_nested(path, {}))


def test_the_programs_values_rendered(golden: Callable[[str, Any], None]) -> None:
    golden("coder-chart", render(build_values(SERVER)))


def test_the_pod_passes_the_restricted_standard() -> None:
    (spec,) = [
        document["spec"]["template"]["spec"]
        for document in render(build_values(SERVER))
        if document["kind"] == "Deployment"
    ]
    (container,) = spec["containers"]
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert container["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
    assert container["securityContext"]["runAsNonRoot"] is True
    assert all(set(volume) <= {"name", "emptyDir"} for volume in spec["volumes"])


def test_the_charts_version_is_that_of_the_labs_coder() -> None:
    text = (CHART / "Chart.yaml").read_text(encoding="utf-8")
    assert f"version: {versions.CODER_LAB}\nappVersion: {versions.CODER_LAB}\n" in text


def _own_chart(folder: Path) -> Path:
    """Return a copy of Coder's own chart of the lab's version, which comes with its Go module."""
    module = Path.home() / "go/pkg/mod/github.com/coder/coder" / f"v2@v{versions.CODER_LAB}" / "helm"
    if not module.is_dir():
        pytest.skip("needs Coder's Go module in the module cache, which building the lab's Coder leaves there")
    for chart in ("coder", "libcoder"):
        shutil.copytree(module / chart, folder / chart, copy_function=shutil.copyfile)
        (folder / chart).chmod(0o755)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    helm = Command("helm", path=[toolchain_bin()], env={"HOME": str(folder)})
    helm.run("dependency", "build", str(folder / "coder"), "--skip-refresh")
    return folder / "coder"


def _essence(documents: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the two charts must agree on: the pod's own fields, and which objects there are."""
    (pod,) = [document["spec"]["template"] for document in documents if document["kind"] == "Deployment"]
    (container,) = pod["spec"]["containers"]
    own = ("command", "livenessProbe", "readinessProbe", "lifecycle")  # the image's, and the kubelet's patience
    variables = {variable["name"]: variable for variable in container["env"]}
    # A debugging server, which listens only if it is asked for.
    variables.pop("CODER_PPROF_ADDRESS", None)
    return {
        "objects": sorted((document["kind"], document["metadata"]["name"]) for document in documents),
        "account": pod["spec"]["serviceAccountName"],
        "grace": pod["spec"]["terminationGracePeriodSeconds"],
        "security": pod["spec"].get("securityContext"),
        "volumes": pod["spec"]["volumes"],
        "selected": {key: pod["metadata"]["labels"][f"app.kubernetes.io/{key}"] for key in ("name", "instance")},
        "container": {key: value for key, value in container.items() if key not in (*own, "env")},
        "variables": variables,
    }


def test_coders_own_chart_makes_the_same_of_the_programs_values(tmp_path: Path) -> None:
    values = build_values(SERVER)
    assert _essence(render(values)) == _essence(render(values, _own_chart(tmp_path)))
