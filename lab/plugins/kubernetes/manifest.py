"""Kubernetes objects as plain dictionaries: reading fields, and the way between them and Pulumi properties."""

__all__ = [
    "Manifest",
    "annotation",
    "api_version_of",
    "generation_of",
    "kind_of",
    "labels_of",
    "metadata_of",
    "name_of",
    "namespace_of",
    "pluck",
    "set_annotation",
    "set_name",
    "set_namespace",
    "to_manifest",
    "to_properties",
    "uid_of",
]

from typing import Any, TypeAlias

from lab.plugins.protocol.values import Properties, Value, reveal

# An object of the API: its shape is the cluster's and is only known at run time.
Manifest: TypeAlias = dict[str, Any]

# Fields whose names no SDK language can spell; programs and state use the spelling with underscores.
_DASHED = {
    name.replace("-", "_"): name
    for name in (
        "x-kubernetes-embedded-resource",
        "x-kubernetes-int-or-string",
        "x-kubernetes-list-map-keys",
        "x-kubernetes-list-type",
        "x-kubernetes-map-type",
        "x-kubernetes-preserve-unknown-fields",
        "x-kubernetes-validations",
    )
}
_UNDERSCORED = {dashed: underscored for underscored, dashed in _DASHED.items()}


def _rename_keys(value: Value, names: dict[str, str]) -> Value:
    match value:
        case dict():
            return {names.get(key, key): _rename_keys(item, names) for key, item in value.items()}
        case list():
            return [_rename_keys(item, names) for item in value]
        case _:
            return value


def to_manifest(properties: Properties) -> Manifest:
    """Return the object as the API spells it: without secret wrappers, with dashed extension fields."""
    manifest: Manifest = _rename_keys(reveal(properties), _DASHED)
    return manifest


def to_properties(manifest: Manifest) -> Properties:
    """Return the object as programs and state spell it; shares nothing with `manifest`."""
    properties: Properties = _rename_keys(manifest, _UNDERSCORED)
    return properties


def pluck(manifest: object, *path: str) -> Any:  # noqa: ANN401 - a field may hold anything
    """Return the field at `path`, or None where any step of it is missing or no mapping."""
    for key in path:
        if not isinstance(manifest, dict):
            return None
        manifest = manifest.get(key)
    return manifest


def api_version_of(manifest: Manifest) -> str:
    """Return `apiVersion`, or ""."""
    found = manifest.get("apiVersion")
    return found if isinstance(found, str) else ""


def kind_of(manifest: Manifest) -> str:
    """Return `kind`, or ""."""
    found = manifest.get("kind")
    return found if isinstance(found, str) else ""


def metadata_of(manifest: Manifest) -> dict[str, Any]:
    """Return `metadata`, or an empty mapping when it is missing or unknown."""
    found = manifest.get("metadata")
    return found if isinstance(found, dict) else {}


def _text(manifest: Manifest, key: str) -> str:
    found = metadata_of(manifest).get(key)
    return found if isinstance(found, str) else ""


def name_of(manifest: Manifest) -> str:
    """Return `metadata.name`, or "" when it is missing or unknown."""
    return _text(manifest, "name")


def namespace_of(manifest: Manifest) -> str:
    """Return `metadata.namespace`, or "" when it is missing or unknown."""
    return _text(manifest, "namespace")


def uid_of(manifest: Manifest) -> str:
    """Return `metadata.uid`, or ""."""
    return _text(manifest, "uid")


def generation_of(manifest: Manifest) -> int:
    """Return `metadata.generation`, or 0 for kinds that have none."""
    found = metadata_of(manifest).get("generation")
    return found if isinstance(found, int) else 0


def labels_of(manifest: Manifest) -> dict[str, Any]:
    """Return `metadata.labels`, or an empty mapping."""
    found = metadata_of(manifest).get("labels")
    return found if isinstance(found, dict) else {}


def annotation(manifest: Manifest, key: str) -> str:
    """Return an annotation's value, or ""."""
    annotations = metadata_of(manifest).get("annotations")
    found = annotations.get(key) if isinstance(annotations, dict) else None
    return found if isinstance(found, str) else ""


def _writable(manifest: Manifest, key: str, parent: Manifest | None = None) -> dict[str, Any] | None:
    holder = manifest if parent is None else parent
    if holder.get(key) is None:
        holder[key] = {}
    found = holder[key]
    return found if isinstance(found, dict) else None


def set_name(manifest: Manifest, name: str) -> None:
    """Set `metadata.name` in place; does nothing while `metadata` is unknown."""
    if (metadata := _writable(manifest, "metadata")) is not None:
        metadata["name"] = name


def set_namespace(manifest: Manifest, namespace: str) -> None:
    """Set `metadata.namespace` in place; does nothing while `metadata` is unknown."""
    if (metadata := _writable(manifest, "metadata")) is not None:
        metadata["namespace"] = namespace


def set_annotation(manifest: Manifest, key: str, value: str) -> None:
    """Set an annotation in place; does nothing while `metadata` or its annotations are unknown."""
    if (metadata := _writable(manifest, "metadata")) is None:
        return
    if (annotations := _writable(manifest, "annotations", metadata)) is not None:
        annotations[key] = value
