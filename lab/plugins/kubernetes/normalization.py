"""What Check changes in a program's inputs, so that inputs which mean the same look the same."""

__all__ = ["normalize"]

import base64
import binascii
import copy

from lab.plugins.kubernetes.kinds import from_manifest, is_custom_definition
from lab.plugins.kubernetes.manifest import Manifest, metadata_of, pluck
from lab.plugins.protocol.values import contains_unknown

_SERVER_METADATA = (
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "uid",
)


def _recode(value: object) -> object:
    """Return base64 text as the API server spells it after decoding; anything else as it is, to be judged there."""
    if not isinstance(value, str):
        return value
    try:
        return base64.b64encode(base64.b64decode("".join(value.split()), validate=True)).decode()
    except (binascii.Error, ValueError):
        return value


def _normalize_secret(manifest: Manifest) -> None:
    """Fold `stringData` into `data`, as the API server does."""
    data = manifest.get("data")
    texts = manifest.get("stringData")
    if data is not None and not isinstance(data, dict):
        return
    merged = {key: _recode(value) for key, value in (data or {}).items()}
    if isinstance(texts, dict) and all(isinstance(text, str) for text in texts.values()):
        merged |= {key: base64.b64encode(text.encode()).decode() for key, text in texts.items()}
        del manifest["stringData"]
    if merged or data is not None:
        manifest["data"] = merged


def normalize(manifest: Manifest) -> Manifest:
    """Return a copy without what only the server sets, a Secret's text encoded; unknown parts stay as they are."""
    result = copy.deepcopy(manifest)
    for key in _SERVER_METADATA:
        metadata_of(result).pop(key, None)
    if contains_unknown(result):
        return result
    if is_custom_definition(result):
        result.pop("status", None)
        if pluck(result, "spec", "preserveUnknownFields") is False:
            del result["spec"]["preserveUnknownFields"]
    named = from_manifest(result)
    if (named.group, named.kind) == ("", "Secret"):
        _normalize_secret(result)
    return result
