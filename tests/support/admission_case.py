"""The corpus both sides are asked about: workspaces, good and bad, that the pack and the cluster must judge alike."""

__all__ = ["API_PATHS", "CORPUS", "NAMESPACE", "AdmissionCase", "changed", "load_corpus", "wrapped"]

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

CORPUS: Final = Path(__file__).resolve().parents[1] / "policy" / "corpus"
"""A file for each rule, a document for each case; base.yaml is the pod all of them start from."""

NAMESPACE: Final = "coder-workspace"

API_PATHS: Final[Mapping[str, str]] = {
    "Pod": "/api/v1/namespaces/{}/pods",
    "PodTemplate": "/api/v1/namespaces/{}/podtemplates",
    "ReplicationController": "/api/v1/namespaces/{}/replicationcontrollers",
    "DaemonSet": "/apis/apps/v1/namespaces/{}/daemonsets",
    "Deployment": "/apis/apps/v1/namespaces/{}/deployments",
    "ReplicaSet": "/apis/apps/v1/namespaces/{}/replicasets",
    "StatefulSet": "/apis/apps/v1/namespaces/{}/statefulsets",
    "CronJob": "/apis/batch/v1/namespaces/{}/cronjobs",
    "Job": "/apis/batch/v1/namespaces/{}/jobs",
}
"""Where each kind of workload is created; the namespace is to be filled in."""

_KEYS: Final = {"name", "rule", "also", "verdict", "why", "sentence", "answer", "kinds", "digests"} | {
    "change",
    "labels",
    "annotations",
}
_BASE: Final = "base.yaml"


@dataclass(frozen=True)
class AdmissionCase:
    """One workload. `rules` are those a bad case breaks; the pack's words hold `sentence`, the cluster's `answer`.

    These differ from `sentence` only where the API server itself refuses the object before any policy is asked.
    `digests` tells that images have to be named by digest.
    """

    name: str
    rules: frozenset[str]
    bad: bool
    digests: bool
    sentence: str
    answer: str
    manifest: dict[str, Any]

    @property
    def type(self) -> str:
        """Return the resource type as Pulumi has it."""
        version, kind = self.manifest["apiVersion"], self.manifest["kind"]
        return f"kubernetes:{'core/v1' if version == 'v1' else version}:{kind}"


def load_corpus() -> list[AdmissionCase]:
    """Return every case, once for each of its kinds."""
    base = yaml.safe_load((CORPUS / _BASE).read_text(encoding="utf-8"))
    found = [
        case
        for path in sorted(CORPUS.glob("*.yaml"))
        if path.name != _BASE
        for document in yaml.load_all(path.read_text(encoding="utf-8"), Loader=_Loader)
        for case in _cases(document, base)
    ]
    names = [case.name for case in found]
    if len(names) != len(set(names)):
        raise ValueError(f"names of cases are given twice: {sorted({name for name in names if names.count(name) > 1})}")
    return found


def wrapped(
    kind: str,
    pod: Mapping[str, Any],
    labels: Mapping[str, object] | None = None,
    annotations: Mapping[str, object] | None = None,
) -> dict[str, Any]:
    """Return a workload of that kind around a pod; it has the pod's own labels and annotations, but for the changes."""
    own: dict[str, Any] = copy.deepcopy(dict(pod))
    path = API_PATHS[kind].split("/")
    metadata: dict[str, Any] = {"name": "demo", "namespace": NAMESPACE}
    for key, changes in (("labels", labels), ("annotations", annotations)):
        merged = {**own["metadata"].get(key, {}), **(changes or {})}
        metadata[key] = {name: value for name, value in merged.items() if value is not _ABSENT}
    body = {"apiVersion": "v1" if path[1] == "api" else f"{path[2]}/{path[3]}", "kind": kind, "metadata": metadata}
    if kind == "Pod":
        return {**body, "spec": own["spec"]}
    return {**body, "template": own} if kind == "PodTemplate" else {**body, "spec": _controller(kind, own)}


def _controller(kind: str, pod: dict[str, Any]) -> dict[str, Any]:
    """Return the `spec` of what makes pods."""
    selected = {"app.kubernetes.io/name": "coder-workspace"}
    spec: dict[str, Any] = {"template": pod}
    if kind in {"Job", "CronJob"}:
        pod["spec"]["restartPolicy"] = "Never"
    else:
        spec["selector"] = selected if kind == "ReplicationController" else {"matchLabels": selected}
    if kind == "CronJob":
        spec = {"schedule": "0 3 * * *", "jobTemplate": {"spec": spec}}
    elif kind == "StatefulSet":
        spec["serviceName"] = "none"
    return spec


def _cases(document: Mapping[str, Any], base: Mapping[str, Any]) -> Iterator[AdmissionCase]:
    name = str(document.get("name"))
    if not document.keys() <= _KEYS or document["verdict"] not in {"good", "bad"} or not document["why"]:
        raise ValueError(f"the case {name} has other keys than {sorted(_KEYS)}, or no verdict, or no reason")
    pod = changed(base, document.get("change", {}))
    kinds = document.get("kinds", ["Deployment"])
    sentence = document.get("sentence", "")
    for kind in API_PATHS if kinds == "every" else kinds:
        yield AdmissionCase(
            name=name if len(kinds) == 1 else f"{name}-{kind.lower()}",
            rules=frozenset([document["rule"], *document.get("also", ())]),
            bad=document["verdict"] == "bad",
            digests=document.get("digests", False),
            sentence=sentence,
            answer=document.get("answer", sentence),
            manifest=wrapped(kind, pod, document.get("labels"), document.get("annotations")),
        )


def changed(pod: Mapping[str, Any], changes: Mapping[str, object]) -> dict[str, Any]:
    """Return a copy of the pod with other values at the places that JSON pointers lead to."""
    found = copy.deepcopy(dict(pod))
    for pointer, value in changes.items():
        _put(found, pointer, copy.deepcopy(value) if value is not _ABSENT else value)
    return found


def _put(pod: dict[str, Any], pointer: str, value: object) -> None:
    """Set, add (list index "-") or remove (`!absent`) what a JSON pointer from the pod leads to."""
    *way, last = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    here: Any = pod
    for part in way:
        here = here[int(part)] if isinstance(here, list) else here.setdefault(part, {})
    key: Any = int(last) if isinstance(here, list) and last != "-" else last
    if value is _ABSENT:
        del here[key]
    elif isinstance(here, list) and last == "-":
        here.append(value)
    else:
        here[key] = value


_ABSENT: Final = object()


class _Loader(yaml.SafeLoader):
    """YAML with the mark `!absent`."""


_Loader.add_constructor("!absent", lambda _loader, _node: _ABSENT)
