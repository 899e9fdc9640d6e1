"""Reading from a 1Password Connect server over its REST API."""

__all__ = ["ConnectApi"]

import http
import json
import urllib.error
import urllib.request
from typing import Any, Final
from urllib.parse import quote_plus

from lab.plugins.onepassword.vaults import LookupFailedError

_SECONDS: Final = 20.0
_MOST_BYTES: Final = 16 * 1024 * 1024


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Follow nothing: a redirect could carry the token to another host."""

    def redirect_request(self, *arguments: object, **named: object) -> None:
        """Refuse each."""


class ConnectApi:
    """One server and a token for it; `url` has no path. Calls block, for 20 s at most."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url.rstrip("/")
        self._token = token
        self._opener = urllib.request.build_opener(_NoRedirects)

    def vaults_by_name(self, name: str) -> list[dict[str, Any]]:
        """Return the vaults of this name that the token opens."""
        return self._list(f"/v1/vaults?filter={_filter(name)}")

    def vault(self, identifier: str) -> dict[str, Any]:
        """Return one vault."""
        return self._object(f"/v1/vaults/{identifier}")

    def items_by_title(self, vault: str, title: str) -> list[dict[str, Any]]:
        """Return the items of this title, without their fields."""
        return self._list(f"/v1/vaults/{vault}/items?filter={_filter(title)}")

    def item(self, vault: str, identifier: str) -> dict[str, Any]:
        """Return one item with its fields."""
        return self._object(f"/v1/vaults/{vault}/items/{identifier}")

    def _object(self, path: str) -> dict[str, Any]:
        found = self._get(path)
        if not isinstance(found, dict):
            raise LookupFailedError(f"decoding response: {path.partition('?')[0]} is no JSON object")
        return found

    def _list(self, path: str) -> list[dict[str, Any]]:
        found = self._get(path)
        if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
            raise LookupFailedError(f"decoding response: {path.partition('?')[0]} is no JSON list of objects")
        return found

    def _get(self, path: str) -> Any:  # noqa: ANN401 - any JSON
        address = f"{self._url}{path}"
        if not address.startswith(("http://", "https://")):
            raise LookupFailedError(f'Get "{address}": unsupported protocol scheme')
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        try:
            request = urllib.request.Request(address, headers=headers)  # noqa: S310 - http or https, see above
            with self._opener.open(request, timeout=_SECONDS) as answer:
                return json.loads(answer.read(_MOST_BYTES))
        except urllib.error.HTTPError as error:
            with error:
                raise LookupFailedError(_refusal(error.code, error.read(_MOST_BYTES))) from None
        except ValueError:
            # Never the decoder's own message: it may quote what was sent.
            raise LookupFailedError(f'Get "{address}": the answer is not JSON, or the address is none') from None
        except OSError as error:
            reason = getattr(error, "reason", error)
            said = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
            raise LookupFailedError(f'Get "{address}": {said[:1].lower()}{said[1:]}') from None


def _filter(text: str) -> str:
    return quote_plus(f'title eq "{text}"')


def _refusal(status: int, body: bytes) -> str:
    """Return the server's own words for a refusal, the status's if there are none."""
    try:
        said = json.loads(body)
        message = said["message"]
        return f"status {int(said.get('status', status))}: {message}"
    except (ValueError, TypeError, KeyError, AttributeError):
        return f"status {status}: {http.HTTPStatus(status).phrase if status in set(http.HTTPStatus) else ''}".rstrip()
