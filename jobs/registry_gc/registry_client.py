"""The registry as its users see it: whether it answers, whether an image can be pulled, and giving one a tag."""

__all__ = ["RegistryClient"]

import hashlib
import time
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

import httpx

from core.errors import SptFlowError
from jobs.registry_gc.storage import Needs

_TIMEOUT_SECONDS: Final = 20.0
_POLL_SECONDS: Final = 0.1
# While its pod changes, a connection may lead to one that is gone, and nobody says so.
_ANSWER_SECONDS: Final = 1.0
_OCI: Final = "application/vnd.oci.image.{}.v1+json"
_DOCKER: Final = "application/vnd.docker.distribution.{}.v2+json"
_MANIFESTS: Final = ", ".join(
    [_OCI.format("index"), _OCI.format("manifest"), _DOCKER.format("manifest.list"), _DOCKER.format("manifest")]
)


class RegistryClient:
    """The registry at `url`; no proxy is asked."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=_TIMEOUT_SECONDS, trust_env=False)
        # Images share most of their layers.
        self._whole: set[tuple[str, str]] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def answers(self) -> bool:
        """Say whether the registry serves."""
        try:
            return self._client.get("/v2/", timeout=_ANSWER_SECONDS).is_success
        except httpx.HTTPError:
            return False

    def wait(self, seconds: float, tick: Callable[[], None]) -> None:
        """Wait until it serves; raise SptFlowError if it does not in that time."""
        end = time.monotonic() + seconds
        while not self.answers():
            if time.monotonic() >= end:
                raise SptFlowError(
                    f"The registry does not answer {seconds:g} s after it was opened again.",
                    next_command="kubectl -n coder describe pods -l app.kubernetes.io/name=registry",
                )
            tick()
            time.sleep(_POLL_SECONDS)

    def tag(self, repository: str, digest: str, name: str) -> None:
        """Give the manifest one more tag; raise SptFlowError if the registry does not."""
        try:
            found = self._manifest(repository, digest)
            kind = {"Content-Type": found.headers["Content-Type"]}
            path = f"/v2/{repository}/manifests/{name}"
            self._client.put(path, content=found.content, headers=kind).raise_for_status()
        except (httpx.HTTPError, KeyError) as error:
            raise SptFlowError(f"The image {repository}@{digest} could not be tagged: {error}.") from None

    def fault(self, repository: str, digest: str, needs: Needs) -> str | None:
        """Return why the image cannot be pulled by digest, or None if it can.

        Manifests are read and their content checked; of configurations and layers the registry says that it has them,
        with their size. What was missing before (`needs.missing`) is not asked for.
        """
        try:
            for manifest in sorted(needs.manifests - needs.missing):
                content = self._manifest(repository, manifest).content
                if f"sha256:{hashlib.sha256(content).hexdigest()}" != manifest:
                    return f"{manifest} has another content"
            for blob, size in sorted(needs.sizes.items()):
                if blob in needs.missing or (repository, blob) in self._whole:
                    continue
                found = self._client.head(f"/v2/{repository}/blobs/{blob}")
                if not found.is_success:
                    return f"{blob}: the registry answered {found.status_code}"
                if int(found.headers.get("Content-Length", -1)) != size:
                    return f"{blob} has another size than {size}"
                self._whole.add((repository, blob))
        except httpx.HTTPStatusError as error:
            return f"{error.request.url.path}: the registry answered {error.response.status_code}"
        except httpx.HTTPError as error:
            return f"{type(error).__name__}: {error}"
        return None if digest in needs.manifests else "nothing is known of it"

    def _manifest(self, repository: str, reference: str) -> httpx.Response:
        found = self._client.get(f"/v2/{repository}/manifests/{reference}", headers={"Accept": _MANIFESTS})
        return found.raise_for_status()
