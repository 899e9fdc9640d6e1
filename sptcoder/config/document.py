"""What the configuration file holds."""

__all__ = ["Context", "Document"]

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class Context(BaseModel):
    """A server the user is signed in to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    url: str
    token: SecretStr
    git_host: str = "github.com"
    """Host of repositories that are named `owner/repo`."""


class Document(BaseModel):
    """All contexts, and which of them is used when none is named."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    current: str = ""
    contexts: tuple[Context, ...] = Field(default=())
