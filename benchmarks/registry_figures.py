"""The registry in the lab against a bare registry process on the same disk, and how long a collection closes it."""

__all__ = ["registry_figures"]

import hashlib
import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, Self

import httpx

import ports
from benchmarks.figure import Figure, timed
from core.command import Command
from lab.instance import LabInstance
from lab.progress import Progress
from lab.toolchain import Toolchain

_REPEATS: Final = 3
_IMAGES: Final = 100
_MIB: Final = 1 << 20
_LAYER_MIB: Final = 1024
_REPOSITORY: Final = "bench/registry"
_SECONDS: Final = 300.0
_TIMES: Final = 1.3
_PAUSE: Final = 10.0
_MANIFEST: Final = "application/vnd.oci.image.manifest.v1+json"
_CONFIG: Final = "application/vnd.oci.image.config.v1+json"
_LAYER: Final = "application/vnd.oci.image.layer.v1.tar"
_NAMESPACE: Final = "coder"
_CRON_JOB: Final = "registry-gc"


def registry_figures(instance: LabInstance, toolchain: Toolchain, folder: Path, progress: Progress) -> list[Figure]:
    """Measure in a lab that runs; each pair of a push, and of a pull, is made one right after the other."""
    cluster = f"{instance.registry_address}:{ports.REGISTRY}"
    pushes, pulls = [], []
    with (
        progress.step(f"An image of 1 GiB to and from the registry, {_REPEATS} times"),
        _bare(toolchain, folder) as bare,
    ):
        for _ in range(_REPEATS):
            seed = os.urandom(_MIB)
            layer = _Layer.of(partial(_blocks, seed))
            pairs = [(_pushed(address, layer), _pulled(address, layer)) for address in (bare, cluster)]
            pushes.append(pairs[1][0] / pairs[0][0])
            pulls.append(pairs[1][1] / pairs[0][1])
    kubectl = Command("kubectl", env={"KUBECONFIG": str(instance.kubeconfig)}, path=[toolchain.bin])
    with progress.step(f"A collection among {_IMAGES} images, {_REPEATS} times"):
        for number in range(_IMAGES):
            _push_small(cluster, f"bench/kept-{number % 10}", f"t{number}")
        pauses = tuple(_pause(kubectl, cluster, number) for number in range(_REPEATS))
    return [
        Figure("push of a 1 GiB image, as a multiple of a bare registry's", tuple(pushes), _TIMES, ""),
        Figure("pull of a 1 GiB image, as a multiple of a bare registry's", tuple(pulls), _TIMES, ""),
        Figure(f"a collection's write pause with {_IMAGES} images", pauses, _PAUSE),
    ]


