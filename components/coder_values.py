"""The values of Coder's chart, built from what the program knows."""

__all__ = [
    "CONNECT_TOKEN_KEY",
    "CREDENTIALS_SECRET",
    "GITHUB_SECRET_KEY",
    "SERVICE_ACCOUNT",
    "CoderServer",
    "build_values",
]

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from components.coder_extra_values import check_values, check_version, merge_extra_values
from components.database_manifests import DATABASE_SECRET, URL_KEY
from components.manifest import Manifest
from components.secret import SecretKey
from core.image_reference import ImageReference

SERVICE_ACCOUNT: Final = "coder"
"""Service account of Coder's pods; the templates' objects are made in its name."""

CREDENTIALS_SECRET: Final = "coder-credentials"  # noqa: S105 - the name of a Secret, not one
"""Name of the Secret with what Coder signs in with elsewhere."""

GITHUB_SECRET_KEY: Final = "github-client-secret"  # noqa: S105 - a key in a Secret, not one
CONNECT_TOKEN_KEY: Final = "connect-token"  # noqa: S105 - a key in a Secret, not one

_GITHUB_SECRET: Final = SecretKey(CREDENTIALS_SECRET, GITHUB_SECRET_KEY)
_DATABASE: Final = SecretKey(DATABASE_SECRET, URL_KEY)
_GITHUB_AUTH: Final = "primary-github"
_HOME: Final = "/home/coder"


@dataclass(frozen=True)
class CoderServer:
    """What the chart has to know; nothing in it is secret."""

    version: str
    image: ImageReference
    access_url: str
    wildcard_access_url: str
    resources: Mapping[str, Mapping[str, str]]
    replicas: int = 1
    provisioners: int = 3
    github_auth: bool = False
    github_login: bool = False
    github_client_id: str = ""
    github_allowed_orgs: Sequence[str] = ()
    github_credential: SecretKey = _GITHUB_SECRET
    connect_host: str = ""
    connect_token: SecretKey | None = None
    database: SecretKey = _DATABASE
    extra_values: Mapping[str, Any] = field(default_factory=dict)


def build_values(server: CoderServer) -> dict[str, Any]:
    """Return the chart's values; raise UsageError for extra ones that the chart would silently pass over."""
    check_values(server.extra_values, source="The setting coderExtraValues")
    image = server.image
    digest = "" if image.digest is None else f"@{image.digest}"
    coder: dict[str, Any] = {
        "image": {
            "repo": f"{image.registry}/{image.repository}",
            "tag": f"{image.tag}{digest}",
            "pullPolicy": "IfNotPresent",
        },
        "replicaCount": server.replicas,
        # Never the in-cluster address, which the chart would take if ours went missing.
        "envUseClusterAccessURL": False,
        "env": _environment(server),
        "resources": {kind: dict(amounts) for kind, amounts in server.resources.items()},
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 1000,
            "runAsGroup": 1000,
            "readOnlyRootFilesystem": True,
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "podSecurityContext": {"fsGroup": 1000},
        # Rights in the workspaces' namespace alone, by a Role of the program's.
        "serviceAccount": {"name": SERVICE_ACCOUNT, "workspacePerms": False},
        # The program's own: it may have a fixed address, and its port for metrics.
        "service": {"enable": False},
        "volumes": [
            {"name": "home", "emptyDir": {"sizeLimit": "4Gi"}},
            {"name": "tmp", "emptyDir": {"sizeLimit": "2Gi"}},
        ],
        "volumeMounts": [
            {"name": "home", "mountPath": _HOME},
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 - in the container
        ],
    }
    values = merge_extra_values({"coder": coder}, server.extra_values)
    check_values(values, source="What is put together for Coder's chart")
    check_version(values, server.version)
    return values


def _environment(server: CoderServer) -> list[Manifest]:
    plain = {
        "CODER_ACCESS_URL": server.access_url,
        **({"CODER_WILDCARD_ACCESS_URL": server.wildcard_access_url} if server.wildcard_access_url else {}),
        "CODER_TELEMETRY_ENABLE": "false",
        "CODER_UPDATE_CHECK": "false",
        # A literal: the chart opens the port for no other value.
        "CODER_PROMETHEUS_ENABLE": "true",
        "CODER_PROVISIONER_DAEMONS": str(server.provisioners),
        "CODER_SECURE_AUTH_COOKIE": "true" if server.access_url.startswith("https:") else "false",
        # Without it Coder offers a sign-in of its maker's.
        "CODER_OAUTH2_GITHUB_DEFAULT_PROVIDER_ENABLE": "false",
    }
    return [
        {"name": "CODER_PG_CONNECTION_URL", **_from_secret(server.database)},
        *({"name": name, "value": value} for name, value in plain.items()),
        *_github(server),
        *_connect(server),
    ]


def _github(server: CoderServer) -> list[Manifest]:
    secret = _from_secret(server.github_credential)
    variables: list[Manifest] = []
    if server.github_auth:
        variables += [
            {"name": "CODER_EXTERNAL_AUTH_0_ID", "value": _GITHUB_AUTH},
            {"name": "CODER_EXTERNAL_AUTH_0_TYPE", "value": "github"},
            {"name": "CODER_EXTERNAL_AUTH_0_CLIENT_ID", "value": server.github_client_id},
            {"name": "CODER_EXTERNAL_AUTH_0_CLIENT_SECRET", **secret},
        ]
    if server.github_login:
        variables += [
            {"name": "CODER_OAUTH2_GITHUB_CLIENT_ID", "value": server.github_client_id},
            {"name": "CODER_OAUTH2_GITHUB_CLIENT_SECRET", **secret},
            {"name": "CODER_OAUTH2_GITHUB_ALLOW_SIGNUPS", "value": "true"},
            {"name": "CODER_OAUTH2_GITHUB_ALLOWED_ORGS", "value": ",".join(server.github_allowed_orgs)},
        ]
    return variables


def _connect(server: CoderServer) -> list[Manifest]:
    variables: list[Manifest] = []
    if server.connect_host:
        variables.append({"name": "OP_CONNECT_HOST", "value": server.connect_host})
    if server.connect_token is not None:
        variables.append({"name": "OP_CONNECT_TOKEN", **_from_secret(server.connect_token)})
    return variables


def _from_secret(secret: SecretKey) -> Manifest:
    return {"valueFrom": {"secretKeyRef": {"name": secret.name, "key": secret.key}}}
