"""The kubernetes edition under the real engine, against a real API server."""

import base64
import contextlib
import dataclasses
import re
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_kubernetes as k8s
import pytest
from pulumi import automation as auto

if TYPE_CHECKING:
    from tests.unit.lab.plugins.kubernetes.conftest import Program, Stage

_CANARY = "canary-7f3b92d1-with-length"


def _metadata(stage: "Stage", name: str | None, **more: object) -> Any:  # noqa: ANN401 - the SDK's own type is closed
    """Return metadata in the test's namespace, as a program would write it."""
    return {**({"name": name} if name else {}), "namespace": stage.namespace, **more}


def _settings(stage: "Stage", data: dict[str, str], name: str = "settings", resource: str = "settings") -> "Program":
    def program(options: pulumi.ResourceOptions) -> None:
        k8s.core.v1.ConfigMap(resource, metadata={"name": name, "namespace": stage.namespace}, data=data, opts=options)

    return program


def test_create_nothing_change_replace_delete(stage: "Stage") -> None:
    assert stage.preview(_settings(stage, {"a": "1"})) == {"create": 1}
    assert stage.up(_settings(stage, {"a": "1"})) == {"create": 1}
    state = stage.state("settings")
    assert state["id"] == f"{stage.namespace}/settings"
    assert {"__inputs", "__initialApiVersion", "__fieldManager", "apiVersion", "kind", "metadata", "data"} == set(
        state["outputs"]
    )
    assert stage.preview(_settings(stage, {"a": "1"})) == {"same": 1}
    assert stage.up(_settings(stage, {"a": "1"})) == {"same": 1}
    assert stage.refresh(_settings(stage, {"a": "1"})) == {"same": 1}

    uid = stage.live("/api/v1/namespaces/~/configmaps/settings")["metadata"]["uid"]
    assert stage.up(_settings(stage, {"a": "2"})) == {"replace": 1}, "a ConfigMap's data cannot change by default"
    live = stage.live("/api/v1/namespaces/~/configmaps/settings")
    assert live["data"] == {"a": "2"}
    assert live["metadata"]["uid"] != uid

    stage.engine.destroy()
    names = [item["metadata"]["name"] for item in stage.live("/api/v1/namespaces/~/configmaps")["items"]]
    assert "settings" not in names


def test_update_in_place_removes_what_the_program_drops(stage: "Stage") -> None:
    stage.arguments["enable_config_map_mutable"] = True
    assert stage.up(_settings(stage, {"a": "1", "b": "2"})) == {"create": 1}
    uid = stage.live("/api/v1/namespaces/~/configmaps/settings")["metadata"]["uid"]
    assert stage.preview(_settings(stage, {"a": "3"})) == {"update": 1}
    assert stage.up(_settings(stage, {"a": "3"})) == {"update": 1}
    live = stage.live("/api/v1/namespaces/~/configmaps/settings")
    assert live["data"] == {"a": "3"}
    assert live["metadata"]["uid"] == uid
    managers = [(entry["manager"], entry["operation"]) for entry in live["metadata"]["managedFields"]]
    assert managers == [(stage.state("settings")["outputs"]["__fieldManager"], "Apply")]


def test_rename_with_an_alias_keeps_the_object(stage: "Stage") -> None:
    stage.up(_settings(stage, {"a": "1"}))
    uid = stage.live("/api/v1/namespaces/~/configmaps/settings")["metadata"]["uid"]

    def renamed(options: pulumi.ResourceOptions) -> None:
        own = pulumi.ResourceOptions(aliases=[pulumi.Alias(name="settings")])
        k8s.core.v1.ConfigMap(
            "renamed",
            metadata={"name": "settings", "namespace": stage.namespace},
            data={"a": "1"},
            opts=pulumi.ResourceOptions.merge(options, own),
        )

    assert stage.up(renamed) == {"same": 1}
    assert stage.live("/api/v1/namespaces/~/configmaps/settings")["metadata"]["uid"] == uid


