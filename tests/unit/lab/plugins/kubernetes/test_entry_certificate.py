"""The platform's entry under the real engine: an update is done when cert-manager has issued, and not before."""

import threading
import time
from typing import TYPE_CHECKING, Any, Literal
from urllib.error import HTTPError

import pulumi
import pytest

from components.entry_point import EntryPoint, EntryPointArgs
from tests.support.custom_kinds import certificate_definitions, gateway_definitions

if TYPE_CHECKING:
    from tests.unit.lab.plugins.kubernetes.conftest import Program, Stage

_CERTIFICATES = "/apis/cert-manager.io/v1/namespaces/~/certificates"
_ISSUING_SECONDS = 1.5
_CONFLICT = 409


class _Issuer(threading.Thread):
    """Stands for cert-manager: some time after a Certificate is there it says that it is issued."""

    def __init__(self, stage: "Stage") -> None:
        super().__init__()
        self._stage = stage
        self.issued_at = 0.0

    def run(self) -> None:
        end = time.monotonic() + 60
        while not self._stage.live(_CERTIFICATES)["items"] and time.monotonic() < end:
            time.sleep(0.1)
        time.sleep(_ISSUING_SECONDS)
        self.issued_at = time.monotonic()
        ready = {"type": "Ready", "status": "True", "reason": "Ready", "message": "issued"}
        self._stage.patch(f"{_CERTIFICATES}/coder/status", {"status": {"conditions": [ready]}})


@pytest.fixture
def issuer(stage: "Stage") -> _Issuer:
    for definition in (*certificate_definitions(), *gateway_definitions()):
        try:
            stage.api.request("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition)
        except HTTPError as error:
            if error.code != _CONFLICT:
                raise
    end = time.monotonic() + 30
    while True:
        try:
            stage.live(_CERTIFICATES)
            stage.live("/apis/gateway.networking.k8s.io/v1/namespaces/~/httproutes")
        except HTTPError:
            assert time.monotonic() < end
            time.sleep(0.1)
        else:
            return _Issuer(stage)


def _entry(stage: "Stage", kind: Literal["ingress", "gateway"], **changes: Any) -> "Program":  # noqa: ANN401 - any of the arguments
    args: EntryPointArgs = {
        "namespace": stage.namespace,
        "kind": kind,
        "class_name": "example",
        "access_url": "https://coder.example.com",
        "wildcard_access_url": "*.coder.example.com",
        "tls_secret": "coder-tls",
        "tls_wildcard_secret": "",
        "annotations": {},
        "idle_seconds": 3600,
        "issuer": "letsencrypt",
        "issuer_kind": "ClusterIssuer",
    }
    args.update(changes)  # type: ignore[typeddict-item] # what the test changes

    def program(options: pulumi.ResourceOptions) -> None:
        EntryPoint("entry", args, pulumi.ResourceOptions(providers=[options.provider]))  # type: ignore[list-item] # one it is

    return program


def test_an_update_waits_until_the_certificate_is_issued(stage: "Stage", issuer: _Issuer) -> None:
    issuer.start()
    operations = stage.up(_entry(stage, "gateway"))
    done_at = time.monotonic()
    issuer.join()
    # The component, the Gateway, two routes and the Certificate.
    assert operations == {"create": 5}
    assert issuer.issued_at
    assert done_at > issuer.issued_at
    spec = stage.live(f"{_CERTIFICATES}/coder")["spec"]
    assert spec["dnsNames"] == ["coder.example.com", "*.coder.example.com"]
    assert stage.preview(_entry(stage, "gateway")) == {"same": 5}


def test_a_host_without_wildcard_changes_entry_and_certificate_in_place(stage: "Stage", issuer: _Issuer) -> None:
    issuer.start()
    stage.up(_entry(stage, "gateway"))
    issuer.join()
    uid = stage.live(f"{_CERTIFICATES}/coder")["metadata"]["uid"]
    assert stage.up(_entry(stage, "gateway", wildcard_access_url="")) == {"same": 1, "update": 4}
    live = stage.live(f"{_CERTIFICATES}/coder")
    assert (live["metadata"]["uid"], live["spec"]["dnsNames"]) == (uid, ["coder.example.com"])
