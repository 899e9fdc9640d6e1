"""What the charts of releases render, by the real helm, as resources that the same rules judge."""

__all__ = ["RELEASE_TYPE", "RenderedRelease", "render_release"]

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pulumi_policy.proxy import UNKNOWN_STRING_VALUE

from core.command import Command
from core.errors import SptFlowError
from lab.plugins.kubernetes.charts import ChartReference
from lab.policy_check.manifests import manifest_resource
from lab.policy_check.plain_value import plain_value
from lab.policy_check.release_charts import ReleaseCharts
from lab.policy_check.yaml_documents import load_documents
from policies.resource import Resource

RELEASE_TYPE: Final = "kubernetes:helm.sh/v3:Release"

_SECONDS: Final = 60.0
_CHART_INPUTS: Final = ("chart", "version", "repositoryOpts", "devel", "verify", "keyring")
# Kinds without a namespace, by API group; an object of any other kind that names none lands in the release's.
_CLUSTER_SCOPED: Final = frozenset(
    {
        ("", "Namespace"),
        ("", "Node"),
        ("", "PersistentVolume"),
        ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"),
        ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
        ("apiextensions.k8s.io", "CustomResourceDefinition"),
        ("apiregistration.k8s.io", "APIService"),
        ("gateway.networking.k8s.io", "GatewayClass"),
        ("networking.k8s.io", "IngressClass"),
        ("node.k8s.io", "RuntimeClass"),
        ("rbac.authorization.k8s.io", "ClusterRole"),
        ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
        ("scheduling.k8s.io", "PriorityClass"),
        ("snapshot.storage.k8s.io", "VolumeSnapshotClass"),
        ("storage.k8s.io", "CSIDriver"),
        ("storage.k8s.io", "StorageClass"),
    }
)


@dataclass(frozen=True)
class RenderedRelease:
    """The objects of one release; `notes` are for the report, `gap` says why what it renders was not judged."""

    title: str
    resources: Sequence[Resource] = ()
    notes: Sequence[str] = ()
    gap: str = ""


def render_release(release: Resource, charts: ReleaseCharts, scratch: Path) -> RenderedRelease:
    """Render a release's chart with its values; values that are unknown stay unknown in what comes out.

    The values go to helm by a private file below `scratch`, which is removed at once.
    """
    inputs = plain_value(release.properties)
    name = _text(inputs.get("name")) or release.name
    title = f"Release '{name}'"
    if any(_has_mark(inputs.get(key)) for key in _CHART_INPUTS):
        return RenderedRelease(title, gap="the chart is not known before the update")
    chart = charts.fetched(ChartReference.of(inputs))
    notes = [chart.note] if chart.note else []
    if chart.path is None:
        return RenderedRelease(title, notes=notes, gap="the chart cannot be fetched here")
    namespace = _text(inputs.get("namespace")) or "default"
    try:
        text = _template(name, namespace, chart.path, inputs, scratch)
        documents = load_documents(text, f"what {title} renders")
    except SptFlowError:
        # helm's own words may quote a value.
        return RenderedRelease(title, notes=notes, gap="helm cannot render the chart with these values")
    origin = f"rendered by {title}"
    bodies = (document.body for document in documents if isinstance(document.body, dict))
    rendered = [manifest_resource(_placed(_marked(body), namespace), origin=origin) for body in bodies]
    return RenderedRelease(title, [each for each in rendered if each is not None], notes)


def _template(name: str, namespace: str, chart: Path, inputs: Mapping[str, Any], scratch: Path) -> str:
    with tempfile.TemporaryDirectory(dir=scratch, prefix="values-") as folder:
        values = Path(folder) / "values.json"
        descriptor = os.open(values, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(inputs.get("values") or {}, file)
        switches = ["--skip-crds"] if inputs.get("skipCrds") is True else ["--include-crds"]
        switches += ["--no-hooks"] if inputs.get("disableWebhooks") is True else []
        helm = Command("helm", env={"KUBECONFIG": os.devnull})
        arguments = ["--namespace", namespace, "--values", str(values), *switches]
        return helm.run("template", name, str(chart), *arguments, timeout=_SECONDS).stdout


def _placed(body: dict[str, Any], namespace: str) -> dict[str, Any]:
    """Return an object with the namespace helm installs it in."""
    group = str(body.get("apiVersion", "")).rpartition("/")[0]
    metadata = body.get("metadata")
    if (group, body.get("kind")) in _CLUSTER_SCOPED or not isinstance(metadata, dict) or metadata.get("namespace"):
        return body
    return {**body, "metadata": {**metadata, "namespace": namespace}}


def _marked(value: Any) -> Any:  # noqa: ANN401 - whatever YAML can hold
    """Return a value in which every text that holds something unknown is unknown as a whole."""
    if isinstance(value, dict):
        return {key: _marked(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_marked(each) for each in value]
    return UNKNOWN_STRING_VALUE if _has_mark(value) else value


def _has_mark(value: object) -> bool:
    if isinstance(value, str):
        return UNKNOWN_STRING_VALUE in value
    if isinstance(value, Mapping):
        return any(_has_mark(each) for each in value.values())
    return isinstance(value, list) and any(map(_has_mark, value))


def _text(value: object) -> str:
    return value if isinstance(value, str) and UNKNOWN_STRING_VALUE not in value else ""
