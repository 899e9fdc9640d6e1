"""The images a lab's node needs before any registry answers, made from the toolchain's static programs."""

__all__ = ["IMAGE_NAMES", "image_specs"]

import re
from pathlib import Path

import ports
import versions
from core.command import Command
from core.errors import SptFlowError
from lab.images.archive import ImageConfig, ImageSpec
from lab.images.layer import Directory, Entry, File, Symlink
from lab.toolchain import Toolchain
from lab.toolchain.gotools import PAUSE_VERSION

IMAGE_NAMES = ("pause", "coredns", "registry", "local-path-provisioner", "busybox")
"""Short names of the images, in the order they are made."""

_REPOSITORY = "localhost/spt-flow"
_NOBODY = 65532
_PAUSE_USER = 65535
_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")

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
    for needed in (_CERTIFICATES, *(programs / name for name in IMAGE_NAMES)):
        if not needed.is_file():
            raise SptFlowError(
                f"The file {needed}, which the lab's images are made of, is missing.", next_command="make up"
            )
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
        reference=_reference("pause", PAUSE_VERSION),
        entries=[_program(programs / "pause", "/pause")],
        config=ImageConfig(
            entrypoint=("/pause",),
            user=f"{_PAUSE_USER}:{_PAUSE_USER}",
            labels=_labels("pause", PAUSE_VERSION, "lab/toolchain/modules/pause", "Apache-2.0"),
        ),
    )


def _coredns(programs: Path) -> ImageSpec:
    return ImageSpec(
        reference=_reference("coredns", versions.COREDNS),
        entries=[_program(programs / "coredns", "/coredns"), *_base()],
        config=ImageConfig(
            entrypoint=("/coredns",),
            user=f"{_NOBODY}:{_NOBODY}",
            exposed_ports=("53/tcp", "53/udp"),
            labels=_labels("coredns", versions.COREDNS, "https://github.com/coredns/coredns", "Apache-2.0"),
        ),
    )


def _registry(programs: Path) -> ImageSpec:
    source = "https://github.com/distribution/distribution"
    return ImageSpec(
        reference=_reference("registry", versions.REGISTRY),
        entries=[
            _program(programs / "registry", "/bin/registry"),
            File("/etc/distribution/config.yml", _REGISTRY_CONFIG.encode()),
            Directory("/var/lib/registry", 0o755, _NOBODY, _NOBODY),
            *_base(),
        ],
        config=ImageConfig(
            entrypoint=("registry",),
            command=("serve", "/etc/distribution/config.yml"),
            user=f"{_NOBODY}:{_NOBODY}",
            environment={"PATH": "/bin", "OTEL_TRACES_EXPORTER": "none"},
            exposed_ports=(f"{ports.REGISTRY}/tcp",),
            labels=_labels("registry", versions.REGISTRY, source, "Apache-2.0"),
        ),
    )


def _local_path_provisioner(programs: Path) -> ImageSpec:
    name, version = "local-path-provisioner", versions.LOCAL_PATH_PROVISIONER
    return ImageSpec(
        reference=_reference(name, version),
        entries=[
            _program(programs / name, f"/{name}"),
            Symlink(f"/usr/bin/{name}", f"/{name}"),
            *_base(),
        ],
        config=ImageConfig(
            entrypoint=(f"/{name}",),
            user=f"{_NOBODY}:{_NOBODY}",
            environment={"PATH": "/usr/bin"},
            labels=_labels(name, version, "https://github.com/rancher/local-path-provisioner", "Apache-2.0"),
        ),
    )


def _busybox(programs: Path) -> ImageSpec:
    program = Command(str(programs / "busybox"))
    banner = re.match(r"BusyBox v([\d.]+)", program.run("--help", check=False).stdout)
    version = banner[1] if banner else "unknown"
    applets = sorted(set(program.run("--list-full").stdout.split()) - {"bin/busybox"})
    folders: list[Entry] = [Directory("/root", 0o700), Directory("/var/tmp", 0o1777)]  # noqa: S108 - in the image
    return ImageSpec(
        reference=_reference("busybox", version),
        entries=[
            _program(programs / "busybox", "/bin/busybox"),
            *(Symlink(f"/{applet}", "/bin/busybox") for applet in applets),
            *folders,
            *_base(),
        ],
        config=ImageConfig(
            entrypoint=(),
            command=("/bin/sh",),
            environment={"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
            labels=_labels("busybox", version, "https://packages.debian.org/busybox-static", "GPL-2.0-only"),
        ),
    )


def _reference(name: str, version: str) -> str:
    return f"{_REPOSITORY}/{name}:{version}"


def _program(source: Path, path: str) -> File:
    return File(path, source, mode=0o755)


def _base() -> list[Entry]:
    """Return what a static program expects of a root file system: names for its users, a CA bundle, a /tmp."""
    passwd = f"root:x:0:0:root:/root:/bin/sh\nnonroot:x:{_NOBODY}:{_NOBODY}:nonroot:/:/bin/false\n"
    return [
        File("/etc/passwd", passwd.encode()),
        File("/etc/group", f"root:x:0:\nnonroot:x:{_NOBODY}:\n".encode()),
        File(str(_CERTIFICATES), _CERTIFICATES),
        Directory("/tmp", 0o1777),  # noqa: S108 - in the image
    ]


def _labels(title: str, version: str, source: str, licence: str) -> dict[str, str]:
    labels = {"title": title, "version": version, "source": source, "licenses": licence}
    return {f"org.opencontainers.image.{key}": value for key, value in labels.items()}
