"""What the reaper may do, from its environment."""

__all__ = ["ReaperSettings"]

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final

from pydantic import AnyHttpUrl, BeforeValidator, Field, SecretStr

from core.kubernetes_names import is_label
from core.setting_fields import Switch
from jobs.environment import JobSettings

_DAY_MINUTES: Final = 24 * 60


def _names(value: object) -> tuple[str, ...]:
    names = tuple(name.strip() for name in str(value).split(",")) if isinstance(value, str) else value
    if not isinstance(names, tuple) or not all(isinstance(name, str) and is_label(name) for name in names):
        raise ValueError("names of templates are expected, separated by commas, for example spt-flow-ci")
    return names


def _namespace(value: object) -> str:
    if not isinstance(value, str) or not is_label(value):
        raise ValueError("the name of a namespace is expected, for example coder-workspace")
    return value


class ReaperSettings(JobSettings):
    """Every default is the careful choice: nothing is deleted until `dry_run` is switched off."""

    coder_url: AnyHttpUrl = Field(alias="CODER_URL", description="Where Coder's API is.")
    token: SecretStr | None = Field(
        default=None, alias="CODER_SESSION_TOKEN", description="Session token of the reaper's user in Coder."
    )
    token_file: Path | None = Field(
        default=None, alias="CODER_SESSION_TOKEN_FILE", description="File that holds the session token."
    )
    templates: Annotated[tuple[str, ...], BeforeValidator(_names)] = Field(
        default=("spt-flow-ci",),
        alias="REAPER_TEMPLATES",
        description="Templates whose workspaces have a hard deadline; all others are never touched.",
    )
    default_ttl_minutes: int = Field(
        default=30, ge=1, alias="REAPER_DEFAULT_TTL_MINUTES", description="Life of a workspace that names none."
    )
    max_ttl_minutes: int = Field(
        default=_DAY_MINUTES,
        ge=0,
        alias="REAPER_MAX_TTL_MINUTES",
        description="Longest life of a workspace, whatever its own time to live says; 0 deletes all of them now.",
    )
    namespace: Annotated[str, BeforeValidator(_namespace)] = Field(
        default="coder-workspace", alias="REAPER_NAMESPACE", description="Namespace of the workspaces' volume claims."
    )
    grace_hours: int = Field(
        default=24,
        ge=0,
        alias="REAPER_GRACE_HOURS",
        description="How long an orphaned claim is kept after it was first seen as one.",
    )
    dry_run: Switch = Field(default=True, alias="REAPER_DRY_RUN", description="Only log what would be done.")
    wait_seconds: float = Field(
        default=120, ge=0, alias="REAPER_WAIT_SECONDS", description="How long to wait for deletions to finish."
    )
    metrics_file: Path | None = Field(
        default=None, alias="REAPER_METRICS_FILE", description="File for node-exporter's textfile collector."
    )
    pushgateway_url: AnyHttpUrl | None = Field(
        default=None, alias="REAPER_PUSHGATEWAY_URL", description="Prometheus Pushgateway that gets the metrics."
    )

    @property
    def default_ttl(self) -> timedelta:
        """Return the life of a workspace that names none."""
        return timedelta(minutes=self.default_ttl_minutes)

    @property
    def max_ttl(self) -> timedelta:
        """Return the longest life there is."""
        return timedelta(minutes=self.max_ttl_minutes)

    @property
    def grace(self) -> timedelta:
        """Return how long an orphaned claim is kept."""
        return timedelta(hours=self.grace_hours)
