"""What a program says about a release: checked, completed with defaults, and the values put together."""

__all__ = ["complete_inputs", "imported_inputs", "merge_values", "revealed"]

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from core.errors import UsageError
from lab.plugins.kubernetes.naming import unique_name
from lab.plugins.kubernetes.state import mark_secrets
from lab.plugins.protocol.requests import CheckRequest
from lab.plugins.protocol.results import CheckFailure
from lab.plugins.protocol.values import UNKNOWN, Asset, Properties, Secret, Value, contains_secret, reveal

# Every input there is, with its default. The state holds them all, as it does with the official plugin.
_DEFAULTS: Properties = {
    "allowNullValues": False,
    "atomic": False,
    "chart": "",
    "cleanupOnFail": False,
    "createNamespace": False,
    "dependencyUpdate": False,
    "description": "",
    "devel": False,
    "disableCRDHooks": False,
    "disableOpenapiValidation": False,
    "disableWebhooks": False,
    "forceUpdate": False,
    "keyring": "",
    "lint": False,
    "name": "",
    "namespace": "",
    "postrender": "",
    "recreatePods": False,
    "renderSubchartNotes": False,
    "replace": False,
    "resetValues": False,
    "reuseValues": False,
    "skipAwait": False,
    "skipCrds": False,
    "takeOwnership": False,
    "timeout": 0,
    "values": {},
    "verify": False,
    "version": "",
    "waitForJobs": False,
}
_REPOSITORY_KEYS = ("caFile", "certFile", "keyFile", "password", "repo", "username")
_TIMEOUT_SECONDS = 300
# Accepted and left out: outputs of releases made by older plugins, which programs may still name.
_IGNORED = frozenset({"resourceNames", "compat"})
_OPTIONAL: dict[str, type] = {"maxHistory": int, "repositoryOpts": dict, "valueYamlFiles": list}
_UNSUPPORTED = {
    "manifest": "the rendered manifests are not an input; leave it out",
    "disableCRDHooks": "helm has no such switch any more; use 'skipCrds' or 'disableWebhooks'",
}
_MAY_BE_SECRET = frozenset({"values", "valueYamlFiles", "repositoryOpts"})


def revealed(inputs: Mapping[str, Value]) -> dict[str, Any]:
    """Return the inputs without Secret wrappers; for helm, never for messages."""
    return {key: reveal(value) for key, value in inputs.items()}


def merge_values(base: Value, over: Value) -> Value:
    """Return the values of `base` with those of `over` laid over them, key by key, as helm merges files."""
    if isinstance(base, Secret) or isinstance(over, Secret):
        return Secret(merge_values(reveal(base), reveal(over)))
    if not isinstance(base, dict) or not isinstance(over, dict):
        return over
    return {**base, **{key: merge_values(base[key], item) if key in base else item for key, item in over.items()}}


def complete_inputs(request: CheckRequest, namespace: str) -> tuple[Properties, list[CheckFailure]]:
    """Return all inputs with defaults, and what is wrong with them; `namespace` is the provider's default."""
    news = {key: value for key, value in request.news.items() if key not in _IGNORED and value is not None}
    failures = _failures(news)
    if failures:
        return request.news, failures
    complete: Properties = {**_DEFAULTS, **news}
    complete.pop("valueYamlFiles", None)
    try:
        complete["values"] = _values(news)
        complete["name"] = _name(request, news)
    except UsageError as error:
        return request.news, [CheckFailure("valueYamlFiles" if "valueYamlFiles" in str(error) else "name", str(error))]
    complete["namespace"] = complete["namespace"] or namespace
    if "timeout" not in news and complete["skipAwait"] is not True:
        complete["timeout"] = _TIMEOUT_SECONDS
    if complete["verify"] is True and not complete["keyring"]:
        complete["keyring"] = str(Path.home() / ".gnupg" / "pubring.gpg")
    if isinstance(options := complete.get("repositoryOpts"), dict):
        complete["repositoryOpts"] = {**dict.fromkeys(_REPOSITORY_KEYS, ""), **options}
    return mark_secrets(complete, complete), []


