"""The inputs of an image: their types, the defaults the official plugin fills in, and what a build needs of them."""

__all__ = ["BuildSettings", "ImageSettings", "check_inputs", "complete_build"]

import platform as machine
import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from lab.plugins.protocol.input_types import boolean, string, typed, unwrap
from lab.plugins.protocol.results import CheckFailure
from lab.plugins.protocol.values import UNKNOWN, Output, Properties, Secret, Value, contains_secret, is_secret, reveal

DOCKERFILE: Final = "Dockerfile"
BUILD_KIT: Final = "BuilderBuildKit"
_GO_MACHINES: Final = {"x86_64": "amd64", "aarch64": "arm64"}


@dataclass(frozen=True)
class BuildSettings:
    """How to build; secrets are in clear here."""

    context: str
    dockerfile: str
    platform: str
    target: str | None
    network: str | None
    args: Mapping[str, str] = field(repr=False)
    secret_args: frozenset[str]
    cache_from: tuple[str, ...]
    add_hosts: tuple[str, ...]


@dataclass(frozen=True)
class ImageSettings:
    """What to build and where to push it; secrets are in clear here."""

    name: str
    build: BuildSettings
    skip_push: bool
    server: str
    username: str
    password: str = field(repr=False)

    @classmethod
    def of(cls, inputs: Properties) -> "ImageSettings":
        """Return the settings in checked inputs that are all known."""
        plain = reveal(inputs)
        registry = plain.get("registry") or {}
        build = plain["build"]
        return cls(
            name=plain["imageName"],
            build=BuildSettings(
                context=build["context"],
                dockerfile=build["dockerfile"],
                platform=build["platform"],
                target=build.get("target") or None,
                network=build.get("network") or None,
                args={name: value for name, value in (build.get("args") or {}).items() if value is not None},
                secret_args=_secret_arguments(inputs),
                cache_from=tuple((build.get("cacheFrom") or {}).get("images") or ()),
                add_hosts=tuple(build.get("addHosts") or ()),
            ),
            skip_push=plain.get("skipPush") is True,
            server=registry.get("server") or "",
            username=registry.get("username") or "",
            password=registry.get("password") or "",
        )


def complete_build(build: Value) -> Value:
    """Return the `build` inputs with context, Dockerfile and platform filled in; what is unknown or secret stays so."""
    match build:
        case Secret():
            return Secret(complete_build(build.value))
        case Output():
            return Output(complete_build(build.value), build.secret, build.dependencies)
        case None | dict():
            return _completed(build or {})
        case _:
            return build


def _completed(given: Properties) -> Properties:
    context = given.get("context") or "."
    folder = unwrap(context)
    dockerfile = UNKNOWN if folder is UNKNOWN else posixpath.normpath(posixpath.join(folder, DOCKERFILE))
    defaults = {
        "context": context,
        "dockerfile": dockerfile,
        "platform": f"linux/{_GO_MACHINES.get(machine.machine(), machine.machine())}",
    }
    return {**given, **{name: value for name, value in defaults.items() if given.get(name) is None}}


def check_inputs(inputs: Properties) -> tuple[CheckFailure, ...]:
    """Return what is wrong with an image's inputs."""
    failures = _check(inputs, _INPUTS, "")
    if not failures and inputs.get("imageName") is None:
        failures.append(CheckFailure("imageName", "it is required"))
    return tuple(failures)


def _check(given: Value, known: Mapping[str, Callable[[Value], str]], prefix: str) -> list[CheckFailure]:
    failures = []
    for name, value in _plain_object(given).items():
        if name.startswith("__") or (not prefix and name == "version"):  # Pulumi's own
            continue
        path = f"{prefix}{name}"
        if name not in known:
            failures.append(
                CheckFailure(path, f"there is no input of this name; there are: {', '.join(sorted(known))}")
            )
        elif problem := known[name](value):
            failures.append(CheckFailure(path, problem))
        elif path in _OBJECTS:
            failures.extend(_check(value, _OBJECTS[path], f"{path}."))
    return failures


def _secret_arguments(inputs: Properties) -> frozenset[str]:
    build = inputs["build"]
    arguments = _plain_object(build).get("args")
    whole = is_secret(build) or is_secret(arguments)
    return frozenset(name for name, value in _plain_object(arguments).items() if whole or contains_secret(value))


def _plain_object(value: Value) -> Properties:
    opened = unwrap(value)
    return opened if isinstance(opened, dict) else {}


_list = typed(list, "a list of strings")
_object = typed(dict, "an object")


def _items(items: Mapping[str, Value]) -> str:
    return next((f"'{key}': {found}" for key, item in items.items() if (found := string(item))), "")


def _strings(value: Value) -> str:
    opened = unwrap(value)
    items = enumerate(opened) if isinstance(opened, list) else ()
    return _list(value) or _items({str(index): item for index, item in items})


def _string_map(value: Value) -> str:
    return _object(value) or _items(_plain_object(value))


def _cache(value: Value) -> str:
    opened = unwrap(value)
    if isinstance(opened, dict) and "images" not in opened:
        return "it must have the input 'images'"
    return _object(value)


def _builder(value: Value) -> str:
    opened = unwrap(value)
    if opened is None or opened is UNKNOWN or opened == BUILD_KIT:
        return ""
    return f"it is {opened!r}; this edition builds with '{BUILD_KIT}' alone"


_OBJECTS: Final[Mapping[str, Mapping[str, Callable[[Value], str]]]] = {
    "build": {
        "addHosts": _strings,
        "args": _string_map,
        "builderVersion": _builder,
        "cacheFrom": _cache,
        "context": string,
        "contextDigest": string,
        "dockerfile": string,
        "network": string,
        "platform": string,
        "target": string,
    },
    "build.cacheFrom": {"images": _strings},
    "registry": {"password": string, "server": string, "username": string},
}
_INPUTS: Final[Mapping[str, Callable[[Value], str]]] = {
    "build": _object,
    "buildOnPreview": boolean,
    "imageName": string,
    "registry": _object,
    "skipPush": boolean,
}
