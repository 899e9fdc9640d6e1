"""Every golden manifest against the schemas of the Kubernetes that the platform is for, by its own API server.

The objects are sent as a dry run with strict validation: an unknown field, a wrong type or a value that the API forbids
is an error. Kinds that clusters get by definitions are judged by strict ones of ours.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError

import pytest
import yaml

import versions
from tests.standins.snapshots.crds import snapshot_definitions
from tests.support.apiserver import ApiServer, running_apiserver
from tests.support.custom_kinds import (
    certificate_definitions,
    gateway_definitions,
    item_definitions,
    monitoring_definitions,
)
from tests.support.patience import wait_until

_GOLDEN: Final = Path(__file__).resolve().parents[2] / "golden"
_DEFINITIONS: Final = [
    *gateway_definitions(),
    *certificate_definitions(),
    *item_definitions(),
    *monitoring_definitions(),
    *snapshot_definitions(),
]
_FILES_OF_PROGRAMS: Final = frozenset({"kubelet.config.k8s.io", "kubeproxy.config.k8s.io", "helm.sh"})
"""API groups of what has a kind and is no object of a cluster: configurations, releases."""

_STRICT: Final = "?dryRun=All&fieldValidation=Strict&fieldManager=schemas&force=true"
_APPLY: Final = "application/apply-patch+yaml"
# An address the test's API server may give to Services, for those that name one of another network.
_ADDRESS: Final = "10.96.0.200"
_TEMPLATES: Final = "templates"
"""Folder of the golden files that show secrets as their pods see them."""


class _Schemas:
    """What an API server says of objects; the namespaces they are in are made when they are first met."""

    def __init__(self, server: ApiServer) -> None:
        self._server = server
        self._kinds: dict[str, Mapping[str, tuple[str, bool]]] = {}
        self._namespaces = {"default", "kube-system"}

    def complaint(self, manifest: Mapping[str, Any]) -> str:
        """Return what is wrong with an object, nothing for one that the API takes."""
        version = manifest["apiVersion"]
        group = f"/apis/{version}" if "/" in version else f"/api/{version}"
        if group not in self._kinds:
            found = self._server.request("GET", group)["resources"]
            self._kinds[group] = {
                kind["kind"]: (kind["name"], kind["namespaced"]) for kind in found if "/" not in kind["name"]
            }
        plural, is_namespaced = self._kinds[group][manifest["kind"]]
        name, namespace = manifest["metadata"]["name"], manifest["metadata"].get("namespace", "default")
        if is_namespaced:
            self._ensure(namespace)
        place = f"namespaces/{namespace}/{plural}" if is_namespaced else plural
        try:
            self._server.request("PATCH", f"{group}/{place}/{name}{_STRICT}", _movable(manifest), _APPLY)
        except HTTPError as error:
            return str(json.loads(error.read())["message"])
        return ""

    def _ensure(self, namespace: str) -> None:
        if namespace not in self._namespaces:
            self._namespaces.add(namespace)
            body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
            self._server.request("POST", "/api/v1/namespaces", body)


def _movable(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a Service with an address of the test's network in place of its own."""
    if manifest["kind"] != "Service" or manifest["spec"].get("clusterIP", "None") == "None":
        return manifest
    return {**manifest, "spec": {**manifest["spec"], "clusterIP": _ADDRESS}}


@pytest.fixture(scope="module")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Schemas]:
    """Yield what an API server of these tests' own says: they fill it with kinds and with the platform's namespaces."""
    with running_apiserver(tmp_path_factory.mktemp("schemas")) as server:
        assert server.request("GET", "/version")["gitVersion"] == f"v{versions.KUBERNETES}"
        for definition in _DEFINITIONS:
            server.request("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition)
        wanted = {(each["spec"]["group"], each["spec"]["names"]["kind"]) for each in _DEFINITIONS}
        wait_until(lambda: all(kind in _served(server, group) for group, kind in wanted), what="kinds that are served")
        yield _Schemas(server)


def _served(server: ApiServer, group: str) -> set[str]:
    try:
        return {kind["kind"] for kind in server.request("GET", f"/apis/{group}/v1")["resources"]}
    except HTTPError:
        return set()


def _objects(file: Path) -> Iterator[Mapping[str, Any]]:
    for document in yaml.safe_load_all(file.read_text(encoding="utf-8")):
        is_object = isinstance(document, dict) and "apiVersion" in document and "kind" in document
        if is_object and document["apiVersion"].partition("/")[0] not in _FILES_OF_PROGRAMS:
            yield _encoded(document) if file.parent.name == _TEMPLATES else document


def _encoded(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    data = {key: base64.b64encode(text.encode()).decode() for key, text in manifest.get("data", {}).items()}
    return {**manifest, "data": data} if manifest["kind"] == "Secret" else manifest


_FILES: Final = {
    str(file.relative_to(_GOLDEN)): objects
    for file in sorted(_GOLDEN.rglob("*.yaml"))
    if (objects := list(_objects(file)))
}


@pytest.mark.parametrize("file", _FILES)
def test_every_golden_object_is_one_of_the_api(schemas: _Schemas, file: str) -> None:
    complaints = {
        f"{manifest['kind']} {manifest['metadata']['name']}": complaint
        for manifest in _FILES[file]
        if (complaint := schemas.complaint(manifest))
    }
    assert complaints == {}


@pytest.mark.parametrize(
    ("manifest", "complaint"),
    [
        ({"apiVersion": "v1", "kind": "Service", "spec": {"portz": []}}, ".spec.portz"),
        ({"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": 1}}, "expected string"),
        ({"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"replicas": "one"}}, "spec.replicas"),
        ({"apiVersion": "batch/v1", "kind": "CronJob", "spec": {"schedule": "0 25 * * *"}}, "spec.schedule"),
        (
            {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "spec": {"hostname": "a"}},
            ".spec.hostname",
        ),
        (
            {"apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule", "spec": {"rules": []}},
            ".spec.rules",
        ),
        (
            {"apiVersion": "cert-manager.io/v1", "kind": "Certificate", "spec": {"secretName": "a"}},
            "spec.issuerRef: Required value",
        ),
        ({"apiVersion": "onepassword.com/v1", "kind": "OnePasswordItem", "spec": {"item": "a"}}, ".spec.item"),
    ],
)
def test_what_is_none_is_noticed(schemas: _Schemas, manifest: dict[str, Any], complaint: str) -> None:
    assert complaint in schemas.complaint({**manifest, "metadata": {"name": "wrong", "namespace": "default"}})
