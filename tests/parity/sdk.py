"""The kubernetes SDK without its types: against its unions of TypedDicts, nested dicts cost mypy gigabytes."""

__all__ = ["k8s"]

from typing import Any

import pulumi_kubernetes

k8s: Any = pulumi_kubernetes
