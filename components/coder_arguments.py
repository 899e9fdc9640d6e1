"""The arguments of Coder, of its entry, its users and its reaper, out of the stack's settings."""

__all__ = ["coder_access_args", "coder_args", "entry_args", "reaper_args"]

from pathlib import Path
from typing import Final

import pulumi

from components.coder import CoderArgs
from components.coder_access import CoderAccess, CoderAccessArgs, rotation_period
from components.coder_values import CONNECT_TOKEN_KEY, GITHUB_SECRET_KEY, CoderServer
from components.entry_certificate import CERTIFICATE_SECRET
from components.entry_point import EntryPointArgs
from components.network_flows import CODER, WORKSPACES
from components.pushgateway_manifests import pushgateway_url
from components.reaper import ReaperArgs
from components.template_arguments import CI_TEMPLATE
from core.errors import UsageError
from settings import CoderLoginSettings, CoderSettings, Settings

_ROOT: Final = Path(__file__).resolve().parents[1]
_CHART: Final = "coder"


def coder_args(settings: Settings) -> CoderArgs:
    """Return Coder's arguments; what is empty in the settings is left out here."""
    args: CoderArgs = {
        "namespace": CODER,
        "workspace_namespace": WORKSPACES,
        **_chart(settings.coder.coder_chart),
        "server": _server(settings),
    }
    credentials = _credentials(settings.login)
    if credentials:
        args["credentials"] = credentials
    if settings.entry.coder_cluster_ip:
        args["cluster_ip"] = settings.entry.coder_cluster_ip
    return args


def entry_args(settings: Settings) -> EntryPointArgs | None:
    """Return the arguments of the entry, None if the stack has none."""
    entry = settings.entry
    if entry.coder_entry == "none":
        return None
    return {
        "namespace": CODER,
        "kind": entry.coder_entry,
        "class_name": entry.coder_entry_class,
        "access_url": entry.coder_access_url,
        "wildcard_access_url": entry.coder_wildcard_access_url,
        "tls_secret": CERTIFICATE_SECRET if entry.coder_tls_issuer else entry.coder_tls_secret,
        "tls_wildcard_secret": entry.coder_tls_wildcard_secret,
        "annotations": dict(entry.coder_entry_annotations),
        "idle_seconds": entry.coder_entry_idle_seconds,
        "issuer": entry.coder_tls_issuer,
        "issuer_kind": entry.coder_tls_issuer_kind,
    }


def coder_access_args(settings: Settings, *, now: float) -> CoderAccessArgs:
    """Return the arguments of Coder's users; `now` in seconds since 1970 says whether new tokens are due."""
    coder = settings.coder
    return {
        "access_url": settings.entry.coder_access_url,
        "version": coder.coder_chart_version,
        "admin_email": coder.coder_admin_email,
        "admin_username": coder.coder_admin_username,
        "bot_username": coder.coder_bot_username,
        "rotation_days": coder.coder_token_rotation_days,
        "rotation": rotation_period(now, coder.coder_token_rotation_days),
    }


def reaper_args(settings: Settings, access: CoderAccess) -> ReaperArgs:
    """Return the reaper's arguments; what is empty in the settings is left out here."""
    args: ReaperArgs = {
        "namespace": CODER,
        "workspace_namespace": WORKSPACES,
        "image": str(settings.reaper.platform_tools_image),
        "schedule": settings.reaper.reaper_schedule,
        "coder_url": f"http://coder.{CODER}.svc.cluster.local",
        "token": access.reaper_token,
        "templates": [CI_TEMPLATE],
        "ttl_minutes": settings.templates.ci_ttl_minutes,
        "grace_hours": settings.reaper.reaper_grace_hours,
        "dry_run": settings.reaper.reaper_dry_run,
    }
    if url := pushgateway_url(settings):
        args["pushgateway_url"] = url
    return args


def _chart(source: str) -> CoderArgs:
    """Return where the chart is: in a repository under its own name, or in full."""
    if source.startswith("oci://"):
        return {"chart": source}  # type: ignore[typeddict-item] # a part of them
    if "://" in source:
        return {"chart": _CHART, "repository": source}  # type: ignore[typeddict-item] # a part of them
    folder = _ROOT / source
    if not (folder / "Chart.yaml").is_file():
        raise UsageError(f"The setting coderChart names the folder {source}, and no Chart.yaml is in it.")
    return {"chart": str(folder)}  # type: ignore[typeddict-item] # a part of them


def _server(settings: Settings) -> CoderServer:
    coder, entry, login = settings.coder, settings.entry, settings.login
    return CoderServer(
        version=coder.coder_chart_version,
        image=coder.coder_image,
        access_url=entry.coder_access_url,
        wildcard_access_url=entry.coder_wildcard_access_url,
        resources=_resources(coder),
        replicas=coder.coder_replicas,
        provisioners=coder.coder_provisioners,
        github_auth=login.coder_github_auth,
        github_login=login.coder_github_login,
        github_client_id=login.coder_github_client_id,
        github_allowed_orgs=login.coder_github_allowed_orgs,
        connect_host=login.coder_connect_host,
        has_connect_token=bool(login.coder_connect_token.get_secret_value()),
        extra_values=coder.coder_extra_values,
    )


def _resources(coder: CoderSettings) -> dict[str, dict[str, str]]:
    return {
        "requests": {
            "cpu": str(coder.coder_cpu_request),
            "memory": str(coder.coder_memory_request),
            "ephemeral-storage": "256Mi",
        },
        "limits": {
            "cpu": str(coder.coder_cpu_limit),
            "memory": str(coder.coder_memory_limit),
            "ephemeral-storage": "8Gi",
        },
    }


def _credentials(login: CoderLoginSettings) -> dict[str, pulumi.Input[str]]:
    """Return what Coder signs in with; raise UsageError for GitHub without its secret, warn of a shared token."""
    credentials: dict[str, pulumi.Input[str]] = {}
    if login.coder_github_auth or login.coder_github_login:
        secret = login.coder_github_client_secret.get_secret_value()
        if not secret:
            raise UsageError(
                "The setting coderGithubClientSecret has no value, and coderGithubAuth or coderGithubLogin needs one.",
                next_command="pulumi config set --secret spt-flow:coderGithubClientSecret",
            )
        credentials[GITHUB_SECRET_KEY] = pulumi.Output.secret(secret)
    token = login.coder_connect_token.get_secret_value()
    if token:
        pulumi.log.warn(
            "The setting coderConnectToken is handed to every template's Terraform: whoever may edit a template can "
            "read it, and with it all that this token opens. Give it to a token that opens the workspaces' vault alone."
        )
        credentials[CONNECT_TOKEN_KEY] = pulumi.Output.secret(token)
    return credentials
