"""What a panel of a dashboard is, and how Grafana spells it (schema 39, Grafana 11; later ones read it, too)."""

__all__ = ["NONE_IS_GOOD", "Bar", "Dashboard", "Panel", "Query", "Row", "build_dashboard"]

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from components.manifest import Manifest

_COLUMNS: Final = 24
_ROW_HEIGHT: Final = 1
_SCHEMA: Final = 39
_SOURCE: Final = {"type": "prometheus", "uid": "${datasource}"}
_TAG: Final = "spt-flow"


@dataclass(frozen=True)
class Query:
    """A PromQL expression; `legend` may name labels as {{label}}."""

    expression: str
    legend: str = ""


@dataclass(frozen=True)
class Bar:
    """From `value` on a figure has this colour; the colour of the first bar holds below it, too."""

    value: float
    colour: Literal["green", "orange", "red"]


NONE_IS_GOOD: Final = (Bar(0, "green"), Bar(1, "red"))
"""For what there should be none of."""


@dataclass(frozen=True)
class Panel:
    """A figure (stat), a course over time (timeseries) or a list (table), `width` of 24 columns wide."""

    title: str
    kind: Literal["stat", "timeseries", "table"]
    queries: tuple[Query, ...]
    description: str
    unit: str = "short"
    width: int = 6
    height: int = 6
    bars: tuple[Bar, ...] = (Bar(0, "green"),)
    most: float | None = None


@dataclass(frozen=True)
class Row:
    """Panels under one heading; what does not fit beside the others comes below."""

    title: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True)
class Dashboard:
    """A page; `uid` is its lasting name in addresses."""

    uid: str
    title: str
    description: str
    rows: tuple[Row, ...]
    since: str = "now-24h"


def build_dashboard(dashboard: Dashboard) -> Manifest:
    """Return the dashboard's JSON; the Prometheus that is asked is chosen on the page."""
    return {
        "uid": dashboard.uid,
        "title": dashboard.title,
        "description": dashboard.description,
        "tags": [_TAG],
        "schemaVersion": _SCHEMA,
        "version": 1,
        # The files are the source: what is changed on the page is gone with the next deployment.
        "editable": False,
        "timezone": "browser",
        "refresh": "1m",
        "time": {"from": dashboard.since, "to": "now"},
        "graphTooltip": 1,
        "templating": {"list": [_chosen_source()]},
        "annotations": {"list": [_alerts()]},
        "links": [{"type": "dashboards", "title": "SPT Flow", "tags": [_TAG], "asDropdown": True, "keepTime": True}],
        "panels": _laid_out(dashboard.rows),
    }


def _chosen_source() -> Manifest:
    return {"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus", "hide": 0}


def _alerts() -> Manifest:
    """Return what draws a line where a critical alert of the platform fired."""
    return {
        "name": "Critical alerts",
        "datasource": dict(_SOURCE),
        "enable": True,
        "iconColor": "red",
        "expr": 'ALERTS{platform="spt-flow", severity="critical", alertstate="firing"}',
        "titleFormat": "{{alertname}}",
    }


def _laid_out(rows: Sequence[Row]) -> list[Manifest]:
    panels: list[Manifest] = []
    top = 0
    for row in rows:
        place = {"h": _ROW_HEIGHT, "w": _COLUMNS, "x": 0, "y": top}
        panels.append(
            {
                "id": len(panels) + 1,
                "type": "row",
                "title": row.title,
                "collapsed": False,
                "gridPos": place,
                "panels": [],
            }
        )
        top += _ROW_HEIGHT
        left = tallest = 0
        for panel in row.panels:
            if left + panel.width > _COLUMNS:
                top, left, tallest = top + tallest, 0, 0
            place = {"h": panel.height, "w": panel.width, "x": left, "y": top}
            panels.append(_panel(panel, len(panels) + 1, place))
            left, tallest = left + panel.width, max(tallest, panel.height)
        top += tallest
    return panels


def _panel(panel: Panel, number: int, place: Manifest) -> Manifest:
    defaults: Manifest = {
        "unit": panel.unit,
        "thresholds": {
            "mode": "absolute",
            "steps": [
                {"color": bar.colour, "value": bar.value if place_of_bar else None}
                for place_of_bar, bar in enumerate(panel.bars)
            ],
        },
        "color": {"mode": "palette-classic" if panel.kind == "timeseries" else "thresholds"},
        "noValue": "-",
    }
    if panel.most is not None:
        defaults |= {"min": 0, "max": panel.most}
    return {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.description,
        "gridPos": place,
        "datasource": dict(_SOURCE),
        "targets": [_target(query, place, panel.kind) for place, query in enumerate(panel.queries)],
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": _options(panel.kind),
    }


def _target(query: Query, place: int, kind: str) -> Manifest:
    is_course = kind == "timeseries"
    return {
        "refId": chr(ord("A") + place),
        "datasource": dict(_SOURCE),
        "expr": query.expression,
        "legendFormat": query.legend or "__auto",
        "range": is_course,
        "instant": not is_course,
        **({"format": "table"} if kind == "table" else {}),
    }


def _options(kind: str) -> Manifest:
    if kind == "stat":
        reduced = {"calcs": ["lastNotNull"], "fields": "", "values": False}
        return {"reduceOptions": reduced, "colorMode": "background", "graphMode": "none", "textMode": "auto"}
    if kind == "table":
        return {"showHeader": True, "cellHeight": "sm"}
    return {
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
        "tooltip": {"mode": "multi", "sort": "desc"},
    }