def test_rename_without_an_alias_leaves_the_object_alone(stage: "Stage") -> None:
    stage.up(_settings(stage, {"a": "1"}))
    with pytest.raises(auto.CommandError):
        stage.up(_settings(stage, {"a": "1"}, resource="other"))
    assert "exists already in the cluster and is not this resource's" in stage.engine.transcript
    assert stage.live("/api/v1/namespaces/~/configmaps/settings")["data"] == {"a": "1"}


def test_autonaming(stage: "Stage") -> None:
    def program(data: str) -> "Program":
        def body(options: pulumi.ResourceOptions) -> None:
            k8s.core.v1.ConfigMap("auto", metadata=_metadata(stage, None), data={"a": data}, opts=options)

        return body

    stage.up(program("1"))
    name = stage.state("auto")["outputs"]["metadata"]["name"]
    assert re.fullmatch(r"auto-[0-9a-f]{8}", name)
    assert stage.state("auto")["outputs"]["metadata"]["annotations"] == {"pulumi.com/autonamed": "true"}
    assert stage.up(program("1")) == {"same": 1}
    assert stage.up(program("2")) == {"replace": 1}
    assert stage.state("auto")["outputs"]["metadata"]["name"] != name


def test_refresh_takes_in_drift_and_up_repairs_it(stage: "Stage") -> None:
    stage.arguments["enable_config_map_mutable"] = True
    program = _settings(stage, {"a": "1", "b": "2"})
    stage.up(program)
    stage.patch("/api/v1/namespaces/~/configmaps/settings", {"data": {"a": "9"}}, "kubectl-edit")
    assert stage.refresh(program) == {"update": 1}
    assert stage.state("settings")["inputs"]["data"] == {"a": "9", "b": "2"}
    assert stage.up(program) == {"update": 1}
    assert stage.live("/api/v1/namespaces/~/configmaps/settings")["data"] == {"a": "1", "b": "2"}

    stage.api.request("DELETE", f"/api/v1/namespaces/{stage.namespace}/configmaps/settings")
    assert stage.refresh(program) == {"delete": 1}
    assert stage.up(program) == {"create": 1}


def test_a_conflict_names_the_field_and_the_other_manager(stage: "Stage") -> None:
    stage.arguments["enable_config_map_mutable"] = True
    stage.up(_settings(stage, {"a": "1"}))
    stage.patch("/api/v1/namespaces/~/configmaps/settings", {"data": {"a": "9"}}, "operator")
    with pytest.raises(auto.CommandError):
        stage.up(_settings(stage, {"a": "2"}))
    assert "the field '.data.a' is managed by 'operator'" in stage.engine.transcript

    def forced(options: pulumi.ResourceOptions) -> None:
        annotations = {"pulumi.com/patchForce": "true"}
        metadata = _metadata(stage, "settings", annotations=annotations)
        k8s.core.v1.ConfigMap("settings", metadata=metadata, data={"a": "2"}, opts=options)

    assert stage.up(forced) == {"update": 1}
    assert stage.live("/api/v1/namespaces/~/configmaps/settings")["data"] == {"a": "2"}


def test_import(stage: "Stage") -> None:
    stage.api.request(
        "POST",
        f"/api/v1/namespaces/{stage.namespace}/configmaps",
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "found"}, "data": {"a": "1"}},
    )

    def program(*, importing: bool) -> "Program":
        def body(options: pulumi.ResourceOptions) -> None:
            own = pulumi.ResourceOptions(import_=f"{stage.namespace}/found" if importing else None)
            metadata = _metadata(stage, "found")
            opts = pulumi.ResourceOptions.merge(options, own)
            k8s.core.v1.ConfigMap("found", metadata=metadata, data={"a": "1"}, opts=opts)

        return body

    assert stage.up(program(importing=True)) == {"import": 1}
    assert stage.up(program(importing=False)) == {"same": 1}
    assert stage.refresh(program(importing=False)) == {"same": 1}


