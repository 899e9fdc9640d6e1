"""Volumes: no path of the node but those that are named for a workload, and safe kinds only."""

__all__ = ["volume_rules"]

import json
from collections.abc import Mapping, Sequence
from typing import Final

from components.admission_rules.cel import joined, literal
from components.admission_rules.rule import AdmissionRule

_VOLUMES: Final = "variables.spec.?volumes.orValue([])"
_TITLE: Final = '"The volume \'" + v.name + "\' of " + variables.title + " "'
_SAFE: Final = (
    "configMap",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
)
# Judged as paths of the node, and by driver.
_JUDGED_ELSEWHERE: Final = ("name", "hostPath", "csi")
_PATH: Final = 'v.hostPath.path.split("/").filter(s, s != "" && s != ".")'


def volume_rules(
    host_paths: Mapping[str, Sequence[str]], types: Sequence[str], drivers: Sequence[str]
) -> list[AdmissionRule]:
    """Return the rules: paths of the node by workload, kinds of volumes beside the safe ones, and CSI drivers."""
    return [
        AdmissionRule("workload-restricts-host-paths", _host_paths(host_paths)),
        AdmissionRule("workload-restricts-volume-types", joined(_types(types), _drivers(drivers))),
    ]


def _host_paths(allowed: Mapping[str, Sequence[str]]) -> str:
    """Return the complaints; paths are compared by their segments. The API server itself refuses ".."."""
    by_subject = json.dumps({subject: [_segments(path) for path in paths] for subject, paths in allowed.items()})
    own = f"variables.subjects.exists(s, {by_subject}[?s].orValue([]).exists(p, p == {_PATH}))"
    path = f'"/" + {_PATH}.join("/")'
    told = f'(({path}).matches("^[A-Za-z0-9._/-]{{1,100}}$") ? {path} : "with unusual characters")'
    words = f'"must not be the path " + {told} + " of the node. Take a volume claim or an emptyDir."'
    return f"{_VOLUMES}.map(v, v.?hostPath.hasValue() && !{own},\n  {_TITLE} + {words})"


def _types(more: Sequence[str]) -> str:
    allowed = literal([*_SAFE, *_JUDGED_ELSEWHERE, *more])
    kinds = f"v.filter(k, !(k in {allowed}))"
    words = f'"must not be of the kind \'" + {kinds}[0] + "\': it is not on the list."'
    return f"{_VOLUMES}.map(v, {kinds}.size() > 0,\n  {_TITLE} + {words})"


def _drivers(allowed: Sequence[str]) -> str:
    driver = 'v.?csi.?driver.orValue("")'
    words = f'"must not be made by the CSI driver \'" + {driver} + "\': it is not on the list."'
    return f"{_VOLUMES}.map(v, v.?csi.hasValue() && !({driver} in {literal(allowed)}),\n  {_TITLE} + {words})"


def _segments(path: str) -> list[str]:
    return [segment for segment in path.split("/") if segment not in ("", ".")]
