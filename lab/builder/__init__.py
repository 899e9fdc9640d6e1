"""The machine's image builder: a Docker daemon of our own, there while somebody builds and gone afterwards."""

from lab.builder.client import docker_environment
from lab.builder.session import builder, drop_builder

__all__ = ["builder", "docker_environment", "drop_builder"]
