"""`onepassword:index/getVault:getVault` and `getItem`, by a Connect server, with the official plugin's semantics."""

__all__ = ["OnePasswordProvider"]

import asyncio
import os
from collections.abc import Callable
from typing import ClassVar, Final

from core.errors import SptFlowError
from lab.plugins.onepassword.connect_api import ConnectApi
from lab.plugins.onepassword.results import item_result, vault_result
from lab.plugins.onepassword.vaults import LookupFailedError, Vaults, find_item, find_vault
from lab.plugins.protocol.errors import UnsupportedFunctionError, UnsupportedTypeError
from lab.plugins.protocol.provider import Provider
from lab.plugins.protocol.requests import (
    CheckRequest,
    ConfigureRequest,
    CreateRequest,
    DeleteRequest,
    DiffRequest,
    InvokeRequest,
    ReadRequest,
    UpdateRequest,
)
from lab.plugins.protocol.results import CheckResult, CreateResult, DiffResult, InvokeResult, ReadResult
from lab.plugins.protocol.values import UNKNOWN, Properties, reveal

_GET_VAULT: Final = "onepassword:index/getVault:getVault"
_GET_ITEM: Final = "onepassword:index/getItem:getItem"
_ENVIRONMENT: Final = {"url": "OP_CONNECT_HOST", "token": "OP_CONNECT_TOKEN"}
_NOT_COVERED: Final = ("account", "serviceAccountToken")


class OnePasswordProvider(Provider):
    """Looks vaults and items up; there is no resource type here.

    `open_vaults` makes the server of a URL and a token; checks without a network give one of their own.
    """

    name: ClassVar[str] = "onepassword"

    def __init__(self, open_vaults: Callable[[str, str], Vaults] = ConnectApi) -> None:
        self._open_vaults = open_vaults
        self._arguments: Properties = {}

    async def configure(self, request: ConfigureRequest) -> None:
        """Take URL and token; what is missing comes from the variables that the official plugin reads."""
        self._arguments = {**request.args}
        for name in _NOT_COVERED:
            if reveal(request.args.get(name)):
                raise SptFlowError(f"The input '{name}' is not covered by this edition: it knows Connect servers only.")

    async def invoke(self, request: InvokeRequest) -> InvokeResult:
        """Look up one vault or one item."""
        if request.token not in (_GET_VAULT, _GET_ITEM):
            raise UnsupportedFunctionError(self.name, request.token)
        args = {key: "" if value is None else reveal(value) for key, value in request.args.items()}
        return InvokeResult(await asyncio.to_thread(self._look_up, request.token, args))

    async def check(self, request: CheckRequest) -> CheckResult:
        """Refuse: items are made by people."""
        raise self._unsupported(request.type)

    async def diff(self, request: DiffRequest) -> DiffResult:
        """Refuse, as above."""
        raise self._unsupported(request.type)

    async def create(self, request: CreateRequest) -> CreateResult:
        """Refuse, as above."""
        raise self._unsupported(request.type)

    async def read(self, request: ReadRequest) -> ReadResult:
        """Refuse, as above."""
        raise self._unsupported(request.type)

    async def update(self, request: UpdateRequest) -> Properties:
        """Refuse, as above."""
        raise self._unsupported(request.type)

    async def delete(self, request: DeleteRequest) -> None:
        """Refuse, as above."""
        raise self._unsupported(request.type)

    def _look_up(self, token: str, args: Properties) -> Properties:
        vaults = self._vaults()
        what = "vault" if token == _GET_VAULT else "item"
        try:
            if token == _GET_VAULT:
                return vault_result(find_vault(vaults, name=args.get("name", ""), identifier=args.get("uuid", "")))
            found = find_item(
                vaults, vault=args.get("vault", ""), title=args.get("title", ""), identifier=args.get("uuid", "")
            )
            return item_result(found)
        except LookupFailedError as error:
            said = error.message
            shown = said if said.startswith(("No vault", "Multiple")) else f"Unable to read {what}, got error: {said}"
            raise SptFlowError(f"Client Error: {shown}") from None

    def _vaults(self) -> Vaults:
        values = {name: self._argument(name) for name in _ENVIRONMENT}
        if not all(values.values()):
            raise SptFlowError(
                "Client init failure: Client failed to initialize, got error: Invalid provider configuration. Either "
                'Connect credentials ("token" and "url") or Service Account ("service_account_token" or "account") '
                "credentials should be set."
            )
        return self._open_vaults(values["url"], values["token"])

    def _argument(self, name: str) -> str:
        value = reveal(self._arguments.get(name))
        return "" if value is UNKNOWN else str(value or os.environ.get(_ENVIRONMENT[name], ""))

    def _unsupported(self, resource_type: str) -> UnsupportedTypeError:
        return UnsupportedTypeError(self.name, resource_type, ["no resource type, only getVault and getItem"])
