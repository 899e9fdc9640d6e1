"""Values for Coder's chart held against what the chart knows, and the user's laid over the program's."""

__all__ = ["check_values", "check_version", "merge_extra_values"]

import difflib
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import ValidationError

from components.coder_chart_values import ChartPart, ChartValues
from core.coder_chart import KEYS_SINCE, chart_version
from core.errors import UsageError

_SETTINGS: Final = {
    "coder.replicaCount": "coderReplicas",
    "coder.image.repo": "coderImage",
    "coder.image.tag": "coderImage",
    "coder.resources": "coderCpuRequest, coderCpuLimit, coderMemoryRequest and coderMemoryLimit",
    "coder.service": "coderClusterIp (the Service is the program's own)",
    "coder.ingress": "coderEntry",
    "coder.httproute": "coderEntry",
    "coder.listenerset": "coderEntry",
    "coder.securityContext": "nothing: the namespace takes no less",
    "coder.envUseClusterAccessURL": "coderAccessUrl",
    "coder.serviceAccount.workspacePerms": "nothing: the program gives Coder its rights in the workspaces' namespace",
}
"""Values that settings decide, and which."""

_JOINED: Final = ("env", "envFrom", "volumes", "volumeMounts", "initContainers", "tolerations")
"""Lists of ours that extra values add to; any other list takes the place of ours."""


def check_values(values: Mapping[str, Any], *, source: str) -> None:
    """Raise UsageError for a key that the chart does not know, or a value of the wrong kind, in `source`."""
    try:
        ChartValues.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
    else:
        return
    path = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        known = _keys_beside(first["loc"])
        close = difflib.get_close_matches(str(first["loc"][-1]), known, n=1, cutoff=0.7)
        hint = f"did you mean {close[0]}?" if close else f"there are: {', '.join(known)}."
        raise UsageError(f"{source} has the key {path}, which Coder's chart does not know; {hint}")
    message = first["msg"][0].lower() + first["msg"][1:]
    raise UsageError(f"{source} has a value under {path} that the chart cannot take: {message}.")


def check_version(values: Mapping[str, Any], version: str) -> None:
    """Raise UsageError for a key that the chart of this version does not know yet."""
    present = set(_paths(values))
    for path, since in KEYS_SINCE.items():
        if path in present and chart_version(version) < chart_version(since):
            raise UsageError(
                f"The key {path} is known to Coder's chart since {since}, and coderChartVersion is {version}."
            )


def merge_extra_values(values: Mapping[str, Any], extra: Mapping[str, Any]) -> dict[str, Any]:
    """Return our values with the user's laid over them; raise UsageError for one that a setting decides."""
    present = set(_paths(extra))
    for path, setting in _SETTINGS.items():
        if path in present:
            raise UsageError(f"The setting coderExtraValues has the key {path}, which is decided by {setting}.")
    merged = _merge(values, extra)
    names = [variable["name"] for variable in merged.get("coder", {}).get("env", [])]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(
            f"The setting coderExtraValues has the variable {twice[0]} under coder.env, which is set already."
        )
    return merged


def _merge(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(ours)
    for key, value in theirs.items():
        mine = ours.get(key)
        if isinstance(mine, Mapping) and isinstance(value, Mapping):
            merged[key] = _merge(mine, value)
        elif isinstance(mine, list) and isinstance(value, list) and key in _JOINED:
            merged[key] = [*mine, *value]
        else:
            merged[key] = value
    return merged


def _paths(values: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for key, value in values.items():
        path = f"{prefix}{key}"
        yield path
        if isinstance(value, Mapping):
            yield from _paths(value, f"{path}.")


def _keys_beside(location: tuple[int | str, ...]) -> list[str]:
    """Return the known keys of the object that holds the unknown one, by walking down the types."""
    model: Any = ChartValues
    for part in location[:-1]:
        if isinstance(part, str) and isinstance(model, type) and issubclass(model, ChartPart):
            model = _model_in(model.model_fields[part].annotation)
    return sorted(model.model_fields) if isinstance(model, type) and issubclass(model, ChartPart) else []


def _model_in(annotation: Any) -> Any:  # noqa: ANN401 - any type expression
    """Return the model inside an annotation such as `list[Model] | None`, else None."""
    if isinstance(annotation, type) and issubclass(annotation, ChartPart):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        found = _model_in(inner)
        if found is not None:
            return found
    return None
