"""Readiness: an object and what belongs to it -> a verdict in sentences."""

from typing import Any

import pytest

from core.errors import UsageError
from lab.plugins.kubernetes.readiness import (
    custom,
    daemon_set,
    definition,
    deployment,
    ingress,
    job,
    pod,
    replicas,
    service,
    simple,
    stateful_set,
    storage,
)
from lab.plugins.kubernetes.readiness.registry import rule_for
from lab.plugins.kubernetes.readiness.verdict import Judge, Surroundings


def _condition(kind: str, status: str, **more: str) -> dict[str, str]:
    return {"type": kind, "status": status, **more}


def _object(status: dict[str, Any], spec: dict[str, Any] | None = None, generation: int = 1) -> dict[str, Any]:
    return {"metadata": {"name": "x", "generation": generation}, "spec": spec or {}, "status": status}


def _workload(spec: dict[str, Any], status: dict[str, Any], generation: int = 1) -> dict[str, Any]:
    return _object({"observedGeneration": generation, **status}, spec, generation)


_AVAILABLE = [_condition("Available", "True")]
_READY_PAIR = {"updatedReplicas": 2, "availableReplicas": 2, "replicas": 2, "conditions": _AVAILABLE}
_SET = {"replicas": 2, "readyReplicas": 2, "currentRevision": "b", "updateRevision": "b"}
_NODES = {
    "desiredNumberScheduled": 2,
    "updatedNumberScheduled": 2,
    "numberAvailable": 2,
    "numberReady": 2,
}
_BALANCER = {"spec": {"type": "LoadBalancer"}, "status": {"loadBalancer": {}}}
_ADDRESS = {"loadBalancer": {"ingress": [{"ip": "1.2.3.4"}]}}
_ROUTE = {"rules": [{"http": {"paths": [{"backend": {"service": {"name": "web"}}}]}}]}

_READY: list[tuple[Judge, dict[str, Any], Surroundings]] = [
    (pod.judge, _object({"phase": "Running", "conditions": [_condition("Ready", "True")]}), Surroundings()),
    (pod.judge, _object({"phase": "Succeeded"}), Surroundings()),
    (deployment.judge, _workload({"replicas": 2}, _READY_PAIR), Surroundings()),
    (deployment.judge, _workload({"replicas": 0}, {}), Surroundings()),
    (deployment.judge, _workload({"paused": True}, {}), Surroundings()),
    (stateful_set.judge, _workload({"replicas": 2}, _SET), Surroundings()),
    (stateful_set.judge, _workload({"replicas": 0}, {"currentRevision": "a", "updateRevision": "a"}), Surroundings()),
    (
        stateful_set.judge,
        _workload({"replicas": 2, "updateStrategy": {"type": "OnDelete"}}, {**_SET, "currentRevision": "a"}, 2),
        Surroundings(),
    ),
    (daemon_set.judge, _workload({}, _NODES), Surroundings()),
    (daemon_set.judge, _workload({}, {}), Surroundings()),
    (replicas.judge, _workload({"replicas": 2}, {"availableReplicas": 2}), Surroundings()),
    (job.judge, _object({"conditions": [_condition("Complete", "True")]}), Surroundings()),
    (job.judge, _object({}, {"suspend": True}), Surroundings()),
    (service.judge, {"spec": {}}, Surroundings()),
    (service.judge, {"spec": {"type": "ExternalName", "selector": {"a": "b"}}}, Surroundings()),
    (service.judge, {"spec": {"clusterIP": "None", "selector": {"a": "b"}}}, Surroundings()),
    (service.judge, {"spec": {"selector": {"a": "b"}}}, Surroundings(waited=11.0)),
    (
        service.judge,
        {"spec": {"selector": {"a": "b"}}},
        Surroundings(endpoint_slices=({"endpoints": [{"conditions": {"ready": True}}]},)),
    ),
    (
        service.judge,
        {"spec": {"selector": {"a": "b"}}},
        Surroundings(
            endpoint_slices=({"endpoints": [{}, {"conditions": {"ready": False, "terminating": True}}]},),
        ),
    ),
    (service.judge, {**_BALANCER, "status": _ADDRESS}, Surroundings()),
    (ingress.judge, {"spec": _ROUTE, "status": _ADDRESS}, Surroundings(services=({"metadata": {"name": "web"}},))),
    (ingress.judge, {"spec": _ROUTE, "status": _ADDRESS}, Surroundings(waited=61.0)),
    (storage.judge_claim, _object({"phase": "Bound"}), Surroundings()),
    (
        storage.judge_claim,
        _object({"phase": "Pending"}, {"storageClassName": "late"}),
        Surroundings(storage_classes={"late": {"volumeBindingMode": "WaitForFirstConsumer"}}),
    ),
    (storage.judge_volume, _object({"phase": "Available"}), Surroundings()),
    (definition.judge, _object({"conditions": [_condition("Established", "True")]}), Surroundings()),
    (simple.judge_quota, {"spec": {"hard": {"cpu": "1"}}, "status": {"hard": {"cpu": "1000m"}}}, Surroundings()),
    (simple.judge_quota, {"spec": {}}, Surroundings()),
    (simple.judge_token_secret, {"type": "Opaque"}, Surroundings()),
    (simple.judge_token_secret, {"type": "kubernetes.io/service-account-token", "data": {"a": "b"}}, Surroundings()),
]


