"""The arguments of the collector of logs, out of the stack's settings."""

__all__ = ["declare_logs", "log_collector_args"]

import pulumi

from components.logs import LogCollector, LogCollectorArgs
from components.logs_config import LogOutput
from components.network_flows import CODER, SYSTEM, WORKSPACES
from settings import Settings

_NANO = 10**9


def declare_logs(settings: Settings, opts: pulumi.ResourceOptions) -> None:
    """Collect logs if the stack's settings say so."""
    if (args := log_collector_args(settings)) is not None:
        LogCollector("logs", args, opts)


def log_collector_args(settings: Settings) -> LogCollectorArgs | None:
    """Return the collector's arguments, None if the stack collects nothing."""
    logs = settings.logs
    if logs.log_output == "none":
        return None
    return {
        "namespace": SYSTEM,
        "sources": [CODER, WORKSPACES, SYSTEM],
        "stack": settings.stack,
        "image": str(logs.log_image),
        "output": LogOutput(
            kind=logs.log_output,
            host=logs.log_host,
            port=logs.log_port,
            tls=logs.log_tls,
            path=logs.log_path,
            has_credentials=bool(logs.log_credentials_secret),
            buffer_bytes=logs.log_buffer.nano // _NANO,
        ),
        "credentials_secret": logs.log_credentials_secret,
    }
