"""Settings of the collector of the platform's logs."""

__all__ = ["LogSettings", "check_logs"]

from typing import Final, Literal

from pydantic import Field

import versions
from core.config_reader import ConfigReader, SettingsGroup
from core.image_reference import ImageReference
from core.kubernetes_names import is_subdomain
from core.setting_fields import ImageText, OneLine, PositiveQuantity, ResourceName, Switch
from core.setting_values import PositiveNumber
from settings.amount import amount

_HOST: Final = "logs.example.com"
_HIGHEST_PORT: Final = 65535


class LogSettings(SettingsGroup):
    """Logs: whether the platform's and the workspaces' are collected, and where they go."""

    log_output: Literal["none", "stdout", "forward", "loki", "es", "http"] = Field(
        default="none",
        description=(
            "Where Fluent Bit sends the logs of the platform and its workspaces, by its own names of outputs; "
            "stdout: to the collector's own log; none: they stay on the nodes."
        ),
    )
    log_host: ResourceName = Field(
        default="",
        description="Host that takes the logs; needed but for stdout.",
        examples=[_HOST],
    )
    log_port: PositiveNumber = Field(default=443, description="Its port.")
    log_tls: Switch = Field(default=True, description="Speak TLS with it, and check its certificate.")
    log_path: OneLine = Field(
        default="",
        description="Path at the host for loki and http, name of the index for es; empty for the usual one.",
        examples=["/loki/api/v1/push"],
    )
    log_credentials_secret: ResourceName = Field(
        default="",
        description=(
            "Secret in spt-system with username and password for the host (forward: password is the shared key); "
            "empty if it asks for none."
        ),
        examples=["log-credentials"],
    )
    log_namespace: ResourceName = Field(
        default="",
        description="Namespace of the host, if it runs in this cluster; logPort is then the port of its pods, too.",
        examples=["monitoring"],
    )
    log_buffer: PositiveQuantity = amount(
        "512Mi", "Disk of each node that lines may take while the host cannot be reached; the oldest go first."
    )
    log_image: ImageText = Field(
        default=ImageReference.parse(f"docker.io/fluent/fluent-bit:{versions.FLUENT_BIT}"),
        description="Image of Fluent Bit.",
    )


def check_logs(reader: ConfigReader, logs: LogSettings) -> None:
    """Raise SettingsError for logs that have nowhere to go."""
    if logs.log_output in ("none", "stdout"):
        return
    expected = f"logOutput is {logs.log_output}, and that needs a host, for example {_HOST}"
    if not logs.log_host:
        raise reader.refusal(logs, "log_host", expected, _HOST)
    if logs.log_port > _HIGHEST_PORT:
        raise reader.refusal(logs, "log_port", f"a port from 1 to {_HIGHEST_PORT} is expected", "443")
    if logs.log_output in ("loki", "http") and logs.log_path and not logs.log_path.startswith("/"):
        raise reader.refusal(logs, "log_path", "a path that begins with / is expected", "/loki/api/v1/push")
    if logs.log_output == "es" and logs.log_path and not is_subdomain(logs.log_path):
        raise reader.refusal(logs, "log_path", "the name of an index in small letters is expected", "spt-flow")
