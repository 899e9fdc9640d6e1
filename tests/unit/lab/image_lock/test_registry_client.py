"""The client against a registry that answers as the distribution API says, with and without tokens, well and ill."""

import hashlib
import json
from collections.abc import Callable

import httpx
import pytest

from core.image_reference import ImageReference
from lab.image_lock.registry_client import RegistryClient, RegistryError

_INDEX = "application/vnd.oci.image.index.v1+json"
_BODY = json.dumps({"schemaVersion": 2, "mediaType": _INDEX, "manifests": []}).encode()
_DIGEST = f"sha256:{hashlib.sha256(_BODY).hexdigest()}"
_IMAGE = ImageReference.parse("registry.example.com/tools/app:1")
_TOKEN = "canary-token"  # noqa: S105 - of the stand-in

_Handler = Callable[[httpx.Request], httpx.Response]


def _manifest(body: bytes = _BODY, kind: str = _INDEX, *, said: str = "") -> httpx.Response:
    headers = {"Docker-Content-Digest": said} if said else {}
    return httpx.Response(200, content=body, headers={"Content-Type": kind, **headers})


def _ask(handler: _Handler, image: ImageReference = _IMAGE, endpoints: dict[str, str] | None = None) -> str:
    with RegistryClient(endpoints, transport=httpx.MockTransport(handler)) as client:
        return client.digest(image)


def _challenge(realm: str = "https://auth.example.com/token", scheme: str = "Bearer") -> httpx.Response:
    value = f'{scheme} realm="{realm}",service="registry.example.com",scope="repository:tools/app:pull"'
    return httpx.Response(401, headers={"WWW-Authenticate": value})


def _guarded(token_answer: httpx.Response, *, realm: str = "https://auth.example.com/token") -> _Handler:
    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/token":
            assert "Authorization" not in request.headers
            assert dict(request.url.params) == {"service": "registry.example.com", "scope": "repository:tools/app:pull"}
            return token_answer
        if request.headers.get("Authorization") == f"Bearer {_TOKEN}":
            return _manifest()
        return _challenge(realm)

    return handle


def test_the_digest_is_that_of_what_was_sent() -> None:
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return _manifest(said=_DIGEST)

    assert _ask(handle) == _DIGEST
    assert str(seen[0].url) == "https://registry.example.com/v2/tools/app/manifests/1"
    assert seen[0].headers["Accept"].startswith(f"{_INDEX}, ")


def test_a_registry_may_say_no_digest() -> None:
    assert _ask(lambda _: _manifest()) == _DIGEST


@pytest.mark.parametrize(
    ("image", "url"),
    [
        ("postgres:15", "https://registry-1.docker.io/v2/library/postgres/manifests/15"),
        ("ghcr.io/coder/coder:v2", "https://ghcr.io/v2/coder/coder/manifests/v2"),
        ("localhost:5000/x:1", "http://localhost:5000/v2/x/manifests/1"),
        ("127.0.0.1:5000/x:1", "http://127.0.0.1:5000/v2/x/manifests/1"),
        ("10.0.0.1:5000/x:1", "https://10.0.0.1:5000/v2/x/manifests/1"),
        ("registry.local:5000/x:1", "http://127.0.0.1:5001/v2/x/manifests/1"),
    ],
)
def test_where_a_registry_is_asked(image: str, url: str) -> None:
    seen: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(str(request.url))
        return _manifest()

    _ask(handle, ImageReference.parse(image), {"registry.local:5000": "http://127.0.0.1:5001/"})
    assert seen == [url]


@pytest.mark.parametrize("key", ["token", "access_token"])
def test_an_anonymous_token_is_asked_for_where_the_registry_says(key: str) -> None:
    assert _ask(_guarded(httpx.Response(200, json={key: _TOKEN}))) == _DIGEST


@pytest.mark.parametrize(
    ("handler", "said"),
    [
        (lambda _: httpx.Response(404), "answered 404 for registry.example.com/tools/app:1"),
        (lambda _: httpx.Response(500), "answered 500"),
        (lambda _: _manifest(b"<html>", "text/html"), "something else than a manifest"),
        (lambda _: _manifest(b"[1]"), "something else than a manifest"),
        (lambda _: _manifest(b"{"), "something else than a manifest"),
        (lambda _: _manifest(said="sha256:" + "0" * 64), "has not the digest it says"),
        (lambda _: _manifest(said="sha512:" + "0" * 128), "has not the digest it says"),
        (lambda _: _manifest(b" " * (5 * 1024 * 1024)), "more than a manifest"),
        (lambda _: httpx.Response(401), "wants a login"),
        (lambda _: _challenge(scheme="Basic"), "wants a login"),
        (lambda _: _challenge("http://auth.example.com/token"), "wants a login"),
        (_guarded(httpx.Response(403)), "gives nobody a token"),
        (_guarded(httpx.Response(200, content=b"no json")), "gives nobody a token"),
        (_guarded(httpx.Response(200, json=[])), "gives nobody a token"),
        (_guarded(httpx.Response(200, json={"token": "a b"})), "gives nobody a token"),
        (_guarded(httpx.Response(200, json={"token": "another"})), "wants a login"),
    ],
)
def test_anything_else_is_one_sentence(handler: _Handler, said: str) -> None:
    with pytest.raises(RegistryError, match=said) as caught:
        _ask(handler)
    assert _TOKEN not in str(caught.value)


def test_no_answer_is_one_sentence() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(RegistryError, match=r"gave no answer \(ConnectError\)"):
        _ask(handle)


def test_a_redirect_is_followed_without_the_token_to_another_host() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.host == "mirror.example.org":
            assert "Authorization" not in request.headers
            return _manifest()
        return httpx.Response(307, headers={"Location": "https://mirror.example.org/v2/x/manifests/1"})

    assert _ask(handle) == _DIGEST
