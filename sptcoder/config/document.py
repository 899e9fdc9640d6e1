"""What the configuration file holds."""

__all__ = ["Context", "ContextName", "Document", "UnknownContextError"]

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from core.errors import SptFlowError, UsageError
from sptcoder.config.address import check_address
from sptcoder.config.token_form import TOKEN_FORM, is_token

ContextName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$")]
"""Letters, digits, dots, dashes and underscores, up to 63."""


class UnknownContextError(UsageError):
    """A context was named that the configuration does not have."""


def _address(text: str) -> str:
    try:
        return check_address(text)
    except SptFlowError as error:
        raise ValueError(error.message) from None


def _token(token: SecretStr) -> SecretStr:
    if not is_token(token.get_secret_value()):
        raise ValueError(TOKEN_FORM)
    return token


class Context(BaseModel):
    """A server the user is signed in to."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: ContextName
    url: Annotated[str, AfterValidator(_address)]
    token: Annotated[SecretStr, AfterValidator(_token)]
    git_host: Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]+(:[0-9]+)?$")] = "github.com"
    """Host of repositories that are named `owner/repo`."""


class Document(BaseModel):
    """All contexts, which of them is used when none is named, and the settings of this program."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    current: str = ""
    """Name of the context that is used when none is named; empty if there is none."""

    contexts: tuple[Context, ...] = ()

    releases_url: str = ""
    """Where the newest release is asked for; empty means this program's own address."""

    feedback_url: str = ""
    """Page of a new issue, which feedback opens; empty means this program's own address."""

    @model_validator(mode="after")
    def _names_are_one(self) -> "Document":
        names = [context.name for context in self.contexts]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"the context '{twice[0]}' is there twice")
        if self.current and self.current not in names:
            raise ValueError(f"the current context '{self.current}' is none of its contexts")
        return self

    def find(self, name: str) -> Context:
        """Return a context by name; raise UnknownContextError, which lists the names there are."""
        for context in self.contexts:
            if context.name == name:
                return context
        known = ", ".join(f"'{context.name}'" for context in self.contexts) or "none yet"
        raise UnknownContextError(
            f"There is no context '{name}'; known are: {known}.", next_command="sptcoder context list"
        )

    def having(self, context: Context) -> "Document":
        """Return the document with the context added, or put in place of its namesake, and made the current one."""
        others = tuple(other for other in self.contexts if other.name != context.name)
        return self.model_copy(update={"contexts": (*others, context), "current": context.name})

    def using(self, name: str) -> "Document":
        """Return the document with another current context."""
        return self.model_copy(update={"current": self.find(name).name})

    def without(self, name: str) -> "Document":
        """Return the document without a context; when it was the current one, there is no current one any more."""
        gone = self.find(name)
        left = tuple(other for other in self.contexts if other.name != gone.name)
        return self.model_copy(update={"contexts": left, "current": "" if self.current == name else self.current})
