"""The arguments of Coder, of its entry, its users and its reaper, out of the stack's settings."""

__all__ = ["coder_access_args", "coder_args", "entry_args", "reaper_args"]

from pathlib import Path
from typing import Final

from components.coder import CoderArgs
from components.coder_access import CoderAccess, CoderAccessArgs, rotation_period
from components.coder_credentials import CoderCredentials, coder_credentials
from components.coder_values import CoderServer
from components.entry_certificate import CERTIFICATE_SECRET
from components.entry_point import EntryPointArgs
from components.network_flows import CODER, WORKSPACES
from components.onepassword_connect_manifests import connect_address
from components.pushgateway_manifests import pushgateway_url
from components.reaper import ReaperArgs
from components.template_arguments import CI_TEMPLATE
from core.errors import UsageError
from settings import CoderSettings, Settings

_ROOT: Final = Path(__file__).resolve().parents[1]
_CHART: Final = "coder"


def coder_args(settings: Settings) -> CoderArgs:
    """Return Coder's arguments; what is empty in the settings is left out here."""
    credentials = coder_credentials(settings)
    args: CoderArgs = {
        "namespace": CODER,
        "workspace_namespace": WORKSPACES,
        **_chart(settings.coder.coder_chart),
        "server": _server(settings, credentials),
    }
    if credentials.values:
        args["credentials"] = credentials.values
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


def _server(settings: Settings, credentials: CoderCredentials) -> CoderServer:
    coder, entry, login = settings.coder, settings.entry, settings.login
    installs_connect = settings.secret_source.connect_install
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
        github_credential=credentials.github,
        connect_host=login.coder_connect_host or (connect_address(CODER) if installs_connect else ""),
        connect_token=credentials.connect_token,
        database=credentials.database,
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
