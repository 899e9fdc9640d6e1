"""What an image that was just built has to do before anybody gets it."""

__all__ = ["smoke_test"]

from typing import Final

from ci.image_build import IMAGES
from core.command import Command, CommandResult
from core.errors import SptFlowError, UsageError

_SECONDS: Final = 30 * 60.0
_UNPRIVILEGED: Final = ("--cap-drop=ALL", "--security-opt=no-new-privileges")
_CONTAINERS: Final = {
    # As the platform's pods run it: no rights, nothing to write to, and nobody to talk to.
    "platform-tools": ((*_UNPRIVILEGED, "--read-only", "--network=none"), ("--help",)),
    # Its user has sudo, so privileges can be gained; every check has a time limit of its own.
    "workspace": ((), ("spt-validate", "--json")),
}
"""For each image the options of its container, and what it is asked."""


def smoke_test(name: str, reference: str) -> str:
    """Run the image's own check in a container and return what it says; raise SptFlowError when it fails."""
    if name not in IMAGES:
        raise UsageError(f"The image {name[:40]!r} is unknown: images/ has {' and '.join(IMAGES)}.")
    options, arguments = _CONTAINERS[name]
    done = Command("docker").run("run", "--rm", *options, reference, *arguments, timeout=_SECONDS, check=False)
    if done.returncode != 0:
        raise SptFlowError(
            f"The image {reference} fails its check with exit code {done.returncode}: {_words(done)}",
            next_command=f"docker run --rm {reference} {' '.join(arguments)}",
        )
    return done.stdout


def _words(done: CommandResult) -> str:
    lines = [line for line in f"{done.stdout}\n{done.stderr}".splitlines() if line.strip()]
    return " | ".join(lines[-5:]) or "it says nothing"
