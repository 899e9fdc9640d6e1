"""A real API server that holds workloads to the admission policy, and answers without storing anything."""

__all__ = ["NAMESPACES", "AdmissionServer", "Answer"]

import dataclasses
import datetime as dt
import json
import urllib.error
from collections.abc import Mapping
from typing import Any, Final

from components.admission_policies import build_binding, build_policy
from core.policy_data import PolicyData, read_policy_data
from tests.support.admission_case import API_PATHS, load_corpus
from tests.support.apiserver import ApiServer
from tests.support.patience import wait_until

NAMESPACES: Final = ("coder", "coder-workspace", "spt-system")

_GROUP: Final = "/apis/admissionregistration.k8s.io/v1"
_REPOSITORIES: Final = "image-requires-allowed-repository"


@dataclasses.dataclass(frozen=True)
class Answer:
    """What the API server said: HTTP status, the object or its message."""

    status: int
    message: str
    body: Mapping[str, Any]

    @property
    def admitted(self) -> bool:
        """Say whether the object would have been stored."""
        return self.status < 300


class AdmissionServer:
    """The API server of the tests with the platform's namespaces and its policy."""

    def __init__(self, server: ApiServer) -> None:
        self._server = server
        self._installed = 0
        for namespace in NAMESPACES:
            self.ask("POST", "/api/v1/namespaces", {"metadata": {"name": namespace}})
        # What the class docker asks for; nothing runs here.
        sysbox = {"metadata": {"name": "sysbox-runc"}, "handler": "sysbox-runc"}
        self.ask("POST", "/apis/node.k8s.io/v1/runtimeclasses", sysbox)
        accounts = [f"/api/v1/namespaces/{namespace}/serviceaccounts/default" for namespace in NAMESPACES]
        wait_until(lambda: all(self.ask("GET", path).admitted for path in accounts), what="the service accounts")

    def ask(self, method: str, path: str, body: object = None, content_type: str = "application/json") -> Answer:
        """Send a request and return what was answered, whatever it was."""
        try:
            answer = self._server.request(method, path, body, content_type)
        except urllib.error.HTTPError as refused:
            status = json.loads(refused.read())
            return Answer(refused.code, status.get("message", ""), status)
        return Answer(200, "", answer)

    def try_to_create(self, manifest: Mapping[str, Any]) -> Answer:
        """Return the answer to a workload, without storing it."""
        path = API_PATHS[manifest["kind"]].format(manifest["metadata"]["namespace"])
        return self.ask("POST", f"{path}?dryRun=All", manifest)

    def install(self, changes: Mapping[str, Mapping[str, Any]]) -> PolicyData:
        """Put the policy of prod in force, with changes to the properties of rules, and return its figures."""
        self._installed += 1
        # A mark that only this configuration has, and that a refusal shows.
        mark = f"canary-{self._installed}.example.com"
        data = read_policy_data("prod", today=dt.date.min)
        rules = {name: dict(entry) for name, entry in data.rules.items() if name != "all"}
        for name, properties in changes.items():
            rules[name].update(properties)
        rules[_REPOSITORIES]["allowedRepositories"] = [*rules[_REPOSITORIES]["allowedRepositories"], mark]
        data = dataclasses.replace(data, rules=rules)
        for kind, manifest in (
            ("validatingadmissionpolicies", build_policy(data, NAMESPACES)),
            ("validatingadmissionpolicybindings", build_binding(NAMESPACES)),
        ):
            path = f"{_GROUP}/{kind}/{manifest['metadata']['name']}?fieldManager=tests&force=true"
            answer = self.ask("PATCH", path, manifest, "application/apply-patch+yaml")
            assert answer.admitted, answer.message
        canary = next(case.manifest for case in load_corpus() if case.name == "other-registry-deployment")
        wait_until(lambda: mark in self.try_to_create(canary).message, what="the policy in force")
        return data

    def policy(self) -> Mapping[str, Any]:
        """Return the policy as it is stored, once its types have been checked."""
        found: list[Mapping[str, Any]] = []

        def is_checked() -> bool:
            found[:] = self.ask("GET", f"{_GROUP}/validatingadmissionpolicies").body["items"]
            generation = found[0].get("metadata", {}).get("generation")
            return bool(found[0].get("status", {}).get("observedGeneration") == generation)

        wait_until(is_checked, what="the check of the policy's types")
        return found[0]
