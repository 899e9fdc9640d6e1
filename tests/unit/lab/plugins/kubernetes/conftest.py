"""Fixtures of the kubernetes edition's tests."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import pytest
from pulumi import automation as auto

from tests.support.apiserver import ApiServer
from tests.support.pulumi_engine import PulumiEngine

Program = Callable[[pulumi.ResourceOptions], None]


@dataclass
class Stage:
    """An engine and an API server, with a namespace of the test's own."""

    engine: PulumiEngine
    api: ApiServer
    namespace: str
    arguments: dict[str, Any]

    def program(self, body: Program) -> Callable[[], None]:
        """Return `body` as a program that has its own provider for the API server."""

        def run() -> None:
            provider = k8s.Provider(
                "cluster", kubeconfig=self.api.kubeconfig.read_text(), context="test", **self.arguments
            )
            body(pulumi.ResourceOptions(provider=provider))

        return run

    def up(self, body: Program, **options: Any) -> dict[str, int]:  # noqa: ANN401 - passed on
        """Return how many resources had which operation, the provider's and the stack's own left out."""
        self.engine.up(self.program(body), **options)
        return _without_own(self.engine.operations)

    def preview(self, body: Program, **options: Any) -> dict[str, int]:  # noqa: ANN401 - passed on
        """Return how many resources would have which operation, the provider's and the stack's own left out."""
        return _without_own(self.engine.preview(self.program(body), **options))

    def refresh(self, body: Program) -> dict[str, int]:
        """Return how many resources had which operation, the provider's and the stack's own left out."""
        return _without_own(self.engine.refresh(self.program(body)))

    def live(self, path: str) -> Any:  # noqa: ANN401 - whatever JSON the API server answers
        """Return an object by its URL path; `~` stands for the test's namespace."""
        return self.api.request("GET", path.replace("~", self.namespace))

    def patch(self, path: str, change: object, manager: str = "somebody") -> Any:  # noqa: ANN401 - as above
        """Change an object behind the engine's back."""
        place = f"{path.replace('~', self.namespace)}?fieldManager={manager}"
        return self.api.request("PATCH", place, change, "application/merge-patch+json")

    def forget(self, name: str) -> None:
        """Drop a resource from the state, as a run does that is killed before it could write it down."""
        stack = self.engine.stack(lambda: None)
        exported = stack.export_stack()
        deployment = dict(exported.deployment or {})
        deployment["resources"] = [one for one in deployment["resources"] if not one["urn"].endswith(f"::{name}")]
        stack.import_stack(auto.Deployment(version=exported.version, deployment=deployment))

    def state(self, name: str) -> dict[str, Any]:
        """Return a resource in state."""
        return self.engine.resources()[name]


def _without_own(operations: dict[str, int]) -> dict[str, int]:
    """Return the operations without those on the stack and the provider, which are created once and then the same."""
    left = dict(operations)
    for _ in range(2):
        kind = "create" if left.get("create", 0) and not left.get("same", 0) else "same"
        left[kind] = left.get(kind, 0) - 1
    return {kind: count for kind, count in left.items() if count}


@pytest.fixture
def stage(engine: PulumiEngine, apiserver: ApiServer) -> Iterator[Stage]:
    """Return an engine, an API server and a fresh namespace."""
    namespace = f"test-{uuid.uuid4().hex[:8]}"
    apiserver.request(
        "POST",
        "/api/v1/namespaces",
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}},
    )
    yield Stage(engine, apiserver, namespace, {})
    apiserver.request("DELETE", f"/api/v1/namespaces/{namespace}")