@pytest.mark.parametrize(("judge", "live", "surroundings"), _READY)
def test_ready(judge: Judge, live: dict[str, Any], surroundings: Surroundings) -> None:
    assert judge(live, surroundings).ready


_PULL = {"name": "web", "state": {"waiting": {"reason": "ImagePullBackOff", "message": "no such image"}}}
_BAD_POD = {
    "metadata": {"name": "web-1"},
    "status": {"phase": "Pending", "conditions": [_condition("Ready", "False")], "containerStatuses": [_PULL]},
}

_NOT_READY: list[tuple[Judge, dict[str, Any], Surroundings, str, str]] = [
    (
        deployment.judge,
        _object({"observedGeneration": 1}, generation=2),
        Surroundings(),
        "the deployment controller",
        "",
    ),
    (
        deployment.judge,
        _workload({"replicas": 2}, {"updatedReplicas": 1, "availableReplicas": 2, "replicas": 3}),
        Surroundings(),
        "1/2 pods of the latest revision",
        "1 of 2 pods of the latest revision are available.",
    ),
    (
        deployment.judge,
        _workload({}, {"updatedReplicas": 1, "availableReplicas": 1, "replicas": 2, "conditions": _AVAILABLE}),
        Surroundings(),
        "1 pod(s) of older revisions to end",
        "",
    ),
    (
        deployment.judge,
        _workload(
            {},
            {"conditions": [_condition("Progressing", "False", reason="ProgressDeadlineExceeded", message="too slow")]},
        ),
        Surroundings(),
        "rollout",
        "ProgressDeadlineExceeded: too slow.",
    ),
    (
        deployment.judge,
        _workload({}, {}),
        Surroundings(pods=(_BAD_POD,)),
        "rollout",
        "Pod 'web-1': container 'web' waits with ImagePullBackOff: no such image.",
    ),
    (
        deployment.judge,
        _workload({}, {}),
        Surroundings(claims=({"metadata": {"name": "data"}, "status": {"phase": "Pending"}},)),
        "rollout",
        "PersistentVolumeClaim 'data' is Pending, not Bound.",
    ),
    (
        stateful_set.judge,
        _workload({"replicas": 2}, {**_SET, "currentRevision": "a"}, 2),
        Surroundings(),
        "current revision",
        "The revision is still 'a', not 'b'.",
    ),
    (stateful_set.judge, _workload({"replicas": 3}, _SET), Surroundings(), "(2/3 ready)", "2 of 3 replicas are ready."),
    (
        daemon_set.judge,
        _workload({}, {**_NODES, "numberAvailable": 1}),
        Surroundings(pods=(_BAD_POD,)),
        "(1/2 available)",
        "Pod 'web-1': container 'web' waits with ImagePullBackOff: no such image.",
    ),
    (
        replicas.judge,
        _workload({}, {"conditions": [_condition("ReplicaFailure", "True", reason="FailedCreate", message="quota")]}),
        Surroundings(),
        "(0/1 available)",
        "FailedCreate: quota.",
    ),
    (job.judge, _object({}), Surroundings(), "to start", "It has not started."),
    (job.judge, _object({"startTime": "now", "active": 1}), Surroundings(), "active 1", ""),
    (service.judge, {"spec": {"selector": {"a": "b"}}}, Surroundings(), "pods to select", "It selects no pod"),
    (
        service.judge,
        {"spec": {"selector": {"a": "b"}}},
        Surroundings(endpoint_slices=({"endpoints": [{}, {"conditions": {"ready": False}}]},), waited=99.0),
        "(1/2 ready)",
        "1 of 2 pods it selects are not ready.",
    ),
    (service.judge, _BALANCER, Surroundings(waited=99.0), "load balancer", "no load balancer address"),
    (ingress.judge, {"spec": _ROUTE, "status": _ADDRESS}, Surroundings(), "Service web", "'web' it routes to"),
    (ingress.judge, {"spec": {}}, Surroundings(waited=99.0), "an address", "It has no address"),
    (
        storage.judge_claim,
        _object({"phase": "Pending"}, {"storageClassName": "gone"}),
        Surroundings(),
        "bound",
        "There is no StorageClass 'gone'.",
    ),
    (storage.judge_claim, _object({"phase": "Pending"}), Surroundings(), "bound", "no default one"),
    (storage.judge_volume, _object({"phase": "Failed"}), Surroundings(), "(Failed)", "It is Failed."),
    (definition.judge, _object({}), Surroundings(), "established", "It is not established."),
    (simple.judge_quota, {"spec": {"hard": {"cpu": "1"}}}, Surroundings(), "quota controller", ""),
    (
        simple.judge_token_secret,
        {"type": "kubernetes.io/service-account-token"},
        Surroundings(),
        "token",
        "The token was not issued.",
    ),
]


