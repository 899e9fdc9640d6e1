"""Another tag for an image that is in a registry already: the same manifest, byte by byte, so the same digest."""

__all__ = ["tag_image"]

import hashlib
import re
from typing import Final

import httpx

from ci.registry_login import RegistryLogin
from core.errors import SptFlowError
from core.image_reference import ImageReference

_MEDIA_TYPES: Final = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
_CHALLENGE: Final = re.compile(r'([a-z_]+)="([^"]*)"')
_SECONDS: Final = 60.0
_UNAUTHORIZED: Final = 401
_LOOPBACK: Final = ("localhost", "127.0.0.1")


def tag_image(image: ImageReference, tag: str, login: RegistryLogin) -> None:
    """Let `tag` of the image's repository mean the digest that `image` names; raise SptFlowError if that fails."""
    url = f"{_address(image.registry)}/v2/{image.repository}/manifests"
    try:
        with httpx.Client(timeout=_SECONDS) as client:
            headers = _authorization(client, image, login)
            found = client.get(f"{url}/{image.digest}", headers={**headers, "Accept": ", ".join(_MEDIA_TYPES)})
            _check(found, image, "read")
            if f"sha256:{hashlib.sha256(found.content).hexdigest()}" != image.digest:
                raise SptFlowError(f"The registry {image.registry} sent something else than {image}.")
            kind = {"Content-Type": found.headers.get("Content-Type", "")}
            _check(client.put(f"{url}/{tag}", content=found.content, headers={**headers, **kind}), image, "tagged")
    except httpx.HTTPError as error:
        raise SptFlowError(f"The registry {image.registry} gave no answer ({type(error).__name__}).") from None


def _authorization(client: httpx.Client, image: ImageReference, login: RegistryLogin) -> dict[str, str]:
    """Return the header that the registry wants: none, the user's, or that of a token it gives to the user."""
    asked = client.get(f"{_address(image.registry)}/v2/")
    if asked.status_code != _UNAUTHORIZED:
        return {}
    scheme, _, rest = asked.headers.get("WWW-Authenticate", "").partition(" ")
    basic = {"Authorization": f"Basic {login.basic()}"} if login.token else {}
    if scheme.lower() == "basic":
        return basic
    challenge = dict(_CHALLENGE.findall(rest))
    realm = challenge.get("realm", "")
    if not realm.startswith("https://"):
        raise SptFlowError(f"The registry {image.registry} wants a login of a kind that is not known here.")
    query = {"scope": f"repository:{image.repository}:pull,push", "service": challenge.get("service", "")}
    given = client.get(realm, params=query, headers=basic)
    _check(given, image, "opened")
    content = given.json()
    return {"Authorization": f"Bearer {content.get('token') or content.get('access_token')}"}


def _address(registry: str) -> str:
    plain = registry.partition(":")[0] in _LOOPBACK
    return f"http://{registry}" if plain else f"https://{registry}"


def _check(answer: httpx.Response, image: ImageReference, verb: str) -> None:
    if not answer.is_success:
        raise SptFlowError(f"{image} cannot be {verb}: the registry {image.registry} answered {answer.status_code}.")
