"""The images a lab's node needs before any registry answers, made from the toolchain's static programs."""

__all__ = ["IMAGE_NAMES", "image_specs"]

from pathlib import Path

import ports
import versions
from lab.images.archive import ImageConfig, ImageSpec
from lab.images.layer import Directory, Entry, File, Symlink
from lab.images.parts import (
    CERTIFICATES,
    NOBODY,
    base_entries,
    busybox_entries,
    busybox_version,
    check_parts,
    labels,
    program,
    reference,
)
from lab.toolchain import Toolchain
from lab.toolchain.gotools import PAUSE_VERSION

IMAGE_NAMES = ("pause", "coredns", "registry", "local-path-provisioner", "busybox")
"""Short names of the images, in the order they are made."""

_PAUSE_USER = 65535

_REGISTRY_CONFIG = f"""\
version: 0.1
log:
  level: info
  accesslog:
    disabled: true
storage:
  delete:
    enabled: true
  cache:
    blobdescriptor: inmemory
  filesystem:
    rootdirectory: /var/lib/registry
http:
  addr: :{ports.REGISTRY}
  debug:
    addr: :{ports.REGISTRY_DEBUG}
    prometheus:
      enabled: true
      path: /metrics
health:
  storagedriver:
    enabled: true
    interval: 10s
    threshold: 3
"""


def image_specs(toolchain: Toolchain) -> dict[str, ImageSpec]:
    """Return every node image by its short name; raise SptFlowError when a file they are made of is missing."""
    programs = toolchain.bin
    check_parts(CERTIFICATES, *(programs / name for name in IMAGE_NAMES))
    specs = (
        _pause(programs),
        _coredns(programs),
        _registry(programs),
        _local_path_provisioner(programs),
        _busybox(programs),
    )
    return dict(zip(IMAGE_NAMES, specs, strict=True))


def _pause(programs: Path) -> ImageSpec:
    return ImageSpec(
        reference=reference("pause", PAUSE_VERSION),
        entries=[program(programs / "pause", "/pause")],
        config=ImageConfig(
            entrypoint=("/pause",),
            user=f"{_PAUSE_USER}:{_PAUSE_USER}",
            labels=labels("pause", PAUSE_VERSION, "lab/toolchain/modules/pause", "Apache-2.0"),
        ),
    )


def _coredns(programs: Path) -> ImageSpec:
    return ImageSpec(
        reference=reference("coredns", versions.COREDNS),
        entries=[program(programs / "coredns", "/coredns"), *base_entries()],
        config=ImageConfig(
            entrypoint=("/coredns",),
            user=f"{NOBODY}:{NOBODY}",
            exposed_ports=("53/tcp", "53/udp"),
            labels=labels("coredns", versions.COREDNS, "https://github.com/coredns/coredns", "Apache-2.0"),
        ),
    )


def _registry(programs: Path) -> ImageSpec:
    source = "https://github.com/distribution/distribution"
    return ImageSpec(
        reference=reference("registry", versions.REGISTRY),
        entries=[
            program(programs / "registry", "/bin/registry"),
            File("/etc/distribution/config.yml", _REGISTRY_CONFIG.encode()),
            Directory("/var/lib/registry", 0o755, NOBODY, NOBODY),
            *base_entries(),
        ],
        config=ImageConfig(
            entrypoint=("registry",),
            command=("serve", "/etc/distribution/config.yml"),
            user=f"{NOBODY}:{NOBODY}",
            environment={"PATH": "/bin", "OTEL_TRACES_EXPORTER": "none"},
            exposed_ports=(f"{ports.REGISTRY}/tcp",),
            labels=labels("registry", versions.REGISTRY, source, "Apache-2.0"),
        ),
    )


def _local_path_provisioner(programs: Path) -> ImageSpec:
    name, version = "local-path-provisioner", versions.LOCAL_PATH_PROVISIONER
    return ImageSpec(
        reference=reference(name, version),
        entries=[
            program(programs / name, f"/{name}"),
            Symlink(f"/usr/bin/{name}", f"/{name}"),
            *base_entries(),
        ],
        config=ImageConfig(
            entrypoint=(f"/{name}",),
            user=f"{NOBODY}:{NOBODY}",
            environment={"PATH": "/usr/bin"},
            labels=labels(name, version, "https://github.com/rancher/local-path-provisioner", "Apache-2.0"),
        ),
    )


def _busybox(programs: Path) -> ImageSpec:
    version = busybox_version(programs)
    folders: list[Entry] = [Directory("/root", 0o700), Directory("/var/tmp", 0o1777)]  # noqa: S108 - in the image
    return ImageSpec(
        reference=reference("busybox", version),
        entries=[*busybox_entries(programs), *folders, *base_entries()],
        config=ImageConfig(
            entrypoint=(),
            command=("/bin/sh",),
            environment={"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
            labels=labels("busybox", version, "https://packages.debian.org/busybox-static", "GPL-2.0-only"),
        ),
    )
