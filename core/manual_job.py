"""Runs of a CronJob that somebody starts by hand: a Job as it makes them, with other words for once."""

__all__ = ["ManualJob", "run_by_hand"]

import json
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from core.command import Command
from core.errors import SptFlowError

_NAMESPACE: Final = "coder"
_POLL_SECONDS: Final = 1.0
_SECONDS: Final = 3 * 3600.0
_COMMAND_SECONDS: Final = 60.0


@dataclass(frozen=True)
class ManualJob:
    """What is run: that of `cron_job`, by a Job whose name begins with `name`.

    `arguments` take the place of the container's, unless there are none; `variables` are added to its environment.
    `remedy` is what to do where there is no such CronJob.
    """

    cron_job: str
    name: str
    remedy: str
    arguments: Sequence[str] = ()
    variables: Mapping[str, str] = field(default_factory=dict)


def run_by_hand(
    kubectl: Command, where: Sequence[str], wanted: ManualJob, *, tell: Callable[[Mapping[str, Any]], None]
) -> bool:
    """Run it in the cluster, hand each line of its log to `tell`, and say whether it went well.

    `where` are the words that lead kubectl to the cluster. The Job stays for a day, for those who look later. Raise
    SptFlowError if the stack has no such CronJob, or the cluster cannot be asked.
    """
    asked = (*where, "-n", _NAMESPACE, "get", "cronjob", wanted.cron_job, "-o", "json")
    found = kubectl.run(*asked, check=False, timeout=_COMMAND_SECONDS)
    if found.returncode != 0:
        reason = " ".join(found.stderr.split()).rstrip(".")
        raise SptFlowError(
            f"There is no CronJob {_NAMESPACE}/{wanted.cron_job} to go by: {reason}.", next_command=wanted.remedy
        )
    job = _job(json.loads(found.stdout), wanted)
    name = job["metadata"]["name"]
    kubectl.run(*where, "create", "-f", "-", stdin=json.dumps(job), timeout=_COMMAND_SECONDS)
    is_success = _wait(kubectl, where, name)
    log = kubectl.run(*where, "-n", _NAMESPACE, "logs", f"job/{name}", check=False, timeout=_COMMAND_SECONDS).stdout
    for line in log.splitlines():
        try:
            said = json.loads(line)
        except ValueError:
            said = {"event": line}
        if isinstance(said, dict):
            tell(said)
    return is_success


def _job(cron_job: Mapping[str, Any], wanted: ManualJob) -> dict[str, Any]:
    template = cron_job["spec"]["jobTemplate"]
    spec = json.loads(json.dumps(template["spec"]))
    container = spec["template"]["spec"]["containers"][0]
    if wanted.arguments:
        container["args"] = [*wanted.arguments]
    if wanted.variables:
        kept = [each for each in container.get("env", []) if each["name"] not in wanted.variables]
        container["env"] = [*kept, *({"name": name, "value": value} for name, value in wanted.variables.items())]
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": f"{wanted.name}-{secrets.token_hex(4)}",
            "namespace": _NAMESPACE,
            "labels": cron_job["metadata"]["labels"],
            "annotations": {"cronjob.kubernetes.io/instantiate": "manual"},
            "ownerReferences": [
                {
                    "apiVersion": "batch/v1",
                    "kind": "CronJob",
                    "name": cron_job["metadata"]["name"],
                    "uid": cron_job["metadata"]["uid"],
                }
            ],
        },
        "spec": spec,
    }


def _wait(kubectl: Command, where: Sequence[str], name: str) -> bool:
    """Return whether the Job succeeded; raise SptFlowError if it does not end in its time."""
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end:
        found = kubectl.run(*where, "-n", _NAMESPACE, "get", "job", name, "-o", "json", timeout=_COMMAND_SECONDS).stdout
        status = json.loads(found).get("status") or {}
        if status.get("succeeded"):
            return True
        if status.get("failed"):
            return False
        time.sleep(_POLL_SECONDS)
    raise SptFlowError(
        f"The Job {_NAMESPACE}/{name} has not ended.", next_command=f"kubectl -n {_NAMESPACE} describe job {name}"
    )
