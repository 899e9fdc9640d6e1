"""Verbs of the snapshots that somebody starts by hand: a Job like the CronJob's, with other arguments."""

__all__ = ["run_snapshot_job"]

import json
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from core.command import Command
from core.errors import SptFlowError

_NAMESPACE: Final = "coder"
_CRON_JOB: Final = "home-snapshots"
_POLL_SECONDS: Final = 1.0
_SECONDS: Final = 3 * 3600.0
_COMMAND_SECONDS: Final = 60.0


def run_snapshot_job(
    kubectl: Command, where: Sequence[str], verb: str, *arguments: str, tell: Callable[[Mapping[str, Any]], None]
) -> bool:
    """Run the verb in the cluster, hand each line of its log to `tell`, and say whether it went well.

    `where` are the words that lead kubectl to the cluster. The Job stays for a day, for those who look later. Raise
    SptFlowError if the stack has no snapshots, or the cluster cannot be asked.
    """
    found = kubectl.run(
        *where, "-n", _NAMESPACE, "get", "cronjob", _CRON_JOB, "-o", "json", check=False, timeout=_COMMAND_SECONDS
    )
    if found.returncode != 0:
        reason = " ".join(found.stderr.split()).rstrip(".")
        raise SptFlowError(
            f"There is no CronJob {_NAMESPACE}/{_CRON_JOB} to go by: {reason}.",
            next_command="set homeSnapshots to auto, csi or files in the stack's file, then make up",
        )
    job = _job(json.loads(found.stdout), verb, arguments)
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


def _job(cron_job: Mapping[str, Any], verb: str, arguments: Sequence[str]) -> dict[str, Any]:
    template = cron_job["spec"]["jobTemplate"]
    spec = json.loads(json.dumps(template["spec"]))
    spec["template"]["spec"]["containers"][0]["args"] = [verb, *arguments]
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": f"{verb}-{secrets.token_hex(4)}",
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