def imported_inputs(name: str, namespace: str, values: Properties, chart: str, version: str) -> Properties:
    """Return the inputs of a release no program has described yet.

    helm's records do not say where its chart came from: it is looked for in the working directory under the usual
    names, else the bare name stands.
    """
    candidates = (f"{chart}-{version}", f"{chart}-{version}.tgz", chart, f"{chart}.tgz")
    here = (
        candidate for candidate in candidates if Path(candidate, "Chart.yaml").is_file() or Path(candidate).is_file()
    )
    return {
        **_DEFAULTS,
        "chart": next(here, chart),
        "name": name,
        "namespace": namespace,
        "timeout": _TIMEOUT_SECONDS,
        "values": values,
        "version": version,
    }


def _failures(news: Properties) -> list[CheckFailure]:
    failures = [failure for key, value in news.items() if (failure := _failure(key, value)) is not None]
    if not news.get("chart"):
        failures.append(CheckFailure("chart", "The chart is missing: name a folder, an archive, or a chart to fetch."))
    return failures


def _failure(key: str, value: Value) -> CheckFailure | None:
    if key in _UNSUPPORTED and value not in (False, None):
        return CheckFailure(key, f"The input '{key}' is not supported: {_UNSUPPORTED[key]}.")
    if key not in _DEFAULTS and key not in _OPTIONAL:
        return CheckFailure(key, f"The input '{key}' is not one of a release: {', '.join(sorted(_DEFAULTS))}.")
    if key not in _MAY_BE_SECRET and contains_secret(value):
        return CheckFailure(key, f"The input '{key}' must not be a secret: helm takes it on its command line.")
    expected = _OPTIONAL.get(key) or type(_DEFAULTS[key])
    found = reveal(value)
    negative = isinstance(found, int) and found < 0
    if found is UNKNOWN or (type(found) is expected and not negative):
        return None
    wanted = {bool: "true or false", int: "a whole number, 0 or more", str: "a string", dict: "a map", list: "a list"}
    return CheckFailure(key, f"The input '{key}' must be {wanted[expected]}, not {type(found).__name__}.")


def _name(request: CheckRequest, news: Properties) -> Value:
    if news.get("name"):
        return news["name"]
    if request.olds and request.olds.get("name"):
        return request.olds["name"]
    if request.autonaming is not None and request.autonaming.mode == "disable":
        raise UsageError(f"The release '{request.name}' has no 'name', and autonaming is disabled.")
    if request.autonaming is not None and request.autonaming.proposed_name:
        return request.autonaming.proposed_name
    return unique_name(f"{request.name}-", request.random_seed)


def _values(news: Properties) -> Value:
    files, values = news.get("valueYamlFiles") or [], news.get("values", {})
    merged: Value = {}
    for file in reveal(files):
        if file is UNKNOWN:
            return UNKNOWN
        merged = merge_values(merged, _read(file))
    if files and contains_secret(files):
        merged = Secret(merged)
    return UNKNOWN if reveal(files) is UNKNOWN or values is UNKNOWN else merge_values(merged, values)


def _read(file: Value) -> dict[str, Any]:
    if not isinstance(file, Asset) or (file.text is None and file.path is None):
        raise UsageError("Each of 'valueYamlFiles' must be a file or text asset.")
    try:
        text = file.text if file.text is not None else Path(os.fspath(file.path or "")).read_text(encoding="utf-8")
        loaded = yaml.safe_load(text)
    except OSError as error:
        raise UsageError(f"The file '{file.path}' of 'valueYamlFiles' cannot be read: {error.strerror}.") from None
    except yaml.YAMLError:
        # The parser's own message quotes the line, which may hold a secret.
        raise UsageError(f"The file '{file.path or 'text asset'}' of 'valueYamlFiles' is not YAML.") from None
    if loaded is not None and not isinstance(loaded, dict):
        raise UsageError(f"The file '{file.path or 'text asset'}' of 'valueYamlFiles' must hold a map.")
    return loaded or {}
