"""Dashboards for Grafana, as code: what is on them, and how Grafana spells it."""
