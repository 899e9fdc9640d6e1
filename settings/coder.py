"""Settings of Coder: the server, how users reach it, and what it may sign in with."""

__all__ = ["CoderLoginSettings", "CoderSettings", "EntrySettings"]

from typing import Literal

from pydantic import Field, SecretStr

import versions
from core.config_reader import SettingsGroup
from core.image_reference import ImageReference
from core.setting_fields import ImageText, IpAddress, OneLine, PositiveQuantity, ResourceName, Switch
from core.setting_urls import AccessUrl, ChartSource, WildcardHost
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


class EntrySettings(SettingsGroup):
    """How Coder is reached."""

    coder_access_url: AccessUrl = Field(
        default="",
        description="Where users and workspaces reach Coder; required, never cluster-internal.",
        examples=["https://coder.example.com"],
    )
    coder_wildcard_access_url: WildcardHost = Field(
        default="",
        description="Host names of workspace apps, for example *.coder.example.com; empty for apps by path.",
        examples=["*.coder.example.com"],
    )
    coder_cluster_ip: IpAddress = Field(
        default="",
        description="Fixed address of Coder's Service; empty to let the cluster choose.",
        examples=["10.96.0.80"],
    )
    coder_entry: Literal["none", "ingress", "gateway"] = Field(
        default="none",
        description="What leads from outside to Coder: none of ours, an Ingress, or a Gateway with an HTTPRoute.",
    )
    coder_entry_class: ResourceName = Field(
        default="", description="IngressClass or GatewayClass; required with an entry.", examples=["traefik"]
    )
    coder_entry_namespace: ResourceName = Field(
        default="",
        description="Namespace of the pods that carry the entry's traffic; required with an entry.",
        examples=["traefik"],
    )
    coder_entry_annotations: JsonObject = Field(
        default={}, description="Annotations of the Ingress or Gateway, for example of cert-manager."
    )
    coder_tls_secret: ResourceName = Field(
        default="", description="Secret with the certificate of the access URL's host.", examples=["coder-tls"]
    )
    coder_tls_wildcard_secret: ResourceName = Field(
        default="", description="Secret with the certificate of the wildcard; empty if coderTlsSecret covers it."
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
