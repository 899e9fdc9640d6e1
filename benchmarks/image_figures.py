"""What the workspace image costs: a build without a change, a pull after a small one, a pod's start, a build inside."""

__all__ = ["build_in_workspace_figure", "image_figures"]

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx

import ports
from benchmarks.figure import Figure, timed
from benchmarks.sample_repository import SAMPLE, make_sample
from core.command import Command
from core.kubernetes_names import object_labels
from images.workspace.arguments import CONTEXT, DOCKERFILE, workspace_arguments
from lab.builder import builder, docker_environment
from lab.builder.client import DOCKER
from lab.cluster.layout import ClusterLayout
from lab.demo.access import coder_access, owner_session
from lab.demo.git_daemon import served_repositories
from lab.demo.shell import CoderShell
from lab.demo.workspace import create_workspace, delete_workspace, wait_until_ready
from lab.images.build_bases import build_base_arguments, load_build_bases
from lab.instance import LabInstance
from lab.progress import Progress
from lab.toolchain import Toolchain
from sptcoder.api import CoderClient

_REPEATS: Final = 5
_TARGET: Final = "slim"
_REPOSITORY: Final = "spt-flow/bench"
_NAMESPACE: Final = "coder-workspace"
_POD: Final = "bench-image"
_MANIFEST: Final = "application/vnd.docker.distribution.manifest.v2+json"
_SECONDS: Final = 600.0
_KIB: Final = 1024
_SHARE: Final = 0.05
"""Most of an image that a change of this project's own files may move."""

_CONTENT: Final = "io.containerd.content.v1.content"


def image_figures(instance: LabInstance, toolchain: Toolchain, progress: Progress) -> list[Figure]:
    """Measure target slim in a lab that runs; its steps are in the builder's cache, or are made first."""
    registry = f"{instance.registry_address}:{ports.REGISTRY}"
    with builder(progress):
        load_build_bases(toolchain, progress)
        with progress.step(f"Build of the workspace image with nothing changed, {_REPEATS} times"):
            _build(f"{registry}/{_REPOSITORY}:before")
            unchanged = tuple(timed(lambda: _build(f"{registry}/{_REPOSITORY}:before")) for _ in range(_REPEATS))
        with progress.step("The same image with one of this project's own files changed"):
            _build(f"{registry}/{_REPOSITORY}:after", PROJECT_VERSION=f"0.0.0-{time.time_ns()}")
            for tag in ("before", "after"):
                _docker("push", "--quiet", f"{registry}/{_REPOSITORY}:{tag}")
                _docker("image", "rm", f"{registry}/{_REPOSITORY}:{tag}")
    kubectl = Command("kubectl", env={"KUBECONFIG": str(instance.kubeconfig)}, path=[toolchain.bin])
    content = ClusterLayout.of(instance).containerd / _CONTENT
    with progress.step(f"What a node pulls of it, and a pod's start, {_REPEATS} times"):
        digests = {tag: _pushed(registry, tag) for tag in ("before", "after")}
        _start(kubectl, digests["before"][0])
        held = _bytes(content)
        _start(kubectl, digests["after"][0])
        pulled = _bytes(content) - held
        starts = tuple(_start(kubectl, digests["after"][0]) for _ in range(_REPEATS))
    whole = digests["after"][1]  # compressed, as it is pulled
    return [
        Figure("build of the workspace image (slim) with nothing changed", unchanged, 5),
        Figure(
            f"pulled by a node after a change of our own files, of {whole / _KIB:,.0f} KiB",
            (pulled / _KIB,),
            whole / _KIB * _SHARE,
            "KiB",
        ),
        Figure("pod on the workspace image, from create to ready, image present", starts, 3),
    ]


def build_in_workspace_figure(
    instance: LabInstance, toolchain: Toolchain, folder: Path, progress: Progress
) -> list[Figure]:
    """Measure a workspace from asking to a Go repository cloned, built and tested; nothing if its image has no Go."""
    make_sample(folder)
    access = coder_access(instance, toolchain)
    name = "bench-build"
    with (
        progress.step("Clone and full build of a Go repository in a workspace") as step,
        owner_session(access) as token,
        CoderClient(access.url, token.get_secret_value()) as client,
        served_repositories(folder / "served", str(instance.host_address)) as url,
    ):
        shell = CoderShell(toolchain.bin, access.url, token)
        started = time.monotonic()
        made = create_workspace(client, name, repository=f"{url}/{SAMPLE}.git", parameters={"memory": "4"})
        try:
            wait_until_ready(client, made, step.note)
            if shell.run(name, "command -v go", check=False).returncode != 0:
                return []
            shell.run(name, f"cd ~/{SAMPLE} && go build ./... && go vet ./... && go test ./...", timeout=_SECONDS)
            seconds = time.monotonic() - started
        finally:
            delete_workspace(client, made, step.note)
    return [Figure("workspace from create to a Go repository cloned, built and tested", (seconds,), 300)]


def _build(tag: str, **more: str) -> None:
    arguments = {**workspace_arguments(), **build_base_arguments(_TARGET), **more}
    given = [f"--build-arg={name}={value}" for name, value in sorted(arguments.items())]
    _docker(
        *("build", "--quiet", "--network=host", "--file", str(DOCKERFILE), "--target", _TARGET, "--tag", tag),
        *given,
        str(CONTEXT),
    )


def _docker(*arguments: str) -> str:
    return Command(str(DOCKER), env=docker_environment()).run(*arguments).stdout


def _pushed(registry: str, tag: str) -> tuple[str, int]:
    """Return an image's name by digest, as nodes pull it, and its compressed size in bytes."""
    url = f"http://{registry}/v2/{_REPOSITORY}/manifests/{tag}"
    answer = httpx.get(url, headers={"Accept": _MANIFEST}, trust_env=False).raise_for_status()
    size = sum(int(layer["size"]) for layer in answer.json()["layers"])
    name = f"registry.coder.svc.cluster.local:{ports.REGISTRY}/{_REPOSITORY}"
    return f"{name}@{answer.headers['Docker-Content-Digest']}", size


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _start(kubectl: Command, image: str) -> float:
    """Return the seconds from creating a pod to its being ready; the pod is removed, which is not timed."""
    with _removed(kubectl):
        return timed(lambda: _ready(kubectl, _pod(image)))


def _ready(kubectl: Command, pod: Mapping[str, Any]) -> None:
    kubectl.run("create", "-f", "-", stdin=json.dumps(pod))
    kubectl.run("-n", _NAMESPACE, "wait", f"pod/{_POD}", "--for=condition=Ready", f"--timeout={_SECONDS:.0f}s")


@contextmanager
def _removed(kubectl: Command) -> Iterator[None]:
    try:
        yield
    finally:
        kubectl.run("-n", _NAMESPACE, "delete", f"pod/{_POD}", "--ignore-not-found", "--grace-period=0", "--wait=true")


def _pod(image: str) -> dict[str, Any]:
    locked = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "readOnlyRootFilesystem": True}
    sizes = {"cpu": "250m", "memory": "128Mi"}
    container = {
        "name": "main",
        "image": image,
        "command": ["sleep", "600"],
        "resources": {"requests": sizes, "limits": sizes},
        "securityContext": locked,
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": _POD, "namespace": _NAMESPACE, "labels": object_labels(_POD, "bench")},
        "spec": {
            "terminationGracePeriodSeconds": 0,
            "automountServiceAccountToken": False,
            "securityContext": {"runAsNonRoot": True, "runAsUser": 1000, "seccompProfile": {"type": "RuntimeDefault"}},
            "containers": [container],
        },
    }
