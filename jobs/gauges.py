"""Figures of one run in Prometheus' text format."""

__all__ = ["render_gauges"]

from collections.abc import Mapping


def render_gauges(prefix: str, values: Mapping[str, tuple[str, float]], now: float, last_success: float | None) -> str:
    """Return gauges named `<prefix>_<name>`, each with its help text, and when the last run and success were.

    Times are seconds since the epoch; without a success there is no such metric.
    """
    gauges = dict(values)
    gauges["last_run_timestamp_seconds"] = ("When the last run ended.", now)
    if last_success is not None:
        gauges["last_success_timestamp_seconds"] = ("When the last run ended in which nothing failed.", last_success)
    lines = [
        f"# HELP {prefix}_{name} {text}\n# TYPE {prefix}_{name} gauge\n{prefix}_{name} {value:.17g}\n"
        for name, (text, value) in gauges.items()
    ]
    return "".join(lines)
