"""What Coder signs in with elsewhere: the values that the program puts into a Secret, and where Coder finds each."""

__all__ = ["CoderCredentials", "coder_credentials"]

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.coder_values import CONNECT_TOKEN_KEY, CREDENTIALS_SECRET, GITHUB_SECRET_KEY
from components.database_manifests import DATABASE_SECRET, URL_KEY
from components.onepassword_items import item_key
from components.secret import SecretKey
from core.errors import UsageError
from settings import CoderLoginSettings, Settings


@dataclass(frozen=True)
class CoderCredentials:
    """`values` are for the program's own Secret, by key; the rest says what stands in which Secret."""

    values: Mapping[str, pulumi.Input[str]]
    github: SecretKey
    connect_token: SecretKey | None
    database: SecretKey


def coder_credentials(settings: Settings) -> CoderCredentials:
    """Return them; raise UsageError for GitHub without its secret, warn of a token that is shared."""
    source, login = settings.secret_source, settings.login
    values: dict[str, pulumi.Input[str]] = {}
    github = item_key(source, "coderGithubClientSecret")
    if github is None and (login.coder_github_auth or login.coder_github_login):
        values[GITHUB_SECRET_KEY] = pulumi.Output.secret(_github_secret(login))
    token, value = item_key(source, "coderConnectToken"), login.coder_connect_token.get_secret_value()
    if token is None and value:
        values[CONNECT_TOKEN_KEY] = pulumi.Output.secret(value)
        token = SecretKey(CREDENTIALS_SECRET, CONNECT_TOKEN_KEY)
    if token is not None:
        pulumi.log.warn(
            "The setting coderConnectToken is handed to every template's Terraform: whoever may edit a template can "
            "read it, and with it all that this token opens. Give it to a token that opens the workspaces' vault alone."
        )
    return CoderCredentials(
        values=values,
        github=github or SecretKey(CREDENTIALS_SECRET, GITHUB_SECRET_KEY),
        connect_token=token,
        database=item_key(source, "databaseUrl") or SecretKey(DATABASE_SECRET, URL_KEY),
    )


def _github_secret(login: CoderLoginSettings) -> str:
    secret = login.coder_github_client_secret.get_secret_value()
    if not secret:
        raise UsageError(
            "The setting coderGithubClientSecret has no value, and coderGithubAuth or coderGithubLogin needs one.",
            next_command="pulumi config set --secret spt-flow:coderGithubClientSecret",
        )
    return secret