@pytest.mark.parametrize(("judge", "live", "surroundings", "status", "reason"), _NOT_READY)
def test_not_ready(judge: Judge, live: dict[str, Any], surroundings: Surroundings, status: str, reason: str) -> None:
    verdict = judge(live, surroundings)
    assert not verdict.ready
    assert not verdict.hopeless
    assert status in verdict.status
    assert reason in "\n".join(verdict.reasons)


def test_only_pods_of_the_latest_revision_explain_a_deployment() -> None:
    def replica_set(uid: str, revision: str) -> dict[str, Any]:
        return {"metadata": {"uid": uid, "annotations": {"deployment.kubernetes.io/revision": revision}}}

    def bad(name: str, owner: str) -> dict[str, Any]:
        return {**_BAD_POD, "metadata": {"name": name, "ownerReferences": [{"uid": owner}]}}

    around = Surroundings(
        pods=(bad("old", "1"), bad("new", "2")), replica_sets=(replica_set("1", "9"), replica_set("2", "10"))
    )
    reasons = "\n".join(deployment.judge(_workload({}, {}), around).reasons)
    assert "'new'" in reasons
    assert "'old'" not in reasons


@pytest.mark.parametrize(
    ("judge", "live", "reason"),
    [
        (
            job.judge,
            _object({"conditions": [_condition("Failed", "True", reason="BackoffLimitExceeded", message="3 times")]}),
            "BackoffLimitExceeded: 3 times.",
        ),
        (
            definition.judge,
            _object({"conditions": [_condition("NamesAccepted", "False", message="taken by another")]}),
            "Its names are not accepted: taken by another.",
        ),
        (
            pod.judge,
            _object({"phase": "Failed", "message": "evicted"}, {"restartPolicy": "Never"}),
            "Pod 'x': it failed: evicted.",
        ),
    ],
)
def test_hopeless(judge: Judge, live: dict[str, Any], reason: str) -> None:
    verdict = judge(live, Surroundings())
    assert verdict.hopeless
    assert verdict.reasons == (reason,)