def test_preview_before_the_namespace_and_the_definition_exist(stage: "Stage") -> None:
    group = f"{stage.namespace}.example.com"

    def program(options: pulumi.ResourceOptions) -> None:
        namespace = k8s.core.v1.Namespace("space", metadata={"name": f"{stage.namespace}-two"}, opts=options)
        after = pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(depends_on=[namespace]))
        k8s.core.v1.ConfigMap("inside", metadata={"name": "inside", "namespace": f"{stage.namespace}-two"}, opts=after)
        spec: Any = {
            "group": group,
            "names": {"kind": "Widget", "plural": "widgets"},
            "scope": "Namespaced",
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    "schema": {"openAPIV3Schema": {"type": "object", "x_kubernetes_preserve_unknown_fields": True}},
                }
            ],
        }
        definition = k8s.apiextensions.v1.CustomResourceDefinition(
            "widgets",
            metadata={"name": f"widgets.{group}"},
            spec=spec,
            opts=options,
        )
        k8s.apiextensions.CustomResource(
            "widget",
            api_version=f"{group}/v1",
            kind="Widget",
            metadata={"name": "widget", "namespace": stage.namespace},
            spec={"size": 3},
            opts=pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(depends_on=[definition])),
        )

    assert stage.preview(program) == {"create": 4}
    assert stage.up(program) == {"create": 4}
    assert stage.state("widget")["id"] == f"{stage.namespace}/widget"
    assert stage.state("space")["id"] == f"{stage.namespace}-two"
    assert stage.live(f"/apis/{group}/v1/namespaces/~/widgets/widget")["spec"] == {"size": 3}
    assert stage.up(program) == {"same": 4}
    assert stage.refresh(program) == {"same": 4}
    stage.engine.destroy()


def test_secrets_are_marked_and_nowhere_in_clear(stage: "Stage") -> None:
    stage.arguments["enable_secret_mutable"] = True

    def program(canary: str) -> "Program":
        def body(options: pulumi.ResourceOptions) -> None:
            secret = k8s.core.v1.Secret(
                "secret",
                metadata={"name": "secret", "namespace": stage.namespace},
                string_data={"password": canary},
                opts=options,
            )
            pulumi.export("data", secret.data)

        return body

    assert stage.up(program(_CANARY)) == {"create": 1}
    encoded = base64.b64encode(_CANARY.encode()).decode()
    assert stage.live("/api/v1/namespaces/~/secrets/secret")["data"] == {"password": encoded}
    assert stage.up(program(_CANARY)) == {"same": 1}
    assert stage.refresh(program(_CANARY)) == {"same": 1}
    assert stage.up(program(f"{_CANARY}-two")) == {"update": 1}
    for text in (_CANARY, encoded.rstrip("=")[:-2]):
        assert stage.engine.files_with(text) == []
        assert text not in stage.engine.transcript


def test_unknown_inputs(stage: "Stage") -> None:
    def program(options: pulumi.ResourceOptions) -> None:
        first = k8s.core.v1.Service(
            "first",
            metadata={"name": "first", "namespace": stage.namespace},
            spec={"ports": [{"port": 80}]},
            opts=options,
        )
        k8s.core.v1.ConfigMap(
            "second",
            metadata={"name": "second", "namespace": stage.namespace},
            data={"address": first.spec.cluster_ip, "uid": first.metadata.uid},
            opts=options,
        )

    assert stage.preview(program) == {"create": 2}
    assert stage.up(program) == {"create": 2}
    service = stage.live("/api/v1/namespaces/~/services/first")
    assert stage.live("/api/v1/namespaces/~/configmaps/second")["data"] == {
        "address": service["spec"]["clusterIP"],
        "uid": service["metadata"]["uid"],
    }
    assert stage.up(program) == {"same": 2}


def _deployment(
    stage: "Stage", *, image: str = "localhost/none", annotations: dict[str, str] | None = None
) -> "Program":
    def program(options: pulumi.ResourceOptions) -> None:
        labels = {"app": "web"}
        k8s.apps.v1.Deployment(
            "web",
            metadata={"name": "web", "namespace": stage.namespace, "annotations": annotations or {}},
            spec={
                "selector": {"match_labels": labels},
                "template": {
                    "metadata": {"labels": labels},
                    "spec": {
                        "containers": [
                            {
                                "name": "web",
                                "image": image,
                                "resources": {"limits": {"cpu": "1000m", "memory": "0.5Gi"}},
                            }
                        ],
                        "host_network": False,
                    },
                },
            },
            opts=options,
        )

    return program


