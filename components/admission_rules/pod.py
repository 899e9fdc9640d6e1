"""What every rule looks at: the pod inside a workload of any kind, its containers, and how to call them."""

__all__ = ["POD_VARIABLES", "WORKLOADS"]

from typing import Final

_TITLE: Final = 'request.kind.kind + " \'" + request.namespace + "/" + dyn(object).metadata.?name.orValue("") + "\'"'

_SUBJECTS: Final = """\
[request.kind.kind + " " + request.namespace + "/" + dyn(object).metadata.?name.orValue("")]
+ dyn(object).metadata.?ownerReferences.orValue([]).map(o, o.kind + " " + request.namespace + "/" + o.name)"""

_POD: Final = """\
request.kind.kind == "Pod" ? dyn(object) :
request.kind.kind == "PodTemplate" ? dyn(object).?template.orValue({}) :
request.kind.kind == "CronJob" ? dyn(object).?spec.?jobTemplate.?spec.?template.orValue({}) :
dyn(object).?spec.?template.orValue({})"""

_SIZED: Final = """\
variables.spec.?containers.orValue([]).map(c, {
  "title": dyn("container '" + c.name + "'"), "fields": dyn(c)
})
+ variables.spec.?initContainers.orValue([]).map(c, {
  "title": dyn((c.?restartPolicy.orValue("") == "Always" ? "sidecar" : "init") + " container '" + c.name + "'"),
  "fields": dyn(c)
})"""

_CONTAINERS: Final = """\
variables.sized
+ variables.spec.?ephemeralContainers.orValue([]).map(c, {
  "title": dyn("ephemeral container '" + c.name + "'"), "fields": dyn(c)
})"""

_PLACES: Final = """\
[{"title": dyn(variables.podTitle), "security": dyn(variables.spec.?securityContext.orValue({}))}]
+ variables.containers.map(c, {
  "title": dyn("The " + c.title + " of " + variables.title),
  "security": dyn(c.fields.?securityContext.orValue({}))
})"""

POD_VARIABLES: Final = {
    "title": _TITLE,
    # The object and what owns it, as exemptions name them.
    "subjects": _SUBJECTS,
    "pod": _POD,
    "spec": "dyn(variables.pod).?spec.orValue({})",
    "podTitle": 'request.kind.kind == "Pod" ? variables.title : "The pod of " + variables.title',
    # Containers that can have requests and limits; Kubernetes allows ephemeral ones none.
    "sized": _SIZED,
    "containers": _CONTAINERS,
    "places": _PLACES,
}
"""CEL variables, in the order in which they need each other. `object` is made dynamic: its type differs by kind."""

WORKLOADS: Final = (
    # A pod's containers come, and its resources change, by subresources, too.
    ("", ("pods", "pods/ephemeralcontainers", "pods/resize", "podtemplates", "replicationcontrollers")),
    ("apps", ("daemonsets", "deployments", "replicasets", "statefulsets")),
    ("batch", ("cronjobs", "jobs")),
)
"""API group (version v1) and resources that hold pods."""
