"""The provider's own inputs: what a program passes to `kubernetes.Provider`, with the official defaults."""

__all__ = ["ClientSettings", "ProviderSettings", "decode", "read"]

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.errors import UsageError
from lab.plugins.kubernetes.replacement import Mutability
from lab.plugins.protocol.values import Properties, reveal

_DEFAULT_TIMEOUT = 32.0


@dataclass(frozen=True)
class ClientSettings:
    """How requests are made: at most `qps` a second and `burst` at once (None: no limit), `timeout` in seconds."""

    qps: float | None = None
    burst: int | None = None
    timeout: float = _DEFAULT_TIMEOUT


@dataclass(frozen=True)
class ProviderSettings:
    """The provider's inputs, typed. `kubeconfig` is a path or a kubeconfig's text and may hold credentials."""

    kubeconfig: str | None = field(default=None, repr=False)
    context: str | None = None
    cluster: str | None = None
    namespace: str | None = None
    delete_unreachable: bool = False
    skip_update_unreachable: bool = False
    patch_force: bool = False
    upsert_existing: bool = False
    mutability: Mutability = field(default_factory=Mutability)
    client: ClientSettings = field(default_factory=ClientSettings)


def decode(value: Any) -> Any:  # noqa: ANN401 - the shape is the argument's
    """Return an argument that may have come as its JSON text."""
    value = reveal(value)
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _text(args: Properties, name: str) -> str | None:
    value = reveal(args.get(name))
    if isinstance(value, dict):
        return json.dumps(value)
    return value if isinstance(value, str) and value else None


def _kubeconfig(args: Properties) -> str | None:
    """Return the kubeconfig as a path or text, also where a text came as a JSON string."""
    value = decode(args.get("kubeconfig"))
    return value if isinstance(value, str) and value else _text(args, "kubeconfig")


def _number(name: str, value: object) -> float | None:
    if value is None or value == "":
        return None
    try:
        number = float(str(value))
    except ValueError:
        raise UsageError(f"The provider setting '{name}' is '{value}', which is no number.") from None
    if number <= 0:
        raise UsageError(f"The provider setting '{name}' is {value}, which must be more than 0.")
    return number


def _client(args: Properties, environment: Mapping[str, str]) -> ClientSettings:
    given = decode(args.get("kubeClientSettings"))
    given = given if isinstance(given, dict) else {}

    def setting(name: str) -> float | None:
        value = given.get(name)
        written = environment.get(f"PULUMI_K8S_CLIENT_{name.upper()}") if value is None else value
        return _number(f"kubeClientSettings.{name}", decode(written))

    burst = setting("burst")
    return ClientSettings(setting("qps"), int(burst) if burst else None, setting("timeout") or _DEFAULT_TIMEOUT)


def read(args: Properties, environment: Mapping[str, str] = os.environ) -> ProviderSettings:
    """Return the settings in a Provider's arguments; the official environment variables fill the gaps."""

    def flag(name: str, variable: str, *, default: bool = False) -> bool:
        value = decode(args.get(name))
        if value is None:
            value = decode(environment.get(variable))
        return default if value is None else value is True

    if not flag("enableServerSideApply", "PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY", default=True):
        raise UsageError(
            "The provider setting 'enableServerSideApply' is false; this edition of the plugin 'kubernetes' always "
            "uses server-side apply, the official plugin can do without."
        )
    if _text(args, "renderYamlToDirectory"):
        raise UsageError(
            "The provider setting 'renderYamlToDirectory' is not covered by this edition of the plugin 'kubernetes'; "
            "the official plugin has it."
        )
    return ProviderSettings(
        kubeconfig=_kubeconfig(args),
        context=_text(args, "context"),
        cluster=_text(args, "cluster"),
        namespace=_text(args, "namespace"),
        delete_unreachable=flag("deleteUnreachable", "PULUMI_K8S_DELETE_UNREACHABLE"),
        skip_update_unreachable=flag("skipUpdateUnreachable", "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE"),
        patch_force=flag("enablePatchForce", "PULUMI_K8S_ENABLE_PATCH_FORCE"),
        upsert_existing=flag("upsertExistingObjects", "PULUMI_K8S_UPSERT_EXISTING_OBJECTS"),
        mutability=Mutability(
            config_maps=flag("enableConfigMapMutable", "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE"),
            secrets=flag("enableSecretMutable", "PULUMI_K8S_ENABLE_SECRET_MUTABLE"),
        ),
        client=_client(args, environment),
    )
