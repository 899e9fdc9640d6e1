"""What `make status` says of the image on the nodes."""

from typing import Any

import pytest

from components.prepull_manifests import build_daemon_set
from lab.image_on_nodes import nodes_health

_DIGEST = f"sha256:{'a1' * 32}"
_IMAGE = f"registry.coder.svc.cluster.local:5000/spt-flow/workspace@{_DIGEST}"


def _daemon_set() -> dict[str, Any]:
    return build_daemon_set(
        "spt-system", image=_IMAGE, node_selector={}, tolerations=[{"key": "pool", "operator": "Exists"}]
    )


def _node(name: str, *images: str, ready: str = "True", taint: str = "pool") -> dict[str, Any]:
    return {
        "metadata": {"name": name, "labels": {"kubernetes.io/os": "linux"}},
        "spec": {"taints": [{"key": taint, "effect": "NoSchedule"}]},
        "status": {
            "conditions": [{"type": "Ready", "status": ready}],
            "images": [{"names": [each]} for each in images],
        },
    }


def test_an_image_that_is_everywhere_is_healthy() -> None:
    nodes = [_node("a", "other:1", _IMAGE), _node("b", _IMAGE), _node("c", ready="False"), _node("d", taint="gpu")]
    health = nodes_health(_daemon_set(), nodes)
    assert (health.healthy, health.detail, health.next_command) == (True, f"{_DIGEST} on 2 of 2", None)


@pytest.mark.parametrize("listed", [(), (_IMAGE.replace("a1", "b2"),), (_IMAGE.partition("@")[0] + ":latest",)])
def test_each_node_without_it_is_named_with_the_image(listed: tuple[str, ...]) -> None:
    health = nodes_health(_daemon_set(), [_node("b", *listed), _node("a", _IMAGE), _node("c")])
    assert (health.healthy, health.detail) == (False, f"{_IMAGE} is missing on b, c")
    assert health.next_command == "kubectl -n spt-system describe pods -l app.kubernetes.io/name=prepull"


def test_without_what_keeps_it_nothing_is_known() -> None:
    health = nodes_health(None, [_node("a", _IMAGE)])
    assert (health.healthy, health.next_command) == (False, "make up")