@contextmanager
def _bare(toolchain: Toolchain, folder: Path) -> Iterator[str]:
    """Run the registry's program as a process of this machine; yield host and port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    root = folder / "bare-registry"
    root.mkdir()
    storage = {"filesystem": {"rootdirectory": str(root)}, "delete": {"enabled": True}}
    config = {"version": 0.1, "log": {"level": "error"}, "storage": storage, "http": {"addr": address}}
    (folder / "bare-registry.yml").write_text(json.dumps(config), encoding="utf-8")
    program = Command(str(toolchain.bin / "registry"), env={"OTEL_TRACES_EXPORTER": "none"})
    process = program.start("serve", str(folder / "bare-registry.yml"))
    try:
        _wait(lambda: _answers(address))
        yield address
    finally:
        process.terminate()
        process.wait(30)


@dataclass(frozen=True)
class _Layer:
    """A layer that is made while it is sent."""

    digest: str
    size: int
    content: Callable[[], Iterator[bytes]]

    @classmethod
    def of(cls, content: Callable[[], Iterator[bytes]]) -> Self:
        digest, size = hashlib.sha256(), 0
        for block in content():
            digest.update(block)
            size += len(block)
        return cls(f"sha256:{digest.hexdigest()}", size, content)


def _pushed(address: str, layer: _Layer) -> float:
    """Push an image of the layer; return the seconds."""
    # What was written before is not to be waited for by what comes now.
    os.sync()
    return timed(lambda: _put_image(address, _REPOSITORY, "big", layer))


def _pulled(address: str, layer: _Layer) -> float:
    """Read the layer back, from memory as far as the machine has kept it; return the seconds."""
    url = f"http://{address}/v2/{_REPOSITORY}/blobs/{layer.digest}"

    def read() -> None:
        with httpx.stream("GET", url, timeout=_SECONDS, trust_env=False) as answer:
            answer.raise_for_status()
            for _ in answer.iter_raw(_MIB):
                pass

    return timed(read)


def _blocks(seed: bytes) -> Iterator[bytes]:
    for number in range(_LAYER_MIB):
        yield number.to_bytes(8, "big") + seed[8:]


def _push_small(address: str, repository: str, tag: str) -> str:
    content = os.urandom(1000)
    return _put_image(address, repository, tag, _Layer.of(lambda: iter([content])))


def _put_image(address: str, repository: str, tag: str, layer: _Layer) -> str:
    """Push the layer, and an image of it; return the image's digest."""
    text = json.dumps({"architecture": "amd64", "os": "linux", "layer": layer.digest}).encode()
    config = _Layer.of(lambda: iter([text]))
    with httpx.Client(timeout=_SECONDS, trust_env=False, base_url=f"http://{address}") as client:
        for blob in (layer, config):
            place = client.post(f"/v2/{repository}/blobs/uploads/").raise_for_status().headers["Location"]
            headers = {"Content-Type": "application/octet-stream", "Content-Length": str(blob.size)}
            sent = client.put(f"{place}&digest={blob.digest}", content=blob.content(), headers=headers)
            sent.raise_for_status()
        parts: dict[str, Any] = {
            "config": {"mediaType": _CONFIG, "digest": config.digest, "size": config.size},
            "layers": [{"mediaType": _LAYER, "digest": layer.digest, "size": layer.size}],
        }
        body = json.dumps({"schemaVersion": 2, "mediaType": _MANIFEST, **parts}).encode()
        made = client.put(f"/v2/{repository}/manifests/{tag}", content=body, headers={"Content-Type": _MANIFEST})
        return str(made.raise_for_status().headers["Docker-Content-Digest"])


def _pause(kubectl: Command, registry: str, number: int) -> float:
    """Run the stack's collection on something that has to go; return for how many seconds the registry was closed."""
    garbage = _push_small(registry, _REPOSITORY, "garbage")
    url = f"http://{registry}/v2/{_REPOSITORY}/manifests/{garbage}"
    httpx.delete(url, timeout=_SECONDS, trust_env=False).raise_for_status()
    answer = kubectl.run("-n", _NAMESPACE, "get", "cronjob", _CRON_JOB, "-o", "json")
    spec = json.loads(answer.stdout)["spec"]["jobTemplate"]["spec"]
    container = spec["template"]["spec"]["containers"][0]
    container["env"] = [each for each in container["env"] if each["name"] != "OVERRIDE"]
    container["env"].append({"name": "OVERRIDE", "value": "it is measured"})
    name = f"bench-gc-{number}"
    metadata = {"name": name, "namespace": _NAMESPACE}
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": spec}
    kubectl.run("apply", "-f", "-", stdin=json.dumps(job))
    kubectl.run("-n", _NAMESPACE, "wait", f"job/{name}", "--for=condition=Complete", f"--timeout={_SECONDS:g}s")
    log = kubectl.run("-n", _NAMESPACE, "logs", f"job/{name}").stdout
    kubectl.run("-n", _NAMESPACE, "delete", f"job/{name}", "--wait")
    return float(json.loads(log.splitlines()[-1])["pause_seconds"])


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"http://{address}/v2/", trust_env=False).is_success
    except httpx.HTTPError:
        return False


def _wait(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + _SECONDS
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
