"""The places the image runs in: a pod, a pod with /dev/kvm, a workspace."""

__all__ = ["Place", "kvm_stage", "pod_stage", "workspace_stage"]

import json
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from core.command import Command, CommandResult
from core.errors import SptFlowError
from lab.demo.shell import CoderShell
from lab.demo.workspace import create_workspace, delete_workspace, new_name, wait_until_ready
from lab.image_test.pod import NAMESPACE, image_pod
from lab.image_test.pod_run import Note, PodRun, running_pod
from lab.image_test.result import CheckResult, StageResult, results_of
from sptcoder.api import CoderClient
from sptcoder.api.models.workspace import Workspace

_WORD: Final = re.compile(r"echo (spt-validate-[0-9a-f]+)'")
_VALIDATE_SECONDS: Final = 900.0
_PARAMETERS: Final = {"cpu": "2", "memory": "2"}
_LEVELS: Final = ("none", "device", "vcpu", "guest", "kernel")
_LOG_SECONDS: Final = 10.0


@dataclass(frozen=True)
class Place:
    """The cluster, and the image in question with its digest, if its reference has one."""

    kubectl: Command
    image: str
    digest: str = ""


def pod_stage(place: Place, note: Note) -> StageResult:
    """Check the image in a pod of its own, under the namespace's quota, pod security level and admission policies."""
    begun = time.monotonic()
    with running_pod(place.kubectl, image_pod(_name("pod"), place.image), note) as pod:
        runs = time.monotonic() - begun
        note("running spt-validate")
        checks = results_of(pod.execute("spt-validate", "--json"))
        extra = (_pulled(place, pod.image_id), _sudo_logged(checks, pod))
    return StageResult("pod", f"a pod in {NAMESPACE}", (*checks, *extra), runs, time.monotonic() - begun)


def kvm_stage(place: Place, resource: str, *, emulate: bool, note: Note) -> StageResult:
    """Climb the levels of nested virtualization in a pod that was given the device."""
    begun = time.monotonic()
    title = f"a pod with {resource or '/dev/kvm'}"
    absent = _no_device(place.kubectl, resource)
    if absent:
        return StageResult("kvm", title, (CheckResult("kvm", "skipped", absent),))
    with running_pod(place.kubectl, image_pod(_name("kvm"), place.image, kvm_resource=resource), note) as pod:
        runs = time.monotonic() - begun
        note("climbing")
        checks = results_of(pod.execute("spt-validate", "--json", "--only", "kvm,kvm-ok,qemu"))
        hello = _hello(pod, checks, emulate=emulate)
    return StageResult("kvm", title, (*checks, hello), runs, time.monotonic() - begun)


def workspace_stage(
    place: Place, client: CoderClient, shell: CoderShell, *, repository: str, note: Note
) -> StageResult:
    """Check the image as a workspace of the template spt-flow, by `coder ssh`."""
    begun = time.monotonic()
    name = new_name(keep=False)
    try:
        parameters = {**_PARAMETERS, "dotfiles_url": repository}
        workspace = create_workspace(client, name, repository=repository, parameters=parameters)
        wait_until_ready(client, workspace, note)
        runs = time.monotonic() - begun
        note("running spt-validate")
        checks = results_of(shell.run(name, "spt-validate --json", timeout=_VALIDATE_SECONDS, check=False))
        pod = _pod_of(place.kubectl, workspace)
        extra = (_pulled(place, pod.image_id), _sudo_logged(checks, pod))
    finally:
        # By name: the answer to the request that made it may have been lost.
        made = client.workspaces.find(name)
        if made is not None:
            delete_workspace(client, made, note)
    title = "a workspace of the template spt-flow, by coder ssh"
    return StageResult("workspace", title, (*checks, *extra), runs, time.monotonic() - begun)


def _name(kind: str) -> str:
    return f"image-test-{kind}-{secrets.token_hex(3)}"