@pytest.mark.parametrize(
    ("status", "spec", "sentence"),
    [
        (
            {"conditions": [_condition("PodScheduled", "False", message="0/1 nodes are available")]},
            {},
            "it is not scheduled: 0/1 nodes are available.",
        ),
        (
            {"containerStatuses": [{"name": "a", "state": {"terminated": {"exitCode": 3, "message": "boom"}}}]},
            {},
            "container 'a' ended with exit code 3: boom.",
        ),
        (
            {
                "containerStatuses": [
                    {
                        "name": "a",
                        "restartCount": 4,
                        "state": {"waiting": {"reason": "CrashLoopBackOff"}},
                        "lastState": {"terminated": {"exitCode": 137, "reason": "OOMKilled"}},
                    }
                ]
            },
            {},
            "container 'a' ended before with exit code 137, OOMKilled (restarts: 4).",
        ),
        (
            {"containerStatuses": [{"name": "a", "ready": False, "state": {"running": {}}}]},
            {},
            "container 'a' runs but its readiness or startup probe has not succeeded.",
        ),
        (
            {"initContainerStatuses": [{"name": "i", "state": {"terminated": {"exitCode": 1, "reason": "Error"}}}]},
            {},
            "container 'i' ended with exit code 1.",
        ),
    ],
)
def test_what_is_wrong_with_a_pod(status: dict[str, Any], spec: dict[str, Any], sentence: str) -> None:
    assert f"Pod 'x': {sentence}" in pod.troubles(_object(status, spec))


def test_a_pod_that_is_starting_has_no_trouble() -> None:
    starting = {"containerStatuses": [{"name": "a", "state": {"waiting": {"reason": "ContainerCreating"}}}]}
    done = {"initContainerStatuses": [{"name": "i", "state": {"terminated": {"exitCode": 0}}}]}
    assert pod.troubles(_object(starting)) == pod.troubles(_object(done)) == []


_LIVE = {
    "metadata": {"generation": 2, "labels": {"a.b/c": "d"}},
    "status": {
        "phase": "Up",
        "count": 3,
        "conditions": [{"type": "Ready", "status": "True"}, {"type": "Old", "status": "False"}],
    },
}


@pytest.mark.parametrize(
    ("written", "met"),
    [
        ("jsonpath={.status.phase}", True),
        ("jsonpath={.status.phase}=Up", True),
        ("jsonpath={.status.phase}=Down", False),
        ("jsonpath={.status.count}=3", True),
        ("jsonpath={.status.nothing}", False),
        ('jsonpath={.status.conditions[?(@.type=="Ready")].status}=True', True),
        ('jsonpath={.status.conditions[?(@.type=="Old")].status}=True', False),
        ("jsonpath={.status.conditions[*].type}=Old", True),
        ("jsonpath={.status.conditions[-1].type}=Old", True),
        ("jsonpath={.status.conditions[7].type}", False),
        ("jsonpath={.metadata.labels['a.b/c']}=d", True),
        (r"jsonpath={.metadata.labels.a\.b/c}=d", False),
        ("condition=Ready", True),
        ("condition=Old", False),
        ("condition=Old=False", True),
        ('["condition=Ready", "jsonpath={.status.phase}=Up"]', True),
        ('["condition=Ready", "condition=Old"]', False),
    ],
)
def test_wishes_of_the_program(written: str, met: bool) -> None:  # noqa: FBT001 - a column of the table
    if "/c}" in written:
        with pytest.raises(UsageError, match="not understood"):
            custom.parse(written)
        return
    assert custom.parse(written)(_LIVE, Surroundings()).ready is met


@pytest.mark.parametrize("written", ["Ready", "condition=", "jsonpath=.a", "jsonpath={}", "[]", "jsonpath={.a[}"])
def test_wishes_that_are_none(written: str) -> None:
    with pytest.raises(UsageError, match="waitFor"):
        custom.parse(written)


def test_wishes_wait_for_the_controller() -> None:
    behind = {**_LIVE, "status": {**_LIVE["status"], "observedGeneration": 1}}
    assert not custom.parse("condition=Ready")(behind, Surroundings()).ready


def test_which_kinds_are_waited_for() -> None:
    assert rule_for({"apiVersion": "apps/v1", "kind": "Deployment"}) is not None
    assert rule_for({"apiVersion": "v1", "kind": "ConfigMap"}) is None
    assert rule_for({"apiVersion": "example.com/v1", "kind": "Deployment"}) is None
    wished = {"metadata": {"annotations": {"pulumi.com/waitFor": "condition=Ready"}}}
    assert rule_for({"apiVersion": "example.com/v1", "kind": "Thing", **wished}) is not None
