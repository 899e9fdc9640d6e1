"""The image test from beginning to end; whatever happens in between, nothing of it stays."""

__all__ = ["ImageTestOptions", "ImageTestStoppedError", "run_image_test"]

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from core.command import Command
from core.errors import SptFlowError
from core.image_reference import ImageReference
from lab.cluster import lab_is_running
from lab.demo.access import CoderAccess, coder_access, owner_session
from lab.demo.git_daemon import served_repositories
from lab.demo.repository import REPOSITORY, make_repository
from lab.demo.shell import CoderShell
from lab.demo.workspace import delete_workspace, leftovers
from lab.deploy.run_lock import run_lock
from lab.image_test.pod_run import Note, delete_pods
from lab.image_test.result import ImageTestResult, StageResult
from lab.image_test.stages import Place, kvm_stage, pod_stage, workspace_stage
from lab.instance import LabInstance
from lab.progress import Progress
from lab.toolchain import Toolchain
from sptcoder.api import CoderClient

_PURPOSE = "make image-test"
STAGES = ("pod", "kvm", "workspace")
"""The places, in their order."""


class ImageTestStoppedError(SptFlowError):
    """The user stopped the test; it has cleaned up."""

    exit_code: ClassVar[int] = 130

    def __init__(self) -> None:
        super().__init__("Stopped on request; nothing of the image test is left.", next_command=_PURPOSE)


@dataclass(frozen=True)
class ImageTestOptions:
    """`image` takes the place of the one the stack has, in the pods alone; `emulate` boots a kernel by emulation."""

    image: str = ""
    emulate: bool = False
    stages: tuple[str, ...] = STAGES


def run_image_test(
    instance: LabInstance, toolchain: Toolchain, progress: Progress, options: ImageTestOptions | None = None
) -> ImageTestResult:
    """Run the image in each place and delete everything again; what fails in an image is part of the result.

    Raises SptFlowError for a lab that is not there and for an image that does not even run; ImageTestStoppedError after
    Ctrl-C.
    """
    if not lab_is_running(instance):
        raise SptFlowError(
            f"No lab is running in {instance.directory}, and the test needs one.", next_command="make up"
        )
    try:
        return _run(instance, toolchain, progress, options or ImageTestOptions())
    except KeyboardInterrupt:
        raise ImageTestStoppedError from None


def _run(instance: LabInstance, toolchain: Toolchain, progress: Progress, options: ImageTestOptions) -> ImageTestResult:
    begun = time.monotonic()
    kubectl = Command("kubectl", env={"KUBECONFIG": str(instance.kubeconfig)}, path=[toolchain.bin])
    with progress.step("Lab and image") as step:
        access = coder_access(instance, toolchain)
        image = options.image or access.workspace_image
        step.note(image)
    place = Place(kubectl, image, ImageReference.parse(image).digest or "")
    stages = []
    # The lock of the demo: its leftovers and ours look alike.
    with run_lock(instance.run / "demo.lock", purpose=_PURPOSE), _cleared(kubectl):
        if "pod" in options.stages:
            with progress.step("The image in a pod, tool by tool") as step:
                stages.append(pod_stage(place, step.note))
        if "kvm" in options.stages:
            with progress.step("The image in a pod with /dev/kvm") as step:
                stages.append(kvm_stage(place, access.kvm_resource, emulate=options.emulate, note=step.note))
        if "workspace" in options.stages:
            with progress.step("The image as a workspace, by coder ssh") as step:
                stages.append(_as_workspace(instance, toolchain, access, kubectl, step.note))
    return ImageTestResult(image, tuple(stages), time.monotonic() - begun)


@contextmanager
def _cleared(kubectl: Command) -> Iterator[None]:
    """Delete the pods of tests that were killed, before and after."""
    delete_pods(kubectl)
    try:
        yield
    finally:
        delete_pods(kubectl)


def _as_workspace(
    instance: LabInstance, toolchain: Toolchain, access: CoderAccess, kubectl: Command, note: Note
) -> StageResult:
    image = access.workspace_image
    place = Place(kubectl, image, ImageReference.parse(image).digest or "")
    with (
        tempfile.TemporaryDirectory(prefix="spt-image-test-") as folder,
        owner_session(access) as token,
        CoderClient(access.url, token.get_secret_value()) as client,
    ):
        for workspace in leftovers(client):
            delete_workspace(client, workspace, note)
        make_repository(Path(folder))
        with served_repositories(Path(folder) / "served", str(instance.host_address)) as base:
            shell = CoderShell(toolchain.bin, access.url, token)
            return workspace_stage(place, client, shell, repository=f"{base}/{REPOSITORY}.git", note=note)
