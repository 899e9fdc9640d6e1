"""The server itself: what it is and what its licence gives."""

__all__ = [
    "BuildInfo",
    "Entitlements",
    "ExternalAuthLink",
    "ExternalAuthList",
    "ExternalAuthProvider",
    "Feature",
    "RequiredAuth",
]

from typing import Annotated

from pydantic import Field

from sptcoder.api.models.base import ApiModel, NullableList, ZeroTime
from sptcoder.api.version import ServerVersion


class BuildInfo(ApiModel):
    """Version and addresses of the server."""

    version: str
    external_url: str = ""
    dashboard_url: str = ""
    deployment_id: str = ""

    @property
    def server_version(self) -> ServerVersion:
        """Return the version for comparing; raise SptFlowError if it is no version."""
        return ServerVersion.parse(self.version)


class Feature(ApiModel):
    """A feature of the licence; `entitlement` is entitled, grace_period or not_entitled."""

    entitlement: str = "not_entitled"
    enabled: bool = False


class Entitlements(ApiModel):
    """What the licence gives; without one nothing is enabled."""

    features: dict[str, Feature] = Field(default_factory=dict)
    has_license: bool = False
    trial: bool = False

    def allows(self, feature: str) -> bool:
        """Say whether the feature (its name in the API, such as `access_control`) is paid for and on."""
        found = self.features.get(feature)
        return found is not None and found.enabled and found.entitlement in {"entitled", "grace_period"}


class ExternalAuthProvider(ApiModel):
    """A service users can link, such as GitHub."""

    id: str
    type: str = ""
    display_name: str = ""
    device: bool = False


class RequiredAuth(ApiModel):
    """A service that a version's workspaces use, and whether the user has linked it; not needed if `optional`."""

    id: str
    type: str = ""
    display_name: str = ""
    optional: bool = False
    authenticated: bool = False


class ExternalAuthLink(ApiModel):
    """A user's link to a provider."""

    provider_id: str
    authenticated: bool = False
    has_refresh_token: bool = False
    expires: ZeroTime = None
    validate_error: str = ""


class ExternalAuthList(ApiModel):
    """Providers and the user's links."""

    providers: Annotated[tuple[ExternalAuthProvider, ...], NullableList] = ()
    links: Annotated[tuple[ExternalAuthLink, ...], NullableList] = ()
