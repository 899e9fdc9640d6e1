"""OCI image archives, written without any container tool: a tar of content-addressed blobs with an index on top."""

__all__ = ["ImageConfig", "ImageSpec", "LayerFile", "write_archive"]

import hashlib
import io
import json
import platform
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from lab.images.layer import Entry, write_layer

_CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
_INDEX_TYPE = "application/vnd.oci.image.index.v1+json"
_LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar"
_MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
_CHUNK_BYTES = 1024**2
_EPOCH = "1970-01-01T00:00:00Z"


@dataclass(frozen=True)
class ImageConfig:
    """How a container of the image starts; names as in the OCI image configuration."""

    entrypoint: tuple[str, ...]
    command: tuple[str, ...] = ()
    user: str = "0:0"
    working_directory: str = "/"
    environment: Mapping[str, str] = field(default_factory=dict)
    exposed_ports: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    stop_signal: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the `config` object of an image configuration; empty members are left out."""
        members: dict[str, Any] = {
            "User": self.user,
            "ExposedPorts": {port: {} for port in self.exposed_ports},
            "Env": [f"{name}={value}" for name, value in sorted(self.environment.items())],
            "Entrypoint": list(self.entrypoint),
            "Cmd": list(self.command),
            "WorkingDir": self.working_directory,
            "Labels": dict(sorted(self.labels.items())),
            "StopSignal": self.stop_signal,
        }
        return {name: value for name, value in members.items() if value}


@dataclass(frozen=True)
class LayerFile:
    """A layer that is there already: an uncompressed tar, its SHA-256 in hexadecimal and its size in bytes."""

    path: Path
    digest: str
    size: int


@dataclass(frozen=True)
class ImageSpec:
    """One image: the name it gets, what is in it, and how it starts.

    `entries` are its uppermost layer; `below` are those under it, the lowest first.
    """

    reference: str
    entries: Sequence[Entry]
    config: ImageConfig
    below: Sequence[LayerFile] = ()


@dataclass(frozen=True)
class _Blob:
    media_type: str
    digest: str
    size: int

    def as_json(self) -> dict[str, Any]:
        return {"mediaType": self.media_type, "digest": f"sha256:{self.digest}", "size": self.size}


def write_archive(spec: ImageSpec, output: Path, *, architecture: str | None = None) -> str:
    """Write the image as an OCI archive and return its manifest's digest ("sha256:...").

    The file appears by rename, whole; one writer at a time. The same spec gives the same bytes.
    """
    fresh = output.with_name(f"{output.name}.new")
    with tempfile.TemporaryFile(dir=output.parent) as layer_file, fresh.open("wb") as target:
        layers = [_Blob(_LAYER_TYPE, layer.digest, layer.size) for layer in spec.below]
        if spec.entries or not layers:
            write_layer(spec.entries, layer_file)
            layers.append(_describe(layer_file))
        config = _json(_image_config(spec, layers, architecture or _machine_architecture()))
        config_blob = _Blob(_CONFIG_TYPE, hashlib.sha256(config).hexdigest(), len(config))
        manifest = _json(_manifest(config_blob, layers, spec.config.labels))
        manifest_blob = _Blob(_MANIFEST_TYPE, hashlib.sha256(manifest).hexdigest(), len(manifest))
        with tarfile.open(fileobj=target, mode="w", format=tarfile.GNU_FORMAT) as archive:
            _add(archive, "oci-layout", _json({"imageLayoutVersion": "1.0.0"}))
            _add(archive, "index.json", _json(_index(manifest_blob, spec.reference)))
            _add(archive, f"blobs/sha256/{config_blob.digest}", config)
            _add(archive, f"blobs/sha256/{manifest_blob.digest}", manifest)
            for layer in spec.below:
                with layer.path.open("rb") as content:
                    _add_file(archive, f"blobs/sha256/{layer.digest}", content, layer.size)
            for top in layers[len(spec.below) :]:
                _add_file(archive, f"blobs/sha256/{top.digest}", layer_file, top.size)
    fresh.replace(output)
    return f"sha256:{manifest_blob.digest}"


def _machine_architecture() -> str:
    machine = platform.machine()
    return _ARCHITECTURES.get(machine, machine)


def _describe(file: IO[bytes]) -> _Blob:
    size = file.tell()
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK_BYTES):
        digest.update(chunk)
    file.seek(0)
    return _Blob(_LAYER_TYPE, digest.hexdigest(), size)


def _image_config(spec: ImageSpec, layers: Sequence[_Blob], architecture: str) -> dict[str, Any]:
    return {
        "created": _EPOCH,
        "architecture": architecture,
        "os": "linux",
        "config": spec.config.as_json(),
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{layer.digest}" for layer in layers]},
        "history": [{"created": _EPOCH, "created_by": "spt-flow"} for _ in layers],
    }


def _manifest(config: _Blob, layers: Sequence[_Blob], labels: Mapping[str, str]) -> dict[str, Any]:
    return {
        "schemaVersion": 2,
        "mediaType": _MANIFEST_TYPE,
        "config": config.as_json(),
        "layers": [layer.as_json() for layer in layers],
        "annotations": dict(sorted(labels.items())),
    }


def _index(manifest: _Blob, reference: str) -> dict[str, Any]:
    # containerd names an imported image by the first annotation, skopeo and others know only the second.
    names = {
        "io.containerd.image.name": reference,
        "org.opencontainers.image.ref.name": reference.rpartition(":")[2],
    }
    return {"schemaVersion": 2, "mediaType": _INDEX_TYPE, "manifests": [{**manifest.as_json(), "annotations": names}]}


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    _add_file(archive, name, io.BytesIO(content), len(content))


def _add_file(archive: tarfile.TarFile, name: str, content: IO[bytes], size: int) -> None:
    header = tarfile.TarInfo(name)
    header.size, header.mode, header.mtime = size, 0o644, 0
    archive.addfile(header, content)
