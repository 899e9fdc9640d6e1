"""Many kinds at once under the real engine: no change stays no change, also after a refresh."""

from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_kubernetes as k8s

import versions

if TYPE_CHECKING:
    from tests.unit.lab.plugins.kubernetes.conftest import Program, Stage

_LABELS = {"app": "web"}
_SKIP = {"pulumi.com/skipAwait": "true"}
_CONTAINER: dict[str, Any] = {
    "name": "web",
    "image": "localhost/none:1",
    "env": [{"name": "EMPTY", "value": ""}, {"name": "SET", "value": "1"}],
    "ports": [{"containerPort": 80}],
    "resources": {"limits": {"cpu": "1000m", "memory": "0.5Gi"}, "requests": {"cpu": 0.25}},
    "readinessProbe": {"httpGet": {"path": "/", "port": 80}, "initialDelaySeconds": 0},
    "volumeMounts": [{"name": "scratch", "mountPath": "/scratch", "readOnly": False}],
    "securityContext": {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True},
}
_TEMPLATE: dict[str, Any] = {
    "metadata": {"labels": _LABELS},
    "spec": {
        "automountServiceAccountToken": False,
        "containers": [_CONTAINER],
        "hostNetwork": False,
        "securityContext": {},
        "tolerations": [],
        "volumes": [{"name": "scratch", "emptyDir": {"sizeLimit": "1024Mi"}}],
    },
}


def _manifests(suffix: str) -> dict[str, dict[str, Any]]:
    """Return manifests by type token of the SDK (module.Class); `suffix` makes cluster-wide names unique."""
    return {
        "core/v1:ServiceAccount": {"automountServiceAccountToken": False},
        "core/v1:ResourceQuota": {"spec": {"hard": {"limits.cpu": "8000m", "pods": 50}}},
        "core/v1:LimitRange": {
            "spec": {"limits": [{"type": "Container", "default": {"cpu": "1000m"}, "max": {"memory": "2048Mi"}}]}
        },
        "core/v1:Service": {
            "spec": {"clusterIP": "None", "selector": _LABELS, "ports": [{"port": 80, "targetPort": "web"}]}
        },
        "core/v1:PersistentVolumeClaim": {
            "annotations": _SKIP,
            "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1024Mi"}}},
        },
        "apps/v1:Deployment": {
            "annotations": _SKIP,
            "spec": {"replicas": 0, "selector": {"matchLabels": _LABELS}, "template": _TEMPLATE},
        },
        "apps/v1:StatefulSet": {
            "annotations": _SKIP,
            "spec": {
                "replicas": 0,
                "serviceName": "web",
                "selector": {"matchLabels": _LABELS},
                "template": _TEMPLATE,
                "volumeClaimTemplates": [
                    {
                        "metadata": {"name": "data"},
                        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
                    }
                ],
            },
        },
        "apps/v1:DaemonSet": {"spec": {"selector": {"matchLabels": _LABELS}, "template": _TEMPLATE}},
        "batch/v1:CronJob": {
            "spec": {
                "schedule": "0 3 * * *",
                "suspend": False,
                "jobTemplate": {
                    "spec": {
                        "template": {
                            "spec": {"restartPolicy": "Never", "containers": [_CONTAINER | {"volumeMounts": []}]}
                        }
                    }
                },
            }
        },
        "networking.k8s.io/v1:NetworkPolicy": {
            "spec": {
                "podSelector": {},
                "policyTypes": ["Ingress", "Egress"],
                "egress": [{"to": [{"namespaceSelector": {}}], "ports": [{"port": 53, "protocol": "UDP"}]}],
                "ingress": [],
            }
        },
        "networking.k8s.io/v1:Ingress": {
            "annotations": _SKIP,
            "spec": {
                "rules": [
                    {
                        "host": "web.example.com",
                        "http": {
                            "paths": [
                                {
                                    "path": "/",
                                    "pathType": "Prefix",
                                    "backend": {"service": {"name": "web", "port": {"number": 80}}},
                                }
                            ]
                        },
                    }
                ]
            },
        },
        "policy/v1:PodDisruptionBudget": {"spec": {"minAvailable": 1, "selector": {"matchLabels": _LABELS}}},
        "autoscaling/v2:HorizontalPodAutoscaler": {
            "spec": {
                "maxReplicas": 3,
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
                "metrics": [
                    {
                        "type": "Resource",
                        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}},
                    }
                ],
            }
        },
        "rbac.authorization.k8s.io/v1:Role": {
            "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]}]
        },
        "rbac.authorization.k8s.io/v1:RoleBinding": {
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "web"},
            "subjects": [{"kind": "ServiceAccount", "name": "web"}],
        },
        "storage.k8s.io/v1:StorageClass": {"name": suffix, "provisioner": "example.com/none", "parameters": {}},
        "scheduling.k8s.io/v1:PriorityClass": {"name": suffix, "value": 1000, "globalDefault": False},
        "admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy": {
            "name": suffix,
            "spec": {
                "failurePolicy": "Ignore",
                "matchConstraints": {
                    "resourceRules": [
                        {
                            "apiGroups": [""],
                            "apiVersions": ["v1"],
                            "operations": ["CREATE"],
                            "resources": ["pods"],
                        }
                    ]
                },
                "validations": [{"expression": "true", "message": "never"}],
            },
        },
    }


