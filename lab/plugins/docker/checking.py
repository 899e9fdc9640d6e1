"""Checking an image's inputs: types, defaults, names that can be pushed, and the digest of the build context."""

__all__ = ["check_image"]

from pathlib import Path

from core.errors import SptFlowError
from lab.plugins.docker.context_digest import context_digest
from lab.plugins.docker.inputs import check_inputs, complete_build
from lab.plugins.docker.names import registry_host
from lab.plugins.protocol.results import CheckFailure, CheckResult
from lab.plugins.protocol.values import UNKNOWN, Output, Properties, Secret, Value, reveal


def check_image(given: Properties) -> CheckResult:
    """Return the completed inputs and what is wrong with them; reads the build context where it is known."""
    failures = check_inputs(given)
    if failures:
        return CheckResult(given, failures)
    inputs = _without_nulls(given)
    if not isinstance(reveal(inputs.get("buildOnPreview")), bool):
        inputs["buildOnPreview"] = False
    inputs["build"] = complete_build(inputs.get("build"))
    build = reveal(inputs["build"])
    try:
        if isinstance(build, dict) and isinstance(build["context"], str) and isinstance(build["dockerfile"], str):
            context, dockerfile = Path(build["context"]), Path(build["dockerfile"])
            if problem := _misplaced(context, dockerfile):
                return CheckResult(given, (CheckFailure("build.dockerfile", problem),))
            inputs["build"] = _with_digest(inputs["build"], context_digest(context, dockerfile))
        _check_names(reveal(inputs))
    except SptFlowError as error:
        return CheckResult(given, (CheckFailure("build", str(error)),))
    return CheckResult(inputs)


def _without_nulls(value: Value) -> Value:
    match value:
        case dict():
            return {key: _without_nulls(item) for key, item in value.items() if item is not None}
        case Secret():
            return Secret(_without_nulls(value.value))
        case Output():
            return Output(_without_nulls(value.value), value.secret, value.dependencies)
        case _:
            return value


def _misplaced(context: Path, dockerfile: Path) -> str:
    """Return what is wrong with where the Dockerfile is said to be; empty if nothing is."""
    if dockerfile.exists():
        return ""
    if not dockerfile.is_absolute() and (context / dockerfile).exists():
        return f"there is no file '{dockerfile}'; did you mean '{context / dockerfile}'?"
    return f"there is no file '{dockerfile}' (it is looked for from the program's folder, not from the context)"


def _with_digest(build: Value, digest: str) -> Value:
    match build:
        case Secret():
            return Secret(_with_digest(build.value, digest))
        case Output():
            return Output(_with_digest(build.value, digest), build.secret, build.dependencies)
        case _:
            return {**build, "contextDigest": digest}


def _check_names(inputs: Properties) -> None:
    """Raise SptFlowError when a push, or a cache, would not know its registry."""
    build = inputs["build"] if isinstance(inputs["build"], dict) else {}
    cache = build.get("cacheFrom")
    images = cache.get("images") if isinstance(cache, dict) else None
    known = [image for image in images if isinstance(image, str)] if isinstance(images, list) else []
    name = inputs["imageName"]
    if name is UNKNOWN or (inputs.get("skipPush") is True and not known):
        return
    registry = inputs.get("registry")
    server = registry.get("server") if isinstance(registry, dict) else None
    host = registry_host(server if isinstance(server, str) else None, name)
    for image in known:
        registry_host(host, image)
