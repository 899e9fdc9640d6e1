"""Secrets that 1Password's operator makes out of items: the program declares which, and never sees a value."""

__all__ = [
    "OPERATOR_FIELDS",
    "OnePasswordItems",
    "OnePasswordItemsArgs",
    "build_item",
    "item_key",
    "items_args",
    "workspace_items_args",
]

import re
from collections.abc import Mapping
from typing import Final, TypedDict

import pulumi

from components.bare_object import BareObject
from components.manifest import Manifest, object_metadata
from components.secret import SecretKey
from settings import SecretSourceSettings
from settings.secret_items import SecretItem

_API: Final = "onepassword.com/v1"
_COMPONENT: Final = "secrets"
OPERATOR_FIELDS: Final = ("credential",)
"""The field of an item that says none: the key in its Secret has to be known before anybody has looked."""

# Names of their own: a Secret of the program's beside an item of its name would be overwritten by turns.
_NAMES: Final = {
    "coderConnectToken": "onepassword-connect-token",
    "coderGithubClientSecret": "onepassword-github-client",
    "databaseUrl": "onepassword-database",
}
# The operator restarts what uses the Secret when the item changes.
_RESTART: Final = "operator.1password.io/auto-restart"
# The engine waits for the Secret's being there, so that no pod is started before.
_WAIT: Final = "pulumi.com/waitFor"
_WAIT_TIME: Final = "3m"
_EDGES: Final = re.compile(r"^[^A-Za-z0-9._-]+|[^A-Za-z0-9._-]+$")
_INSIDE: Final = re.compile(r"[^A-Za-z0-9._-]+")


class OnePasswordItemsArgs(TypedDict):
    """Which items there are to be."""

    namespace: str  # no Input: Secrets are named with it
    """Namespace of the items, and of the Secrets made of them."""
    paths: Mapping[str, str]  # no Inputs: resources are named after the keys
    """Path of each item in 1Password, by the name of the Secret that is made of it."""


class OnePasswordItems(pulumi.ComponentResource):
    """Items whose Secrets are there: whatever depends on the whole component can use them."""

    def __init__(self, name: str, args: OnePasswordItemsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("spt-flow:index:OnePasswordItems", name, None, opts)
        child = pulumi.ResourceOptions(
            parent=self, custom_timeouts=pulumi.CustomTimeouts(create=_WAIT_TIME, update=_WAIT_TIME)
        )
        for secret, path in sorted(args["paths"].items()):
            BareObject(f"{name}-{secret}", build_item(secret, args["namespace"], path), child)
        self.register_outputs({})


def build_item(name: str, namespace: str, path: str) -> Manifest:
    """Return an item; the operator makes a Secret of its name, with a key for each field."""
    annotations = {_WAIT: "condition=Ready", _RESTART: "true"}
    return {
        "apiVersion": _API,
        "kind": "OnePasswordItem",
        "metadata": {**object_metadata(name, namespace, _COMPONENT), "annotations": annotations},
        "spec": {"itemPath": path},
    }


def items_args(source: SecretSourceSettings, namespace: str) -> OnePasswordItemsArgs | None:
    """Return the arguments of the items that stand for settings, None if the stack has none."""
    items = source.secrets_items if source.secrets_source == "operator" else {}
    return _args(namespace, {_NAMES[key]: item for key, item in items.items()}, source.secrets_vault)


def workspace_items_args(source: SecretSourceSettings, namespace: str) -> OnePasswordItemsArgs | None:
    """Return the arguments of the items that workspaces read, None if the stack has none."""
    return _args(namespace, source.workspace_secret_items, source.secrets_vault)


def item_key(source: SecretSourceSettings, setting: str) -> SecretKey | None:
    """Return the Secret and the key that a setting comes from; None if not from an item by the operator."""
    if source.secrets_source != "operator" or setting not in source.secrets_items:
        return None
    # The operator makes keys of labels: what a key cannot have goes at the edges, and is a hyphen inside.
    label = source.secrets_items[setting].field or OPERATOR_FIELDS[0]
    return SecretKey(_NAMES[setting], _INSIDE.sub("-", _EDGES.sub("", label)))


def _args(namespace: str, items: Mapping[str, SecretItem], vault: str) -> OnePasswordItemsArgs | None:
    paths = {name: f"vaults/{item.vault or vault}/items/{item.item}" for name, item in items.items()}
    return {"namespace": namespace, "paths": paths} if paths else None
