"""1Password's operator, standing in for the real one: makes a Secret of each OnePasswordItem, and says so.

Keys are labels as the real one spells them; an item that is not there leaves a condition with the reason.
"""

import base64
import re
from typing import Any, Final
from urllib.error import HTTPError

from tests.standins.controller import PlayedController
from tests.standins.onepassword_connect.server import Item
from tests.support.apiserver import ApiServer

__all__ = ["Operator"]

_ITEMS: Final = "/apis/onepassword.com/v1/onepassworditems"
_CONFLICT: Final = 409
_TIME: Final = "2026-11-22T00:00:00Z"


class Operator(PlayedController):
    """Works until the end of the block; `items` are what its token opens."""

    def __init__(self, server: ApiServer, items: list[Item]) -> None:
        super().__init__(server)
        self.items = items

    def _look(self) -> None:
        for item in self._server.request("GET", _ITEMS)["items"]:
            if not item.get("status"):
                self._settle(item)

    def _settle(self, wanted: dict[str, Any]) -> None:
        metadata, path = wanted["metadata"], wanted["spec"]["itemPath"]
        found = next((item for item in self.items if path == f"vaults/{item.vault}/items/{item.title}"), None)
        condition = {"type": "Ready", "status": "False", "message": f"no item at {path}", "lastTransitionTime": _TIME}
        if found is not None:
            labels = {**found.fields, **{key: value for part in found.sections.values() for key, value in part.items()}}
            data = {_key(label): base64.b64encode(value.encode()).decode() for label, value in labels.items()}
            owner = {
                "apiVersion": wanted["apiVersion"],
                "kind": wanted["kind"],
                "name": metadata["name"],
                "uid": metadata["uid"],
            }
            body = {"metadata": {"name": metadata["name"], "ownerReferences": [owner]}, "data": data}
            self._post(f"/api/v1/namespaces/{metadata['namespace']}/secrets", body)
            condition = {**condition, "status": "True", "message": ""}
        place = (
            f"/apis/onepassword.com/v1/namespaces/{metadata['namespace']}/onepassworditems/{metadata['name']}/status"
        )
        merge = "application/merge-patch+json"
        self._server.request("PATCH", place, {"status": {"conditions": [condition]}}, merge)

    def _post(self, path: str, body: object) -> None:
        try:
            self._server.request("POST", path, body)
        except HTTPError as error:
            if error.code != _CONFLICT:
                raise


def _key(label: str) -> str:
    trimmed = re.sub(r"(^[^a-zA-Z0-9._-]+|[^a-zA-Z0-9._-]+$)", "", label)
    return re.sub(r"[^a-zA-Z0-9._-]+", "-", trimmed)
