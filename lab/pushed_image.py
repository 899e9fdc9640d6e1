"""The workspace image as the lab's registry has it: what it says of itself, and whether it is whole."""

__all__ = ["PushedImage", "declare_image", "image_health", "pushed_image"]

from dataclasses import dataclass
from typing import Any, Final

import httpx

import ports
from lab.cluster import PartHealth
from lab.instance import LabInstance
from lab.progress import Progress

REPOSITORY: Final = "spt-flow/workspace"
_TAG: Final = "latest"
_IN_CLUSTER: Final = f"registry.coder.svc.cluster.local:{ports.REGISTRY}"
_FULL: Final = "full"
_REASON: Final = "could not be had where it was built"
_LABELS: Final = "dev.spt-flow."
_SECONDS: Final = 10
_MEBI: Final = 1 << 20
_MANIFESTS: Final = "application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json"


@dataclass(frozen=True)
class PushedImage:
    """What was pushed last: `target` of the Dockerfile, `missing` tools, compressed `size` in bytes."""

    digest: str
    target: str
    base: str
    missing: tuple[str, ...]
    size: int

    @property
    def summary(self) -> str:
        """Target, size, and the reference by which the cluster pulls it."""
        size = f"{self.size // _MEBI} MiB compressed"
        return f"{self.target} on {self.base}, {size}, {_IN_CLUSTER}/{REPOSITORY}@{self.digest}"


def pushed_image(instance: LabInstance) -> PushedImage | None:
    """Return what the lab's registry has under the tag latest, None if it has nothing.

    Raises httpx.HTTPError when the registry does not answer, ValueError or KeyError for an answer that is none.
    """
    base = f"http://{instance.registry_address}:{ports.REGISTRY}/v2/{REPOSITORY}"
    with httpx.Client(timeout=_SECONDS, trust_env=False, follow_redirects=True) as client:
        answer = client.get(f"{base}/manifests/{_TAG}", headers={"Accept": _MANIFESTS})
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        manifest: dict[str, Any] = answer.raise_for_status().json()
        found = client.get(f"{base}/blobs/{manifest['config']['digest']}").raise_for_status().json()
    labels: dict[str, str] = found["config"].get("Labels") or {}
    return PushedImage(
        digest=answer.headers["Docker-Content-Digest"],
        target=labels.get(f"{_LABELS}target", "unknown"),
        base=labels.get(f"{_LABELS}base", "unknown"),
        missing=tuple(labels.get(f"{_LABELS}missing", "").split()),
        size=sum(int(layer["size"]) for layer in manifest["layers"]),
    )


def image_health(instance: LabInstance) -> PartHealth:
    """Say which workspace image the registry has, and what is not in it."""
    try:
        image = pushed_image(instance)
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        return _health(healthy=False, detail=f"the registry cannot be asked ({type(error).__name__})")
    if image is None:
        return _health(healthy=False, detail="not in the registry")
    without = f"; without {', '.join(image.missing)}" if image.missing else ""
    return _health(healthy=True, detail=f"{image.summary}{without}")


def declare_image(progress: Progress, instance: LabInstance) -> None:
    """Record which target the image is, where that is not the full one, and each tool that is not in it."""
    try:
        image = pushed_image(instance)
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return  # `make status` says so
    if image is None:
        return
    if image.target != _FULL:
        progress.left_out("workspace image", f"{image.target} target; make image builds the full one")
    for tool in image.missing:
        progress.left_out(f"{tool} in the workspace image", _REASON)


def _health(*, healthy: bool, detail: str) -> PartHealth:
    return PartHealth("workspace image", healthy=healthy, detail=detail, next_command=None if healthy else "make up")
