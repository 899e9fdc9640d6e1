"""The corpus both sides are asked about: workspaces, good and bad, that the pack and the cluster must judge alike."""

__all__ = ["API_PATHS", "CORPUS", "NAMESPACE", "AdmissionCase", "load_corpus", "wrapped"]

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

_KEYS: Final = {"name", "rule", "verdict", "why", "sentence", "answer", "kinds", "change", "labels"}
_BASE: Final = "base.yaml"


@dataclass(frozen=True)
class AdmissionCase:
    """One workload. `rule` is the one a bad case breaks, `sentence` what the pack says, `answer` what the cluster does.

    `answer` differs from `sentence` only where the API server itself refuses the object before any policy is asked.
    """

    name: str
    rule: str
    bad: bool
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


def wrapped(kind: str, pod: Mapping[str, Any], name: str, labels: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return a workload of that kind around a pod; its own labels are the pod's, unless others are given."""
    pod = copy.deepcopy(dict(pod))
    own = pod["metadata"].get("labels", {}) if labels is None else dict(labels)
    path = API_PATHS[kind].split("/")
    version = "v1" if path[1] == "api" else f"{path[2]}/{path[3]}"
    body: dict[str, Any] = {
        "apiVersion": version,
        "kind": kind,
        "metadata": {"name": name, "namespace": NAMESPACE, "labels": own},
    }
    if kind == "Pod":
        metadata = {**body["metadata"], **{key: value for key, value in pod["metadata"].items() if key != "labels"}}
        return {**body, "metadata": metadata, "spec": pod["spec"]}
    if kind == "PodTemplate":
        return {**body, "template": pod}
    selected = {"app.kubernetes.io/name": "coder-workspace"}
    if kind in {"Job", "CronJob"}:
        pod["spec"]["restartPolicy"] = "Never"
    spec: dict[str, Any] = {"template": pod}
    if kind == "CronJob":
        spec = {"schedule": "0 3 * * *", "jobTemplate": {"metadata": {"labels": own}, "spec": spec}}
    elif kind == "ReplicationController":
        spec["selector"] = selected
    elif kind != "Job":
        spec["selector"] = {"matchLabels": selected}
    if kind == "StatefulSet":
        spec["serviceName"] = "none"
    return {**body, "spec": spec}


def _cases(document: Mapping[str, Any], base: Mapping[str, Any]) -> Iterator[AdmissionCase]:
    if not document.keys() <= _KEYS or document["verdict"] not in {"good", "bad"} or not document["why"]:
        raise ValueError(
            f"the case {document.get('name')} has other keys than {sorted(_KEYS)}, or values that mean nothing"
        )
    pod = copy.deepcopy(dict(base))
    for pointer, value in document.get("change", {}).items():
        _put(pod, pointer, value)
    kinds = document.get("kinds", ["Deployment"])
    for kind in API_PATHS if kinds == "every" else kinds:
        name = document["name"] if len(kinds) == 1 else f"{document['name']}-{kind.lower()}"
        sentence = document.get("sentence", "")
        yield AdmissionCase(
            name=name,
            rule=document["rule"],
            bad=document["verdict"] == "bad",
            sentence=sentence,
            answer=document.get("answer", sentence),
            manifest=wrapped(kind, pod, "demo", document.get("labels")),
        )


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
