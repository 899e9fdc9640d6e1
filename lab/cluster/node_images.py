"""Images brought into the lab's container runtime from archives, without any registry."""

__all__ = ["import_images", "runtime_answers"]

from collections.abc import Sequence

from core.command import Command, CommandResult
from core.errors import SptFlowError
from lab.cluster.layout import CONTAINERD_SOCKET
from lab.images import NodeImage

_IMPORT_TIMEOUT = 600.0
_DIGEST = 2


def runtime_answers(pid: int) -> bool:
    """Tell whether the container runtime of the lab whose first process is `pid` is up."""
    return _ctr(pid, "version").returncode == 0


def import_images(pid: int, images: Sequence[NodeImage]) -> list[str]:
    """Import what the runtime does not have, or has in another form; return the names of those imported."""
    listing = _ctr(pid, "--namespace", "k8s.io", "images", "list").stdout
    # Columns: name, media type, digest, ...
    present = {(fields[0], fields[2]) for line in listing.splitlines()[1:] if len(fields := line.split()) > _DIGEST}
    missing = [image for image in images if (image.reference, image.digest) not in present]
    for image in missing:
        done = _ctr(pid, "--namespace", "k8s.io", "images", "import", "--snapshotter", "overlayfs", str(image.archive))
        if done.returncode != 0:
            reason = " ".join(done.stderr.split())[-300:]
            raise SptFlowError(f"The image {image.reference} cannot be imported into the lab: {reason}")
    return [image.reference for image in missing]


def _ctr(pid: int, *args: str) -> CommandResult:
    socket = f"/proc/{pid}/root{CONTAINERD_SOCKET}"
    return Command("ctr").run("--address", socket, *args, check=False, timeout=_IMPORT_TIMEOUT)
