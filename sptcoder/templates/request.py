"""What a push is asked to do, and what it did."""

__all__ = ["PushRequest", "PushResult", "SmokeSettings"]

from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors import UsageError
from sptcoder.templates.settings import TemplateSettings

_NAME: Final = r"^[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*$"


class SmokeSettings(BaseModel):
    """The workspace that has to come up before a version is activated."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = True
    parameters: dict[str, str] = Field(default_factory=dict)
    """Values of the template's parameters; its defaults for the others."""
    timeout_seconds: Annotated[float, Field(gt=0, le=3600)] = 600.0
    """For start and readiness together; the deletion gets as long again."""


class PushRequest(BaseModel):
    """A template as it is to be on the server."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=_NAME, max_length=32)]
    directory: Path
    overlays: tuple[Path, ...] = ()
    """Folders whose files are laid beside the template's own."""
    variables: dict[str, str] = Field(default_factory=dict, repr=False)
    """Values of the Terraform variables; they may be secrets."""
    settings: TemplateSettings = Field(default_factory=TemplateSettings)
    smoke: SmokeSettings = Field(default_factory=SmokeSettings)
    organization: str = "default"
    import_timeout_seconds: Annotated[float, Field(gt=0, le=3600)] = 600.0
    archive_old_versions: bool = True

    @classmethod
    def parse(cls, text: str) -> "PushRequest":
        """Read a request from JSON; raise UsageError that names each wrong field, but no value."""
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            problems = "; ".join(
                f"{'.'.join(map(str, item['loc'])) or 'the text'}: {item['msg']}"
                for item in error.errors(include_input=False, include_url=False)
            )
            raise UsageError(f"The push request is not valid: {problems}.") from None


class PushResult(BaseModel):
    """What stands on the server after a push."""

    model_config = ConfigDict(frozen=True)

    template_id: str
    template_name: str
    version_id: str
    version_name: str
    archive_sha256: str
    new_version: bool
    """A version was activated that was not active before."""
    new_settings: bool
    archived_versions: int = 0
