"""Inputs of the verbs: environment variables, so that no secret ever stands in an argument list."""

__all__ = ["Environment"]

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.errors import UsageError


@dataclass(frozen=True)
class Environment:
    """Environment variables, read with one sentence for each that is missing or wrong."""

    values: Mapping[str, str]

    def text(self, name: str, default: str = "") -> str:
        """Return the value, the default if it is missing or empty."""
        return self.values.get(name, "").strip() or default

    def required(self, name: str, meaning: str) -> str:
        """Return the value; raise UsageError if it is missing or empty."""
        value = self.text(name)
        if not value:
            raise UsageError(f"The environment variable {name} is not set; it holds {meaning}.")
        return value

    def secret(self, name: str, meaning: str) -> str:
        """Return the value of `name`, or the content of the file that `<name>_FILE` names."""
        path = self.text(f"{name}_FILE")
        if not path:
            return self.required(name, meaning)
        try:
            value = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            value = ""
        if not value:
            raise UsageError(f"The file '{path}' named by {name}_FILE is empty or cannot be read; it holds {meaning}.")
        return value

    def number(self, name: str, default: float) -> float:
        """Return the value as a number above zero; raise UsageError for anything else."""
        text = self.text(name)
        if not text:
            return default
        try:
            number = float(text)
        except ValueError:
            number = 0.0
        if not 0 < number < float("inf"):
            raise UsageError(f"The environment variable {name} is '{text}'; a number above zero is expected.")
        return number

    def printed_before(self, key: str) -> str:
        """Return a text that this verb printed last time, as the command plugin hands it over; empty if it did not."""
        try:
            printed = json.loads(self.text("PULUMI_COMMAND_STDOUT", "{}"))
        except ValueError:
            return ""
        found = printed.get(key) if isinstance(printed, dict) else None
        return found if isinstance(found, str) else ""
