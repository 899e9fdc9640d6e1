"""Pack and cluster beside the corpus: on every notation of an image, and on workspaces with several things changed."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from components.admission_rules.every_rule import admission_rules
from core.fields import Field
from core.policy_data import PolicyData, read_policy_data
from policies.pack import RULES
from policies.resource import Resource
from policies.rule import ResourceRule
from tests.support.admission_case import API_PATHS, changed, load_corpus, wrapped
from tests.support.admission_server import NAMESPACES, AdmissionServer

pytestmark = pytest.mark.lab

_BASE: Final = {case.name: case.manifest for case in load_corpus()}["workspace-as-the-templates-make-it-deployment"]
_POD: Final = _BASE["spec"]["template"]
_SHA: Final = "@sha256:" + "0123456789abcdef" * 4
# The API server itself refuses these, or asks more of an object than the rules do.
_REFUSED_ANYWAY: Final = frozenset({400, 422})

_IMAGES: Final = (
    "nginx",
    "nginx:1.27",
    "coder/coder:1",
    "docker.io/nginx:1",
    "docker.io/library/nginx:1",
    "docker.io/coder/coder:1",
    "index.docker.io/nginx:1",
    "index.docker.io/library/nginx:1",
    "index.docker.io/coder/coder:1",
    "library/nginx:1",
    "localhost/app:1",
    "localhost:5000/app:1",
    "nginx:443/nginx",
    "nginx:443/nginx:1",
    "ghcr.io/coder/coder:v2",
    "ghcr.io/coder:v2",
    "ghcr.io/coder",
    "GHCR.IO/coder/coder:v2",
    "Registry/x:1",
    "[2001:db8::1]:5000/x:1",
    "10.98.0.50:5000/x:v1",
    "registry.coder.svc.cluster.local:5000/a/b/c:t",
    "registry.coder.svc.cluster.local/a/b/c:t",
    "registry.coder.svc.cluster.local:5000",
    "ghcr.io/coder/a/b_c/d__e/f-g--h/i.j:Tag_1.2-x",
    "ghcr.io/coder/x:" + "t" * 128,
    "ghcr.io/coder/x:" + "t" * 129,
    "ghcr.io/coder/" + "a" * 249,
    "ghcr.io/coder/" + "a" * 250,
    f"nginx{_SHA}",
    f"nginx:latest{_SHA}",
    f"ghcr.io/coder/coder:1{_SHA}",
    f"ghcr.io/coder/coder{_SHA}{_SHA}",
    f"ghcr.io/coder/coder{_SHA.upper()}",
    "ghcr.io/coder/coder@sha256:abc",
    "ghcr.io/coder/coder@md5:" + "0" * 32,
    "ghcr.io/coder/coder@",
    "ghcr.io/coder/coder:",
    "ghcr.io/coder/coder:-t",
    "ghcr.io/coder/coder:.t",
    "ghcr.io/coder//coder:1",
    "ghcr.io/coder/coder/:1",
    "ghcr.io/coder/Coder:1",
    "ghcr.io/coder/co der:1",
    "https://ghcr.io/coder/coder:1",
    "/coder:1",
    ":1",
    "Nginx:1",
    "a_b.c/d:1",
    "-ghcr.io/coder/coder:1",
    "ghcr..io/coder/coder:1",
    "ghcr.io:port/coder/coder:1",
    "ghcr.io/coder/x/-y:1",
    "ghcr.io/coder/x/y_:1",
    "ghcr.io/coder/x/y___z:1",
    "ghcr.io/coder/\u00fcber:1",
    "ghcr.io/coder/x:\u0661",
    "0123456789abcdef" * 4,
    "library/" + "0123456789abcdef" * 4 + ":1",
)

_LISTS: Final = ("containers", "initContainers")
_AMOUNTS: Final = ("0", "1m", "1", "8", "8000m", "8001m", "9", "1e1", "1k", "16Gi", "17Gi", "1.5", "32Gi", "33Gi")
_OF_CONTAINERS: Final[tuple[tuple[str, object], ...]] = (
    *((f"resources/limits/{name}", amount) for name in ("cpu", "memory", "ephemeral-storage") for amount in _AMOUNTS),
    *((f"resources/requests/{name}", amount) for name in ("cpu", "memory") for amount in ("0", "1m", "1")),
    *(
        (f"resources/limits/{name.replace('/', '~1')}", "1")
        for name in (
            "devices.spt-flow.dev/kvm",
            "example.com/kvm",
            "example.com/my-KVM.x",
            "example.com/kvmx",
            "kvm.io/x",
        )
    ),
    ("resources/limits", {}),
    ("securityContext", {}),
    *(("securityContext/privileged", value) for value in (True, False)),
    *(("securityContext/runAsUser", value) for value in (0, 1000)),
    *(("securityContext/capabilities", {"add": [name]}) for name in ("CHOWN", "NET_RAW", "SYS_ADMIN", "ALL")),
    ("securityContext/capabilities", {"drop": ["ALL"]}),
    *(("securityContext/seccompProfile", {"type": kind}) for kind in ("RuntimeDefault", "Unconfined")),
    ("securityContext/seccompProfile", {"type": "Localhost", "localhostProfile": "x.json"}),
    *(("securityContext/appArmorProfile", {"type": kind}) for kind in ("RuntimeDefault", "Unconfined")),
    *(("securityContext/seLinuxOptions", {"type": kind}) for kind in ("container_t", "spc_t", "")),
    *(("securityContext/seLinuxOptions", {key: "x"}) for key in ("user", "role", "level")),
    *(("ports", [{"containerPort": 80, "hostPort": port}]) for port in (0, 80)),
    ("volumeDevices", [{"name": "home", "devicePath": "/dev/kvm"}]),
    ("volumeDevices", [{"name": "home", "devicePath": "/dev/kvmx"}]),
)
_VOLUMES: Final[tuple[Mapping[str, object], ...]] = (
    *({"hostPath": {"path": path}} for path in ("/", "/dev//kvm/", "/x", "/dev/kvmx")),
    {"emptyDir": {}},
    {"secret": {"secretName": "x"}},
    {"nfs": {"server": "x", "path": "/"}},
    {"csi": {"driver": "x.example.com"}},
    {"projected": {"sources": [{"serviceAccountToken": {"path": "x"}}]}},
    {"projected": {"sources": [{"secret": {"name": "x"}}]}},
)
_OF_PODS: Final[tuple[tuple[str, object], ...]] = (
    *((f"/spec/{key}", value) for key in ("hostNetwork", "hostPID", "hostIPC") for value in (True, False)),
    *(("/spec/automountServiceAccountToken", value) for value in (True, False)),
    *(("/spec/securityContext/seccompProfile", {"type": kind}) for kind in ("RuntimeDefault", "Unconfined")),
    ("/spec/securityContext", {}),
    ("/spec/securityContext/sysctls", [{"name": "kernel.shm_rmid_forced", "value": "1"}]),
    ("/spec/securityContext/sysctls", [{"name": "net.core.somaxconn", "value": "1"}]),
    ("/spec/initContainers/0/restartPolicy", "Always"),
    *(("/metadata/labels/spt-flow.dev~1kvm", value) for value in ("true", "false")),
    ("/metadata/labels/com.coder.user.id", ""),
    *((f"/metadata/annotations/{key}", "x") for key in ("cdi.k8s.io~1x", "cdi.k8s.iox", "example.com~1cdi")),
    *(("/spec/volumes/-", {"name": "more", **source}) for source in _VOLUMES),
)
_CHANGES: Final[tuple[tuple[str, object], ...]] = (
    *((f"/spec/{key}/0/{path}", value) for key in _LISTS for path, value in _OF_CONTAINERS),
    *_OF_PODS,
)


@pytest.fixture(scope="module")
def data(by_tag: AdmissionServer) -> PolicyData:
    """Return the figures that are in force: those of prod, digests aside."""
    del by_tag
    return read_policy_data("prod", today=dt.date.min)


@pytest.mark.parametrize("image", _IMAGES)
def test_both_read_an_image_alike(by_tag: AdmissionServer, data: PolicyData, image: str) -> None:
    _check(by_tag, data, wrapped("Deployment", changed(_POD, {"/spec/containers/0/image": image})))


@pytest.mark.parametrize("change", _CHANGES, ids=lambda change: f"{change[0]}={json.dumps(change[1])[:30]}")
def test_both_judge_a_change_alike(by_tag: AdmissionServer, data: PolicyData, change: tuple[str, object]) -> None:
    _check(by_tag, data, wrapped("Deployment", changed(_POD, dict([change]))))


@settings(
    max_examples=100, deadline=None, derandomize=True, phases=[Phase.generate], suppress_health_check=[*HealthCheck]
)
@given(kind=st.sampled_from(sorted(API_PATHS)), drawn=st.lists(st.sampled_from(_CHANGES), min_size=2, max_size=3))
def test_both_judge_changes_together_alike(
    by_tag: AdmissionServer, data: PolicyData, kind: str, drawn: list[tuple[str, object]]
) -> None:
    try:
        pod = changed(_POD, dict(drawn))
    except (KeyError, TypeError):
        return  # one of them took away where another one leads
    _check(by_tag, data, wrapped(kind, pod))


def _check(server: AdmissionServer, data: PolicyData, manifest: dict[str, Any]) -> None:
    answer = server.try_to_create(manifest)
    if answer.status in _REFUSED_ANYWAY:
        return
    said = _sentences(data, manifest)
    assert answer.admitted != bool(said), f"{json.dumps(manifest)}\ncluster: {answer.message}\npack: {said}"


def _sentences(data: PolicyData, manifest: Mapping[str, Any]) -> list[str]:
    """Return what the pack says by those of its rules that stand in the cluster."""
    names = {rule.name for rule in admission_rules(data, NAMESPACES)}
    version = manifest["apiVersion"] if "/" in manifest["apiVersion"] else f"core/{manifest['apiVersion']}"
    resource = Resource(f"kubernetes:{version}:{manifest['kind']}", "demo", Field(manifest))
    found = []
    for rule in RULES:
        if isinstance(rule, ResourceRule) and rule.words.name in names:
            config = dict(data.rules[rule.words.name])
            if rule.words.name == "image-requires-digest":
                config["required"] = False
            verdict = rule.judge(resource, config, dt.date.min)
            found += [violation.sentence for violation in verdict.violations]
    return found
