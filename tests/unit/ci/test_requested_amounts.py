"""What workloads request, by Kubernetes' own rules."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci.amount_text import bytes_text, cpu_text, signed
from ci.plan import Change, Operation, Plan
from ci.requested_amounts import Amounts, requested
from ci.requested_change import requested_changes, uncounted_charts
from core.fields import Field

Json = dict[str, Any]
CORE = 10**9
MEBI = 2**20 * 10**9


def container(cpu: object = None, memory: object = None, **more: object) -> Json:
    return {"name": "x", "resources": {"requests": {"cpu": cpu, "memory": memory}}, **more}


def pod(*containers: Json, init: list[Json] | None = None, **spec: object) -> Json:
    return {"spec": {"containers": list(containers), "initContainers": init or [], **spec}}


def of(kind: str, body: Json) -> Amounts:
    group = {"Pod": "core", "Job": "batch", "CronJob": "batch", "PersistentVolumeClaim": "core"}.get(kind, "apps")
    return requested(group, kind, Field(body))


def sidecar(cpu: object, memory: object = None) -> Json:
    return container(cpu, memory, restartPolicy="Always")


@pytest.mark.parametrize(
    ("body", "cpu"),
    [
        (pod(container("250m"), container("1")), 1250),
        (pod(container("1"), init=[container("500m")]), 1000),
        (pod(container("1"), init=[container("3"), container("2")]), 3000),
        (pod(container("1"), init=[sidecar("500m")]), 1500),
        (pod(container("1"), init=[sidecar("500m"), container("2")]), 2500),
        (pod(container("1"), init=[container("2"), sidecar("500m")]), 2000),
        (pod(container("1"), overhead={"cpu": "100m"}), 1100),
        (pod(container("1"), resources={"requests": {"cpu": "3"}}), 3000),
        (pod(container("1"), resources={"limits": {"memory": "1Gi"}}), 1000),
        (pod({"name": "x", "resources": {"limits": {"cpu": "2"}}}), 2000),
        (pod({"name": "x"}), 0),
        (pod(container(0.5), container(1)), 1500),
    ],
)
def test_a_pod_requests_what_runs_at_once(body: Json, cpu: int) -> None:
    assert of("Pod", body) == Amounts(cpu=cpu * CORE // 1000, memory=of("Pod", body).memory)


@pytest.mark.parametrize(
    ("kind", "spec", "pods"),
    [
        ("Deployment", {"replicas": 3}, 3),
        ("Deployment", {}, 1),
        ("Deployment", {"replicas": 0}, 0),
        ("Deployment", {"replicas": 2.0}, 2),
        ("StatefulSet", {"replicas": 2}, 2),
        ("ReplicaSet", {"replicas": 4}, 4),
        ("DaemonSet", {}, 1),
        ("Job", {"parallelism": 5}, 5),
    ],
)
def test_a_workload_requests_that_for_each_of_its_pods(kind: str, spec: Json, pods: int) -> None:
    assert of(kind, {"spec": {**spec, "template": pod(container("1"))}}).cpu == pods * CORE


def test_a_cron_job_requests_what_one_run_does() -> None:
    spec = {"jobTemplate": {"spec": {"parallelism": 2, "template": pod(container("1", "1Mi"))}}}
    assert of("CronJob", {"spec": spec}) == Amounts(cpu=2 * CORE, memory=2 * MEBI)


def claim(size: object) -> Json:
    return {"spec": {"resources": {"requests": {"storage": size}}}}


def test_claims_and_claim_templates_are_storage() -> None:
    assert of("PersistentVolumeClaim", claim("5Mi")) == Amounts(storage=5 * MEBI)
    body = {"spec": {"replicas": 3, "template": pod(container("1")), "volumeClaimTemplates": [claim("2Mi")]}}
    assert of("StatefulSet", body) == Amounts(cpu=3 * CORE, storage=6 * MEBI)


@pytest.mark.parametrize("value", ["04da6b54-80e4-46f7-96ec-b56ff0331ba9", "much", [], {}, True, "-1", "9" * 300])
def test_what_is_no_amount_is_counted_as_unknown(value: object) -> None:
    assert of("Pod", pod(container(value), container("1"))) == Amounts(cpu=CORE, unknown=1)
    assert of("Pod", pod(container("1"), init=[container(value), sidecar(value)])) == Amounts(cpu=CORE, unknown=2)
    assert of("PersistentVolumeClaim", claim(value)).unknown == 1
    assert of("Deployment", {"spec": {"replicas": value, "template": pod(container("1"))}}).unknown == 1


@pytest.mark.parametrize("body", [{}, {"spec": None}, {"spec": "text"}, {"spec": {"template": []}}, pod("text")])  # type: ignore[arg-type] # on purpose
def test_nonsense_requests_nothing(body: Json) -> None:
    for kind in ("Pod", "Deployment", "StatefulSet", "CronJob", "ConfigMap"):
        assert of(kind, body).cpu == 0


AMOUNT = st.integers(0, 8000)


@given(regular=st.lists(AMOUNT, max_size=4), init=st.lists(st.tuples(AMOUNT, st.booleans()), max_size=5))
def test_a_pod_requests_the_most_that_any_moment_of_its_start_needs(
    regular: list[int], init: list[tuple[int, bool]]
) -> None:
    """The oracle plays the start through, one init container after the other."""
    moments, running = [0], 0
    for amount, stays in init:
        moments.append(running + amount)
        running += amount if stays else 0
    moments.append(running + sum(regular))
    body = pod(
        *(container(f"{amount}m") for amount in regular),
        init=[sidecar(f"{amount}m") if stays else container(f"{amount}m") for amount, stays in init],
    )
    assert of("Pod", body).cpu == max(moments) * CORE // 1000


@given(before=AMOUNT, after=AMOUNT, replicas=st.integers(0, 9))
def test_a_difference_added_to_what_was_is_what_will_be(before: int, after: int, replicas: int) -> None:
    def inputs(amount: int) -> Json:
        template = pod(container(f"{amount}m", f"{amount}Mi"))
        return {"metadata": {"namespace": "a"}, "spec": {"replicas": replicas, "template": template}}

    change = Change(Operation.UPDATE, "kubernetes:apps/v1:Deployment", "x", inputs(before), inputs(after))
    for one in requested_changes(Plan("s", (change,))):
        assert one.before + (one.after - one.before) == one.after
        assert one.after == Amounts(cpu=replicas * after * CORE // 1000, memory=replicas * after * MEBI)


def test_lists_are_opened_and_namespaces_told_apart() -> None:
    items = [
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"namespace": name}, **pod(container("1"))}
        for name in ("b", "a")
    ]
    deep = {"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "PodList", "items": items}]}
    change = Change(Operation.CREATE, "kubernetes:core/v1:List", "x", new=deep)
    other = Change(Operation.DELETE, "kubernetes:core/v1:Pod", "y", old=pod(container("2")))
    found = requested_changes(Plan("s", (change, other)))
    assert [(one.namespace, one.before.cpu, one.after.cpu) for one in found] == [
        ("a", 0, CORE),
        ("b", 0, CORE),
        ("default", 2 * CORE, 0),
    ]


def test_changed_charts_are_named_since_their_pods_are_not_seen() -> None:
    release = "kubernetes:helm.sh/v3:Release"
    changes = (Change(Operation.UPDATE, release, "coder"), Change(Operation.SAME, release, "other"))
    assert uncounted_charts(Plan("s", changes)) == ["coder"]


@pytest.mark.parametrize(
    ("nano", "text"), [(0, "0"), (250 * 10**6, "250m"), (CORE, "1"), (CORE * 3 // 2, "1.5"), (1500, "0.002m")]
)
def test_cpu_is_written_as_people_do(nano: int, text: str) -> None:
    assert cpu_text(nano) == text


@pytest.mark.parametrize(
    ("nano", "text"),
    [(0, "0"), (512 * MEBI, "512Mi"), (1536 * MEBI, "1.5Gi"), (1024 * 1024 * MEBI, "1Ti"), (10**9 * 100, "100")],
)
def test_bytes_are_written_as_people_do(nano: int, text: str) -> None:
    assert bytes_text(nano) == text


def test_a_difference_has_a_sign() -> None:
    assert [signed(amount, cpu_text) for amount in (CORE, -CORE // 2, 0)] == ["+1", "-500m", "±0"]
