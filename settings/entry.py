"""Settings of how Coder is reached: one host name, what leads from it into the cluster, and its certificate."""

__all__ = ["EntrySettings", "check_entry", "with_host"]

from typing import Final, Literal
from urllib.parse import urlsplit

from pydantic import Field

from core.config_reader import ConfigReader, SettingsGroup
from core.setting_fields import IpAddress, ResourceName, Switch
from core.setting_urls import AccessUrl, PublicHost, WildcardHost
from core.setting_values import JsonObject, PositiveNumber

_ISSUER: Final = "letsencrypt"


class EntrySettings(SettingsGroup):
    """How Coder is reached."""

    coder_hostname: PublicHost = Field(
        default="",
        description=(
            "The one host name users reach Coder by, with https: access URL, names of apps and certificate follow "
            "from it. Instead of coderAccessUrl."
        ),
        examples=["coder.example.com"],
    )
    coder_wildcard: Switch = Field(
        default=True, description="With coderHostname: give workspace apps names below it; false for apps by path."
    )
    coder_access_url: AccessUrl = Field(
        default="",
        description=(
            "Where users and workspaces reach Coder, never cluster-internal; required, unless coderHostname says it."
        ),
        examples=["https://coder.example.com"],
    )
    coder_wildcard_access_url: WildcardHost = Field(
        default="",
        description=(
            "Host names of workspace apps, for example *.coder.example.com; empty for those that follow from "
            "coderHostname, without one for apps by path."
        ),
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
        default={}, description="Annotations of the Ingress or Gateway, laid over those that the program has."
    )
    coder_entry_idle_seconds: PositiveNumber = Field(
        default=3600,
        description=(
            "Seconds for which a connection through an Ingress, or an nginx of yours, may be quiet; terminals, "
            "agents and ports are such connections. A Gateway's routes have no limit."
        ),
    )
    coder_tls_secret: ResourceName = Field(
        default="",
        description="Secret with the certificate of the access URL's host, made by others.",
        examples=["coder-tls"],
    )
    coder_tls_wildcard_secret: ResourceName = Field(
        default="", description="Secret with the certificate of the wildcard; empty if coderTlsSecret covers it."
    )
    coder_tls_issuer: ResourceName = Field(
        default="",
        description=(
            "Issuer of cert-manager that makes the certificate of host and wildcard, instead of coderTlsSecret; ACME "
            "gives out wildcards by DNS-01 alone."
        ),
        examples=[_ISSUER],
    )
    coder_tls_issuer_kind: Literal["ClusterIssuer", "Issuer"] = Field(
        default="ClusterIssuer", description="Kind of coderTlsIssuer; an Issuer is in Coder's namespace."
    )


def with_host(reader: ConfigReader, entry: EntrySettings) -> EntrySettings:
    """Return the settings with what follows from the one host name; without one they are as they were.

    Raise SettingsError for a host name and an access URL: the one follows from the other.
    """
    host = entry.coder_hostname
    if not host:
        return entry
    if entry.coder_access_url:
        raise reader.excess(
            entry, "coder_access_url", f"since coderHostname is {host}, and the access URL follows from it"
        )
    derived = f"*.{host}" if entry.coder_wildcard else ""
    update = {
        "coder_access_url": f"https://{host}",
        "coder_wildcard_access_url": entry.coder_wildcard_access_url or derived,
    }
    return entry.model_copy(update=update)


def check_entry(reader: ConfigReader, entry: EntrySettings) -> None:
    """Raise SettingsError for host names that do not belong together, or an entry that lacks what it needs."""
    parts = urlsplit(entry.coder_access_url)
    host, wildcard = parts.hostname or "", entry.coder_wildcard_access_url
    domain = wildcard.partition(".")[2]
    if wildcard and host != domain and not host.endswith(f".{domain}"):
        raise reader.refusal(
            entry,
            "coder_wildcard_access_url",
            f"a name below {host}, the host of coderAccessUrl, or beside it is expected",
            f"*.{host}",
        )
    _check_certificate(reader, entry, is_secure=parts.scheme == "https")
    if entry.coder_entry == "none":
        return
    for name in ("coder_entry_class", "coder_entry_namespace"):
        reader.require(entry, name)
    if parts.port is not None:
        raise reader.refusal(entry, "coder_access_url", "a URL without a port is expected, since coderEntry is set")
    if not all(isinstance(value, str) for value in entry.coder_entry_annotations.values()):
        raise reader.refusal(entry, "coder_entry_annotations", "a JSON object of strings is expected")


def _check_certificate(reader: ConfigReader, entry: EntrySettings, *, is_secure: bool) -> None:
    """Raise SettingsError unless the certificate of an entry with https comes from exactly one place."""
    given, issuer = entry.coder_tls_secret, entry.coder_tls_issuer
    if issuer and (given or entry.coder_tls_wildcard_secret):
        name = "coder_tls_secret" if given else "coder_tls_wildcard_secret"
        raise reader.excess(entry, name, f"since coderTlsIssuer is {issuer}, and a certificate has one maker")
    if issuer and (entry.coder_entry == "none" or not is_secure):
        raise reader.excess(entry, "coder_tls_issuer", "since it is for an entry (coderEntry) with https")
    if is_secure and entry.coder_entry != "none" and not issuer:
        reader.require(entry, "coder_tls_secret")
