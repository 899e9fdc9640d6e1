"""Rules about what developers notice: whether Coder answers, and how their workspaces start."""

__all__ = ["coder_group", "starts_group"]

from typing import Final

from components.alert_rules.business_hours import BUSINESS_HOURS
from components.alert_rules.rule import Alert, Group, Record, or_zero

_TARGET: Final = 0.995
_BUDGET: Final = 1 - _TARGET
_MOST_ERRORS: Final = 0.05
_MOST_SLOW: Final = 0.05
_MOST_FAILED: Final = 0.1
# Speeds at which the errors of a month are used up, by the usual two windows each (an hour, six hours).
_FAST: Final = 14.4
_STEADY: Final = 6.0

_UP: Final = "spt_flow:coder_up"
_ERRORS: Final = "spt_flow:coder_error_ratio"
_AVAILABLE: Final = "spt_flow:coder_available"
_AT_WORK: Final = "spt_flow:coder_available:business_hours"
_REQUESTS: Final = "coderd_api_requests_processed_total"
_STARTS: Final = "spt_flow_reaper_starts"


def coder_group() -> Group:
    """Return the rules about Coder: 99.5 % of answers in business hours are to be good ones."""
    return Group("spt-flow-coder", (*_records(), *_alerts()))


def starts_group() -> Group:
    """Return the rules about starts, whose figures the reaper has: within two minutes, and without failure."""
    slow, failed = f"{_STARTS}_slow / ({_STARTS} > 0)", f"{_STARTS}_failed / ({_STARTS} > 0)"
    return Group(
        "spt-flow-starts",
        (
            Alert(
                "WorkspaceStartsSlow",
                # One slow start among few is an incident of one person, who knows already.
                f"({slow}) > {_MOST_SLOW} and {_STARTS}_slow >= 2",
                "15m",
                "warning",
                "Workspaces take longer than two minutes to start",
                "{{ $value | humanizePercentage }} of the starts of the last day took longer than two minutes.",
            ),
            Alert(
                "WorkspaceStartsFailing",
                f"({failed}) > {_MOST_FAILED} and {_STARTS}_failed >= 2",
                "10m",
                "critical",
                "Workspaces do not start",
                "{{ $value | humanizePercentage }} of the starts of the last day failed.",
            ),
        ),
    )


def _records() -> tuple[Record, ...]:
    errors = f'sum(rate({_REQUESTS}{{code=~"5.."}}[5m]))'
    return (
        Record(_UP, or_zero('max(up{job="coder-metrics"})')),
        # Without a request there is no ratio: then nobody got an error.
        Record(_ERRORS, f"{or_zero(errors)} / (sum(rate({_REQUESTS}[5m])) > 0) or vector(0)"),
        Record(_AVAILABLE, f"{_UP} * (1 - {_ERRORS})"),
        # Only there while people work: an average over it is one over business hours.
        Record(_AT_WORK, f"{_AVAILABLE} and ({BUSINESS_HOURS} == 1)"),
        Record(f"{_AT_WORK}:30d", f"avg_over_time({_AT_WORK}[30d])"),
    )


def _alerts() -> tuple[Alert, ...]:
    return (
        Alert(
            "CoderDown",
            f"{_UP} == 0",
            "5m",
            "critical",
            "Coder does not answer",
            "No replica of Coder has answered Prometheus for five minutes.",
        ),
        Alert(
            "CoderErrors",
            f"{_ERRORS} > {_MOST_ERRORS}",
            "10m",
            "warning",
            "Coder answers with errors",
            "{{ $value | humanizePercentage }} of Coder's answers are its own errors (5xx).",
        ),
        _burning("CoderAvailabilityFallsFast", _FAST, "1h", "5m", "critical"),
        _burning("CoderAvailabilityFalls", _STEADY, "6h", "30m", "warning"),
        Alert(
            "CoderAvailabilityMissed",
            f"{_AT_WORK}:30d < {_TARGET}",
            "15m",
            "warning",
            "Coder was available for less than 99.5 % of business hours",
            "In the last 30 days it was {{ $value | humanizePercentage }} of the business hours.",
        ),
    )


def _burning(name: str, speed: float, long: str, short: str, severity: str) -> Alert:
    least = f"{1 - speed * _BUDGET:.4f}"
    return Alert(
        name,
        f"avg_over_time({_AT_WORK}[{long}]) < {least} and avg_over_time({_AT_WORK}[{short}]) < {least}",
        "2m",
        "critical" if severity == "critical" else "warning",
        "Coder will miss its 99.5 % of business hours",
        f"In the last {long} of business hours it was available for {{{{ $value | humanizePercentage }}}}, "
        f"{speed:g} times as much of its errors as a month allows.",
    )
