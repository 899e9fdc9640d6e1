"""An image that only the platform's registry has: the lab's busybox with words of the test's baked in."""

__all__ = ["PushedImage", "push_image"]

import time
from dataclasses import dataclass, replace
from pathlib import Path

from core.command import Command
from lab.images.archive import write_archive
from lab.images.definitions import image_specs
from lab.images.layer import File
from lab.toolchain import Toolchain


@dataclass(frozen=True)
class PushedImage:
    """Where it is in the registry, its manifest's digest, and the words in its file /words."""

    tag: str
    digest: str
    words: str


def push_image(toolchain: Toolchain, registry: str, repository: str, folder: Path) -> PushedImage:
    """Make a new image and push it from the host; `folder` is empty and may be used."""
    tag = f"t{time.time_ns()}"
    shell = image_specs(toolchain)["busybox"]
    words = f"baked in {tag}"
    spec = replace(shell, entries=[*shell.entries, File("/words", words.encode())])
    archive, digest = folder / "image.tar", folder / "digest"
    write_archive(spec, archive)
    Command("skopeo").run(
        "--insecure-policy",
        "copy",
        "--dest-tls-verify=false",
        f"--digestfile={digest}",
        f"oci-archive:{archive}",
        f"docker://{registry}/{repository}:{tag}",
        timeout=60,
    )
    return PushedImage(tag, digest.read_text().strip(), words)
