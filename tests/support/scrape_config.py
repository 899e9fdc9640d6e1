"""What the operator would make of ServiceMonitors: Prometheus' own configuration, for a server that tests run.

Debian's Prometheus cannot ask Kubernetes: the targets are looked up here, once, by the rules that the operator has.
"""

__all__ = ["prometheus_config"]

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.support.kubectl import Kubectl


def prometheus_config(
    monitors: Sequence[Mapping[str, Any]], kubectl: Kubectl, rules: Sequence[Path], *, seconds: int
) -> dict[str, Any]:
    """Return a configuration that scrapes what the monitors choose in the cluster of `kubectl`, every `seconds`.

    The fields of a monitor that are not read here are refused: a test would prove something else than it says.
    """
    return {
        "global": {"scrape_interval": f"{seconds}s", "evaluation_interval": f"{seconds}s", "scrape_timeout": "1s"},
        "rule_files": [str(path) for path in rules],
        "scrape_configs": [
            _scrape(monitor, number, endpoint, kubectl)
            for monitor in monitors
            for number, endpoint in enumerate(monitor["spec"]["endpoints"])
        ],
    }


def _scrape(monitor: Mapping[str, Any], number: int, endpoint: Mapping[str, Any], kubectl: Kubectl) -> dict[str, Any]:
    spec, metadata = monitor["spec"], monitor["metadata"]
    assert spec.keys() == {"namespaceSelector", "selector", "endpoints"}
    assert spec["selector"].keys() == {"matchLabels"}
    assert endpoint.keys() <= {"port", "path", "interval", "honorLabels"}
    found = [
        target
        for namespace in spec["namespaceSelector"]["matchNames"]
        for service in _services(kubectl, namespace, spec["selector"]["matchLabels"])
        for target in _targets(kubectl, namespace, service, endpoint["port"])
    ]
    return {
        "job_name": f"{metadata['namespace']}/{metadata['name']}/{number}",
        "honor_labels": endpoint.get("honorLabels", False),
        "metrics_path": endpoint["path"],
        "static_configs": found,
    }


def _services(kubectl: Kubectl, namespace: str, labels: Mapping[str, str]) -> list[str]:
    chosen = ",".join(f"{key}={value}" for key, value in labels.items())
    found = kubectl.get("-n", namespace, "services", "-l", chosen)["items"]
    return [service["metadata"]["name"] for service in found]


def _targets(kubectl: Kubectl, namespace: str, service: str, port: str) -> Iterator[dict[str, Any]]:
    """Yield the addresses behind the Service's port of this name, each with the labels the operator gives it."""
    slices = kubectl.get("-n", namespace, "endpointslices", "-l", f"kubernetes.io/service-name={service}")["items"]
    for one in slices:
        numbers = [each["port"] for each in one["ports"] or () if each["name"] == port]
        for endpoint in one["endpoints"] or ():
            labels = {"namespace": namespace, "service": service, "job": service, "endpoint": port}
            labels["pod"] = endpoint["targetRef"]["name"]
            for number in numbers:
                yield {"targets": [f"{endpoint['addresses'][0]}:{number}"], "labels": labels}