class _Any(pulumi.CustomResource):
    """A resource of any type token, its inputs in the API's own spelling."""

    def __init__(self, token: str, inputs: dict[str, Any], options: pulumi.ResourceOptions) -> None:
        version = pulumi.ResourceOptions(version=versions.PULUMI_KUBERNETES)
        merged = pulumi.ResourceOptions.merge(options, version)
        super().__init__(f"kubernetes:{token}", token.rpartition(":")[2], inputs, merged)


def _program(stage: "Stage", labels: dict[str, str]) -> "Program":
    def program(options: pulumi.ResourceOptions) -> None:
        for token, given in _manifests(stage.namespace).items():
            body = dict(given)
            group = token.partition(":")[0].removeprefix("core/")
            metadata: dict[str, Any] = {"labels": labels, "annotations": body.pop("annotations", {})}
            name = body.pop("name", None)
            metadata |= {"name": name} if name else {"name": "web", "namespace": stage.namespace}
            manifest = {"apiVersion": group, "kind": token.rpartition(":")[2], "metadata": metadata, **body}
            _Any(token, manifest, options)

    return program


def test_many_kinds(stage: "Stage") -> None:
    count = len(_manifests(""))
    first, second = _program(stage, {"a": "1"}), _program(stage, {"a": "2"})
    assert stage.preview(first) == {"create": count}
    assert stage.up(first) == {"create": count}
    assert stage.preview(first) == {"same": count}
    assert stage.refresh(first) == {"same": count}
    assert stage.up(first) == {"same": count}
    assert stage.up(second) == {"update": count}
    assert stage.refresh(second) == {"same": count}
    stage.engine.destroy()


def test_a_patch_lays_fields_over_what_is_there(stage: "Stage") -> None:
    def program(label: str) -> "Program":
        def body(options: pulumi.ResourceOptions) -> None:
            metadata: Any = {"name": stage.namespace, "labels": {"mine": label}}
            k8s.core.v1.NamespacePatch("space", metadata=metadata, opts=options)

        return body

    stage.patch("/api/v1/namespaces/~", {"metadata": {"labels": {"theirs": "x"}}})
    assert stage.preview(program("1")) == {"create": 1}
    assert stage.up(program("1")) == {"create": 1}
    assert stage.up(program("2")) == {"update": 1}
    labels = stage.live("/api/v1/namespaces/~")["metadata"]["labels"]
    assert (labels["mine"], labels["theirs"]) == ("2", "x")
    stage.engine.destroy()
    labels = stage.live("/api/v1/namespaces/~")["metadata"]["labels"]
    assert "mine" not in labels
    assert labels["theirs"] == "x"
