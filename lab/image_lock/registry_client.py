"""Asking a registry which digest a tag has, by the distribution API, as anybody may."""

__all__ = ["RegistryClient", "RegistryError"]

import hashlib
import ipaddress
import json
import re
from collections.abc import Mapping
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

import httpx

from core.errors import SptFlowError
from core.image_reference import ImageReference

_DOCKER_HUB: Final = "docker.io"
_DOCKER_HUB_API: Final = "registry-1.docker.io"
# An index first: its digest stands for the image on every platform.
_MEDIA_TYPES: Final = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
_DIGEST_HEADER: Final = "Docker-Content-Digest"
_LARGEST_MANIFEST: Final = 4 * 1024 * 1024
_SECONDS: Final = 20.0
_MOST_REDIRECTS: Final = 5
_CHALLENGE: Final = re.compile(r'([a-z_]+)="([^"]*)"')
_TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/=-]{1,16384}")
_UNAUTHORIZED: Final = 401


class RegistryError(SptFlowError):
    """A registry could not say which digest an image has."""


class RegistryClient:
    """Asks registries; `endpoints` says where a registry is asked if not at its own name over https."""

    def __init__(
        self, endpoints: Mapping[str, str] | None = None, *, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._endpoints = dict(endpoints or {})
        self._http = httpx.Client(
            timeout=_SECONDS, follow_redirects=True, max_redirects=_MOST_REDIRECTS, transport=transport
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def digest(self, image: ImageReference) -> str:
        """Return the sha256 digest behind an image's tag; raise RegistryError if it cannot be had or does not hold.

        For an image of several platforms it is that of the index. What the registry says is compared with what it sent.
        """
        url = f"{self._endpoint(image.registry)}/v2/{image.repository}/manifests/{image.effective_tag}"
        try:
            answer, body = self._get(url, {})
            if answer.status_code == _UNAUTHORIZED:
                token = self._token(image, answer)
                answer, body = self._get(url, {"Authorization": f"Bearer {token}"})
        except httpx.HTTPError as error:
            raise RegistryError(
                f"The registry {image.registry} gave no answer ({type(error).__name__}), so {image} is not locked."
            ) from None
        return _verified(image, answer, body)

    def _endpoint(self, registry: str) -> str:
        if registry in self._endpoints:
            return self._endpoints[registry].rstrip("/")
        host = _DOCKER_HUB_API if registry == _DOCKER_HUB else registry
        # As container engines do: only a registry of this machine may do without TLS.
        return f"http://{host}" if _is_local(f"//{host}") else f"https://{host}"

    def _get(self, url: str, headers: Mapping[str, str]) -> tuple[httpx.Response, bytes]:
        accepted = {"Accept": ", ".join(_MEDIA_TYPES), **headers}
        body = bytearray()
        with self._http.stream("GET", url, headers=accepted) as answer:
            for part in answer.iter_bytes():
                body += part
                if len(body) > _LARGEST_MANIFEST:
                    raise RegistryError(
                        f"The registry {urlsplit(url).netloc} sent more than a manifest of {_LARGEST_MANIFEST} bytes."
                    )
        return answer, bytes(body)

    def _token(self, image: ImageReference, answer: httpx.Response) -> str:
        """Return an anonymous token from where the registry's challenge points."""
        scheme, _, rest = answer.headers.get("WWW-Authenticate", "").partition(" ")
        challenge = dict(_CHALLENGE.findall(rest))
        realm = challenge.get("realm", "")
        is_safe = realm.startswith("https://") or (realm.startswith("http://") and _is_local(realm))
        if scheme.lower() != "bearer" or not is_safe:
            raise RegistryError(f"The registry {image.registry} wants a login for {image}, which is not locked.")
        asked = {"scope": f"repository:{image.repository}:pull"}
        if "service" in challenge:
            asked["service"] = challenge["service"]
        found = self._http.get(realm, params=asked)
        try:
            content = found.json() if found.is_success else {}
        except ValueError:
            content = {}
        token = (content.get("token") or content.get("access_token")) if isinstance(content, dict) else None
        if not isinstance(token, str) or not _TOKEN.fullmatch(token):
            raise RegistryError(f"The registry {image.registry} gives nobody a token for {image}, which is not locked.")
        return token


def _verified(image: ImageReference, answer: httpx.Response, body: bytes) -> str:
    if answer.status_code == _UNAUTHORIZED:
        raise RegistryError(f"The registry {image.registry} wants a login for {image}, which is not locked.")
    if not answer.is_success:
        raise RegistryError(f"The registry {image.registry} answered {answer.status_code} for {image}.")
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip()
    if kind not in _MEDIA_TYPES or not _is_object(body):
        raise RegistryError(f"The registry {image.registry} sent something else than a manifest for {image}.")
    digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
    said = answer.headers.get(_DIGEST_HEADER, digest)
    if said != digest:
        raise RegistryError(
            f"The registry {image.registry} sent a manifest for {image} that has not the digest it says."
        )
    return digest


def _is_object(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body), dict)
    except (ValueError, RecursionError):
        return False


def _is_local(url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
