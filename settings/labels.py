"""What settings of labels have in common: they are a JSON object of valid keys and values."""

__all__ = ["check_labels"]

from typing import Any

from core.config_reader import ConfigReader, SettingsGroup
from core.kubernetes_names import is_label_value, is_qualified_name


def check_labels(reader: ConfigReader, group: SettingsGroup, name: str, example: str) -> None:
    """Raise SettingsError for a setting whose object holds what could be no label; `example` is one of JSON."""
    labels: dict[str, Any] = getattr(group, name)
    for key, value in labels.items():
        if not is_qualified_name(key) or not isinstance(value, str) or not is_label_value(value):
            raise reader.refusal(
                group, name, f"a JSON object of labels and their values is expected, for example {example}", example
            )
