"""The page about workspaces: how many there are, how they start, and whether they are connected."""

__all__ = ["WORKSPACES_PAGE"]

from typing import Final

from components.dashboards.panel import NONE_IS_GOOD, Bar, Dashboard, Panel, Query, Row

_NOW: Final = Row(
    "Now",
    (
        Panel(
            "Running",
            "stat",
            (
                Query(
                    'sum(coderd_workspace_latest_build_status{status="succeeded", workspace_transition="start"}) '
                    "or vector(0)"
                ),
            ),
            "Workspaces whose last build started them.",
        ),
        Panel(
            "Agents connected",
            "stat",
            (Query('sum(coderd_agents_connections{status="connected"}) or vector(0)'),),
            "Workspaces that can be reached.",
        ),
        Panel(
            "People active in the last hour",
            "stat",
            (Query("max(coderd_api_active_users_duration_hour)"),),
            "Accounts that did something.",
        ),
        Panel(
            "Builds that wait or run",
            "stat",
            (Query("sum(coderd_provisionerd_jobs_current)"),),
            "As many run at once as there are provisioners; more of them wait.",
        ),
    ),
)

_STARTS: Final = Row(
    "Starts",
    (
        Panel(
            "Longest start, last day",
            "stat",
            (Query("max(spt_flow_reaper_start_longest_seconds)"),),
            "From the request to a workspace that can be used.",
            unit="s",
            bars=(Bar(0, "green"), Bar(120, "red")),
        ),
        Panel(
            "Failed starts, last day",
            "stat",
            (Query("max(spt_flow_reaper_starts_failed)"),),
            "Workspaces whose last start failed.",
            bars=NONE_IS_GOOD,
        ),
        Panel(
            "Builds an hour, by result",
            "timeseries",
            (
                Query(
                    "sum by (workspace_transition, status) (increase(coderd_workspace_builds_total[1h]))",
                    "{{workspace_transition}} {{status}}",
                ),
            ),
            "Starts, stops and deletions.",
            width=12,
        ),
        Panel(
            "Time of builds, 95 %",
            "timeseries",
            (
                Query(
                    "histogram_quantile(0.95, sum by (le, template_name) (rate("
                    "coderd_provisionerd_workspace_build_timings_seconds_bucket"
                    '{workspace_transition="START"}[1h])))',
                    "{{template_name}}",
                ),
            ),
            "Terraform's part of a start, by template.",
            unit="s",
            width=12,
        ),
        Panel(
            "Latency to agents",
            "timeseries",
            (
                Query(
                    "quantile(0.95, coderd_agents_connection_latencies_seconds)",
                    "95 % of agents",
                ),
            ),
            "Between the agents and Coder's relay.",
            unit="s",
            width=12,
        ),
    ),
)

_LATEST: Final = Row(
    "Latest builds",
    (
        Panel(
            "By template and state",
            "table",
            (
                Query(
                    "sum by (template_name, workspace_transition, status) (coderd_workspace_latest_build_status)",
                ),
            ),
            "What each workspace's last build was, and how it ended.",
            width=12,
            height=8,
        ),
        Panel(
            "Nodes with the workspace image",
            "table",
            (Query("max by (node) (spt_flow_prepull_node_has_image)"),),
            "0: a workspace on this node waits for a pull.",
            width=12,
            height=8,
        ),
    ),
)

WORKSPACES_PAGE: Final = Dashboard(
    uid="spt-flow-workspaces",
    title="SPT Flow: workspaces",
    description="How many workspaces there are, how they start, and whether they are connected.",
    rows=(_NOW, _STARTS, _LATEST),
)
"""The dashboard."""
