"""What the state keeps of a release: its inputs, the names of its objects and its status."""

__all__ = ["INPUTS", "recorded_inputs", "release_outputs", "resource_names"]

from collections.abc import Mapping
from typing import Any

import yaml

from lab.plugins.kubernetes.helm_release_client import InstalledRelease
from lab.plugins.kubernetes.helm_release_inputs import merge_values, revealed
from lab.plugins.kubernetes.state import mark_secrets
from lab.plugins.protocol.values import UNKNOWN, Properties, Secret

INPUTS = "__inputs"
_COMPUTED = frozenset({INPUTS, "resourceNames", "status", "checksum"})


def recorded_inputs(outputs: Properties) -> Properties:
    """Return the inputs the outputs came from, secrets wrapped as they were."""
    inputs = outputs.get(INPUTS)
    inputs = inputs.value if isinstance(inputs, Secret) else inputs
    if isinstance(inputs, dict):
        return {key: value for key, value in inputs.items() if key not in _COMPUTED}
    return {key: value for key, value in outputs.items() if key not in _COMPUTED}


def release_outputs(inputs: Properties, release: InstalledRelease | None) -> Properties:
    """Return the outputs of a release made from `inputs`; without one (in a preview), what only it tells is unknown."""
    outputs: Properties = {**inputs, INPUTS: Secret(inputs)}
    if release is None:
        return {**outputs, "resourceNames": UNKNOWN, "status": UNKNOWN}
    plain = {**revealed(inputs), "version": release.version}
    plain["values"] = merge_values(plain.get("values") or {}, dict(release.values))
    return {
        **mark_secrets(plain, inputs),
        INPUTS: outputs[INPUTS],
        "resourceNames": resource_names(release.manifest),
        "status": {
            "appVersion": release.app_version,
            "chart": release.chart,
            "name": release.name,
            "namespace": release.namespace,
            "revision": release.revision,
            "status": release.status,
            "version": release.version,
        },
    }


class _ManifestLoader(yaml.CSafeLoader):
    """YAML as Kubernetes reads it: `=` is a string, and nothing becomes a date."""


_ManifestLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":value", ":timestamp"))]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def resource_names(manifest: str) -> dict[str, list[str]]:
    """Return the objects of a manifest: names (`namespace/name` where it says one) by `Kind.group/apiVersion`."""
    names: dict[str, set[str]] = {}
    for document in yaml.load_all(manifest, Loader=_ManifestLoader):
        if isinstance(document, dict) and document.get("kind"):
            names.setdefault(_group_kind(document), set()).add(_name(document))
    return {key: sorted(found) for key, found in sorted(names.items())}


def _group_kind(document: Mapping[str, Any]) -> str:
    version = str(document.get("apiVersion", ""))
    group = version.rpartition("/")[0]
    kind = str(document["kind"])
    return f"{kind}.{group}/{version}" if group else f"{kind}/{version}"


def _name(document: Mapping[str, Any]) -> str:
    metadata = document.get("metadata") or {}
    name, namespace = str(metadata.get("name", "")), metadata.get("namespace")
    return f"{namespace}/{name}" if namespace else name
