"""Which registry is collected, what of it stays, and when: from the environment."""

__all__ = ["RegistryGcSettings"]

import json
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

from pydantic import AnyHttpUrl, BeforeValidator, Field

from core.image_reference import ImageReference, ImageReferenceError
from core.kubernetes_names import is_label
from core.setting_fields import Switch
from jobs.maintenance import MaintenanceSettings


def _list(value: object) -> Any:  # noqa: ANN401 - any JSON
    try:
        return json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return None


def _texts(value: object) -> tuple[str, ...]:
    found = _list(value)
    if not isinstance(found, list | tuple) or not all(isinstance(each, str) for each in found):
        raise ValueError("a JSON list of texts is expected")
    return tuple(found)


def _images(value: object) -> tuple[str, ...]:
    found = _texts(value)
    try:
        for each in found:
            ImageReference.parse(each)
    except ImageReferenceError as error:
        raise ValueError(f"a JSON list of image references is expected; {error}") from None
    return found


def _names(value: object) -> tuple[str, ...]:
    names = tuple(value.split(",")) if isinstance(value, str) else value
    if not isinstance(names, tuple) or not all(isinstance(name, str) and is_label(name) for name in names):
        raise ValueError("names of namespaces are expected, separated by commas, for example coder,coder-workspace")
    return names


class RegistryGcSettings(MaintenanceSettings):
    """The guard needs of these where the registry is, and nothing else."""

    namespace: str = Field(default="coder", alias="REGISTRY_GC_NAMESPACE", description="Namespace of the registry.")
    deployment: str = Field(
        default="registry", alias="REGISTRY_GC_DEPLOYMENT", description="Name of the registry's Deployment and pods."
    )
    collector: str = Field(
        default="registry-gc", alias="REGISTRY_GC_COLLECTOR", description="Name of the pods that collect."
    )
    namespaces: Annotated[tuple[str, ...], BeforeValidator(_names)] = Field(
        default=("coder",), alias="REGISTRY_GC_IMAGE_NAMESPACES", description="Namespaces whose pods' images stay."
    )
    url: AnyHttpUrl = Field(
        default=AnyHttpUrl("http://registry.coder.svc.cluster.local:5000"),
        alias="REGISTRY_GC_URL",
        description="Where the registry answers.",
    )
    root: Path = Field(
        default=Path("/var/lib/registry"), alias="REGISTRY_GC_ROOT", description="Where its volume is mounted."
    )
    program: str = Field(
        default="registry", alias="REGISTRY_GC_PROGRAM", description="The program of distribution 3.x that collects."
    )
    keep_tags: int = Field(
        default=10, ge=1, alias="REGISTRY_GC_KEEP_TAGS", description="How many tags of a repository always stay."
    )
    keep_days: int = Field(
        default=30, ge=1, alias="REGISTRY_GC_KEEP_DAYS", description="How many days a tag stays in any case."
    )
    protected: Annotated[tuple[str, ...], BeforeValidator(_texts)] = Field(
        default=(), alias="REGISTRY_GC_PROTECTED", description="Patterns of repository:tag that always stay, as JSON."
    )
    used_images: Annotated[tuple[str, ...], BeforeValidator(_images)] = Field(
        default=(), alias="REGISTRY_GC_USED_IMAGES", description="Images that the platform uses now, as JSON."
    )
    dry_run: Switch = Field(default=False, alias="REGISTRY_GC_DRY_RUN", description="Only say what would be deleted.")
    close_seconds: float = Field(
        default=90.0,
        gt=0,
        alias="REGISTRY_GC_CLOSE_SECONDS",
        description="How long the registry's pod may take to end.",
    )
    open_seconds: float = Field(
        default=180.0, gt=0, alias="REGISTRY_GC_OPEN_SECONDS", description="How long it may take to serve again."
    )
    metrics_file: Path | None = Field(
        default=None, alias="REGISTRY_GC_METRICS_FILE", description="File for metrics in Prometheus' text format."
    )
    pushgateway_url: AnyHttpUrl | None = Field(
        default=None, alias="REGISTRY_GC_PUSHGATEWAY_URL", description="Prometheus Pushgateway for metrics."
    )

    @property
    def age(self) -> timedelta:
        """Return how long a tag stays in any case."""
        return timedelta(days=self.keep_days)
