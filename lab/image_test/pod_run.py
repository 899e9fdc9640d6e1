"""A pod of the image from its creation to its last trace, by kubectl."""

__all__ = ["PodRun", "delete_pods", "running_pod"]

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from core.command import Command, CommandResult
from core.errors import SptFlowError
from lab.image_test.pod import MARK, NAMESPACE

_PAUSE: Final = 0.5
_HOPELESS: Final = frozenset(
    ("CreateContainerConfigError", "CreateContainerError", "ErrImagePull", "ImagePullBackOff", "InvalidImageName")
)
_PULL_SECONDS: Final = 600.0
_RUN_SECONDS: Final = 900.0
_ENDS: Final = 60.0

Note = Callable[[str], None]


@dataclass(frozen=True)
class PodRun:
    """A running pod."""

    kubectl: Command
    name: str
    container: str = "workspace"
    image_id: str = ""

    def execute(self, *words: str) -> CommandResult:
        """Run a program in it; a non-zero exit code is the caller's business."""
        options = ("-n", NAMESPACE, "exec", self.name, "-c", self.container, "--")
        return self.kubectl.run(*options, *words, timeout=_RUN_SECONDS, check=False)

    def log(self) -> str:
        """Return what its first process has printed, and what sudo has written there."""
        return self.kubectl.run("-n", NAMESPACE, "logs", self.name, "-c", self.container, timeout=60).stdout


@contextmanager
def running_pod(
    kubectl: Command, manifest: Mapping[str, Any], note: Note, *, seconds: float = _PULL_SECONDS
) -> Iterator[PodRun]:
    """Create the pod, yield it when it runs, and delete it whatever happens; raise SptFlowError if it cannot run."""
    name = manifest["metadata"]["name"]
    try:
        refused = kubectl.run("create", "-f", "-", stdin=json.dumps(manifest), timeout=60, check=False)
        if refused.returncode != 0:
            raise SptFlowError(f"The cluster refuses the pod {name}: {' '.join(refused.stderr.split())}")
        yield PodRun(kubectl, name, image_id=_wait(kubectl, name, note, seconds))
    finally:
        delete_pods(kubectl, name)


def delete_pods(kubectl: Command, *names: str) -> None:
    """Delete the pods of these names, or every one of an image test if there are none, and wait until they are gone."""
    which = names or ("-l", f"{MARK}=true")
    words = ("-n", NAMESPACE, "delete", "pods", *which, "--ignore-not-found", "--wait=true", "--grace-period=1")
    kubectl.run(*words, f"--timeout={_ENDS:g}s", timeout=_ENDS + 10)


def _wait(kubectl: Command, name: str, note: Note, seconds: float) -> str:
    """Return the id of the image that runs, once it does."""
    end = time.monotonic() + seconds
    while True:
        pod = json.loads(kubectl.run("-n", NAMESPACE, "get", "pod", name, "-o", "json", timeout=30).stdout)
        status = pod["status"]
        state: Mapping[str, Any] = next(iter(status.get("containerStatuses", ())), {})
        if "running" in state.get("state", {}):
            return str(state.get("imageID", ""))
        reason, message = _standing(status, state)
        note(reason)
        if status.get("phase") in {"Failed", "Succeeded"} or reason in _HOPELESS or time.monotonic() >= end:
            raise SptFlowError(
                f"The pod {name} does not run: {' '.join(f'{reason}. {message}'.split())}",
                next_command=f"kubectl -n {NAMESPACE} get events",
            )
        time.sleep(_PAUSE)


def _standing(status: Mapping[str, Any], state: Mapping[str, Any]) -> tuple[str, str]:
    """Return why it does not run yet, in a word and in a sentence."""
    waiting = state.get("state", {}).get("waiting") or state.get("state", {}).get("terminated") or {}
    if waiting:
        return str(waiting.get("reason", "")), str(waiting.get("message", ""))
    unmet = [each for each in status.get("conditions", ()) if each.get("status") == "False" and each.get("message")]
    if unmet:
        return str(unmet[0].get("reason", "")), str(unmet[0]["message"])
    return str(status.get("reason") or status.get("phase", "")), str(status.get("message", ""))