def _pulled(place: Place, image_id: str) -> CheckResult:
    if not place.digest:
        return CheckResult("image", "skipped", f"{place.image} has no digest to compare with.")
    if place.digest not in image_id:
        return CheckResult("image", "failed", f"{image_id or 'nothing'} runs, not {place.digest}.")
    return CheckResult("image", "passed", f"{place.digest} runs, pulled from the registry.")


def _sudo_logged(checks: tuple[CheckResult, ...], pod: PodRun) -> CheckResult:
    """Look for the word of spt-validate's own use of sudo in what the runtime has collected, which is a moment late."""
    said = next((check.message for check in checks if check.name == "sudo"), "")
    word = _WORD.search(said)
    if word is None:
        return CheckResult("sudo-log", "failed", "spt-validate did not say what it ran by sudo.")
    end = time.monotonic() + _LOG_SECONDS
    while True:
        for line in pod.log().splitlines():
            record = _record(line)
            if record.get("event") == "sudo" and word[1] in str(record.get("command", "")):
                return CheckResult("sudo-log", "passed", f"The pod's log has it: {record['command']}")
        if time.monotonic() >= end:
            return CheckResult("sudo-log", "failed", f"The pod's log does not have the command 'echo {word[1]}'.")
        time.sleep(1)


def _record(line: str) -> Mapping[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _no_device(kubectl: Command, resource: str) -> str:
    """Return why there is no device to be had, or nothing."""
    if not resource:
        return "The setting kvmResource is empty: the cluster has no /dev/kvm."
    nodes = json.loads(kubectl.run("get", "nodes", "-o", "json", timeout=30).stdout)["items"]
    if all(node["status"].get("allocatable", {}).get(resource, "0") == "0" for node in nodes):
        return f"No node offers {resource}: this machine has no /dev/kvm."
    return ""


def _hello(pod: PodRun, checks: tuple[CheckResult, ...], *, emulate: bool) -> CheckResult:
    """Let a Linux kernel say hello; without it a failure only if emulation was chosen and the image has the means."""
    begun = time.monotonic()
    answer = pod.execute("spt-microvm", "hello", "--json", *(["--emulate"] if emulate else []))
    seconds = time.monotonic() - begun
    levels = _levels(answer)
    reached = [each for each in levels if each["reached"]]
    last = (reached or levels)[-1]
    words = f"Level {last['level']} by {last['by']}: {last['message']}"
    if answer.returncode == 0:
        return CheckResult("hello", "passed", words, seconds)
    why = levels[-1]["message"]
    if any(check.name == "qemu" and check.status == "missing" for check in checks):
        return CheckResult("hello", "missing", f"{words}. No kernel is booted: {why}.", seconds)
    guest = _LEVELS.index(last["level"] if reached else "none") >= _LEVELS.index("guest")
    status = "skipped" if guest and not emulate else "failed"
    advice = "" if emulate else " EMULATE=1 boots it by emulation."
    return CheckResult("hello", status, f"{words}. The kernel does not boot here: {why}.{advice}", seconds)


def _levels(answer: CommandResult) -> list[dict[str, Any]]:
    try:
        levels: list[dict[str, Any]] = json.loads(answer.stdout)["levels"]
    except (ValueError, KeyError):
        said = " ".join((answer.stderr or answer.stdout).split()) or "nothing"
        raise SptFlowError(f"spt-microvm ended with exit code {answer.returncode} and no levels: {said}") from None
    return levels


def _pod_of(kubectl: Command, workspace: Workspace) -> PodRun:
    label = f"com.coder.workspace.id={workspace.id}"
    pods = json.loads(kubectl.run("-n", NAMESPACE, "get", "pods", "-l", label, "-o", "json", timeout=30).stdout)[
        "items"
    ]
    if len(pods) != 1:
        raise SptFlowError(f"The workspace {workspace.name} has {len(pods)} pods, not one.")
    states = pods[0]["status"].get("containerStatuses", [])
    image = next((state.get("imageID", "") for state in states if state["name"] == "workspace"), "")
    return PodRun(kubectl, pods[0]["metadata"]["name"], image_id=image)