def test_a_deployment_that_never_gets_ready_is_recorded_and_repaired(stage: "Stage") -> None:
    short = {"pulumi.com/timeoutSeconds": "3"}
    with pytest.raises(auto.CommandError):
        stage.up(_deployment(stage, annotations=short))
    state = stage.state("web")
    assert state["id"] == f"{stage.namespace}/web"
    assert "0 of 1 pods of the latest revision are available." in state["initErrors"]
    assert any("was not ready after 3 s" in reason for reason in state["initErrors"])

    skipping = {"pulumi.com/skipAwait": "true"}
    assert stage.up(_deployment(stage, annotations=skipping)) == {"update": 1}
    assert not stage.state("web").get("initErrors")
    assert stage.up(_deployment(stage, annotations=skipping)) == {"same": 1}
    assert stage.refresh(_deployment(stage, annotations=skipping)) == {"same": 1}, (
        "what the server left out is no drift"
    )


def test_a_pod_is_ready_when_its_status_says_so(stage: "Stage") -> None:
    def program(options: pulumi.ResourceOptions) -> None:
        k8s.core.v1.Pod(
            "pod",
            metadata={"name": "pod", "namespace": stage.namespace},
            spec={"containers": [{"name": "main", "image": "localhost/none"}]},
            opts=options,
        )

    def make_ready() -> None:
        path = f"/api/v1/namespaces/{stage.namespace}/pods/pod"
        while True:
            with contextlib.suppress(OSError):
                conditions = [{"type": "Ready", "status": "True"}, {"type": "PodScheduled", "status": "True"}]
                stage.patch(f"{path}/status", {"status": {"phase": "Running", "conditions": conditions}})
                return
            time.sleep(0.1)

    helper = threading.Thread(target=make_ready)
    helper.start()
    assert stage.up(program) == {"create": 1}
    helper.join()


def test_without_a_cluster_a_preview_works_and_an_up_says_why_not(stage: "Stage", tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    nowhere.write_text(stage.api.kubeconfig.read_text().replace(stage.api.server, "https://127.0.0.1:1"))
    stage.api = dataclasses.replace(stage.api, kubeconfig=nowhere)
    seen: list[object] = []

    def program(options: pulumi.ResourceOptions) -> None:
        service = k8s.core.v1.Service(
            "first",
            metadata={"name": "first", "namespace": stage.namespace},
            spec={"ports": [{"port": 80}]},
            opts=options,
        )
        pulumi.Output.all(service.spec.cluster_ip, service.metadata.uid, service.status).apply(seen.append)

    assert stage.preview(program) == {"create": 1}
    assert seen == [], "what the server fills in is not known"
    with pytest.raises(auto.CommandError):
        stage.up(program)
    assert "The Kubernetes cluster cannot be reached" in stage.engine.transcript
    assert "Traceback" not in stage.engine.transcript


def test_an_object_an_interrupted_run_left_is_taken_over(stage: "Stage") -> None:
    program = _settings(stage, {"a": "1"})
    stage.up(program)
    uid = stage.live("/api/v1/namespaces/~/configmaps/settings")["metadata"]["uid"]
    stage.forget("settings")

    assert stage.up(program) == {"create": 1}
    assert stage.live("/api/v1/namespaces/~/configmaps/settings")["metadata"]["uid"] == uid
    assert stage.up(program) == {"same": 1}


def test_types_that_are_not_covered(stage: "Stage") -> None:
    def program(options: pulumi.ResourceOptions) -> None:
        k8s.core.v1.ConfigMapList("list", items=[], opts=options)

    with pytest.raises(auto.CommandError):
        stage.up(program)
    assert "is a list, which cannot be created" in stage.engine.transcript
