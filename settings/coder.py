"""Settings of Coder: the server, and what it may sign in with."""

__all__ = ["CoderLoginSettings", "CoderSettings"]

from pydantic import Field, SecretStr

import versions
from core.config_reader import SettingsGroup
from core.image_reference import ImageReference
from core.setting_fields import ImageText, OneLine, PositiveQuantity, Switch
from core.setting_urls import ChartSource
from core.setting_values import EmailAddress, JsonObject, NameList, PositiveNumber, SecretText, UserName
from settings.amount import amount


class CoderSettings(SettingsGroup):
    """The Coder server: chart, image, size, first user."""

    coder_chart: ChartSource = Field(
        default="https://helm.coder.com/v2",
        description="Repository (https://), OCI reference (oci://) or folder of Coder's chart.",
    )
    coder_chart_version: OneLine = Field(
        default=versions.CODER, description="Version of the chart, which is also Coder's; a lower one is refused."
    )
    coder_image: ImageText = Field(
        default=ImageReference.parse(f"ghcr.io/coder/coder:v{versions.CODER}"),
        description="Image of Coder, of the chart's version.",
    )
    coder_licensed: Switch = Field(
        default=False, description="A Premium licence is there: more than one replica is allowed."
    )
    coder_replicas: PositiveNumber = Field(default=1, description="Pods of the server; more than one needs a licence.")
    coder_provisioners: PositiveNumber = Field(default=3, description="Workspace builds that run at once, in each pod.")
    coder_cpu_request: PositiveQuantity = amount("500m", "CPU set aside for Coder.")
    coder_cpu_limit: PositiveQuantity = amount("4", "CPU Coder may use, the Terraform it runs among it.")
    coder_memory_request: PositiveQuantity = amount("1Gi", "Memory set aside for Coder.")
    coder_memory_limit: PositiveQuantity = amount("4Gi", "Memory Coder may use, the Terraform it runs among it.")
    coder_admin_email: EmailAddress = Field(
        default="admin@example.com", description="E-mail address of the first user, the owner."
    )
    coder_admin_username: UserName = Field(default="admin", description="Name of the first user, the owner.")
    coder_bot_username: UserName = Field(
        default="ci-bot", description="Name of the user that pushes templates and runs workspaces for pipelines."
    )
    coder_token_rotation_days: PositiveNumber = Field(
        default=30, description="Days after which the next `up` gives the bot a new token."
    )
    coder_extra_values: JsonObject = Field(
        default={}, description="More values for the chart, laid over ours; keys the chart does not know are refused."
    )


class CoderLoginSettings(SettingsGroup):
    """What Coder may sign in with: GitHub and 1Password Connect."""

    coder_github_auth: Switch = Field(
        default=False, description="Let users link GitHub (external auth primary-github), for clones and pushes."
    )
    coder_github_login: Switch = Field(default=False, description="Let users sign in with GitHub.")
    coder_github_client_id: OneLine = Field(
        default="", description="Client ID of the GitHub app; its callback URL is the access URL.", examples=["Iv1.0"]
    )
    coder_github_client_secret: SecretText = Field(
        default=SecretStr(""), description="Client secret of the GitHub app; a secret."
    )
    coder_github_allowed_orgs: NameList = Field(
        default=(),
        description="GitHub organisations whose members may sign in; required with coderGithubLogin.",
        examples=["example"],
    )
    coder_connect_host: OneLine = Field(
        default="",
        description="URL of 1Password Connect for templates; every template author can use what it opens.",
        examples=["http://onepassword-connect.onepassword.svc.cluster.local:8080"],
    )
    coder_connect_token: SecretText = Field(
        default=SecretStr(""), description="Token of 1Password Connect, readable by template authors; a secret."
    )
