"""Settings of what keeps the workspace image on the nodes, and of the check that it is there."""

__all__ = ["PrepullSettings", "check_prepull"]

from typing import Final

from pydantic import Field

from core.config_reader import ConfigReader, SettingsGroup
from core.kubernetes_names import is_label_value, is_qualified_name
from core.node_choice import Toleration, TolerationError
from core.setting_fields import Switch
from core.setting_values import CronSchedule, JsonObject, ObjectList, PositiveNumber

_LABELS: Final = '{"pool": "workspaces"}'
_TOLERATION: Final = '{"key": "pool", "operator": "Exists"}'


class PrepullSettings(SettingsGroup):
    """The workspace image on every node: whether it is kept there, on which nodes, and when that is checked."""

    workspace_prepull: Switch = Field(
        default=False, description="Keep the workspace image on every node; it has to be known by its digest."
    )
    prepull_node_selector: JsonObject = Field(
        default={}, description="Labels of the nodes that run workspaces; empty for every Linux node."
    )
    prepull_tolerations: ObjectList = Field(
        default=(),
        description="Tolerations for the taints of the nodes that run workspaces, as in a pod.",
        examples=[_TOLERATION],
    )
    prepull_schedule: CronSchedule = Field(
        default="*/10 * * * *", description="When nodes are checked for the workspace image, as a cron schedule."
    )
    prepull_wait_minutes: PositiveNumber = Field(
        default=5, description="Minutes that a check gives to nodes that are still pulling the image."
    )


def check_prepull(reader: ConfigReader, prepull: PrepullSettings) -> None:
    """Raise SettingsError for labels or tolerations that the API server would not take."""
    for key, value in prepull.prepull_node_selector.items():
        if not is_qualified_name(key) or not isinstance(value, str) or not is_label_value(value):
            raise reader.refusal(
                prepull,
                "prepull_node_selector",
                f"a JSON object of labels and their values is expected, for example {_LABELS}",
                _LABELS,
            )
    for given in prepull.prepull_tolerations:
        try:
            Toleration.parse(given)
        except TolerationError as error:
            expected = f"{error}, for example [{_TOLERATION}]"
            raise reader.refusal(prepull, "prepull_tolerations", expected, _TOLERATION) from None
