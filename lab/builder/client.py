"""How Debian's docker client is made to talk to the builder, and to nothing else."""

__all__ = ["DOCKER", "docker_environment"]

from pathlib import Path
from typing import Final

from lab.builder.place import BuilderPlace

DOCKER: Final = Path("/usr/bin/docker")
"""Debian's client, which has BuildKit inside; another one may come first on PATH."""


def docker_environment(place: BuilderPlace | None = None) -> dict[str, str]:
    """Return the variables under which `DOCKER` uses the builder, with a client configuration of its own."""
    place = place or BuilderPlace.of()
    return {
        "DOCKER_HOST": place.docker_host,
        "DOCKER_CONFIG": str(place.client_config),
        "DOCKER_BUILDKIT": "1",
        # What the user may have set for a daemon of their own.
        "DOCKER_CONTEXT": "",
        "DOCKER_TLS_VERIFY": "",
        "DOCKER_CERT_PATH": "",
    }
