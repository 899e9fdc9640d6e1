"""The Debian-based images of the lab: PostgreSQL, a bare Debian, and the tools of the platform's jobs."""

__all__ = ["DEBIAN_IMAGE_NAMES", "debian_image_specs"]

import ports
import versions
from lab.images.archive import ImageConfig, ImageSpec, LayerFile
from lab.images.debian_layers import PYTHON_LAYER, debian_layers
from lab.images.debian_recipes import BASE, PLATFORM_TOOLS, POSTGRES, SCRIPTS
from lab.images.layer import Directory, File
from lab.images.parts import labels, program, reference
from lab.images.platform_tools import (
    PLATFORM_TOOLS_CONFIG,
    PLATFORM_TOOLS_NAME,
    platform_tools_reference,
    project_entries,
)
from lab.toolchain import Toolchain

DEBIAN_IMAGE_NAMES = ("postgres", PLATFORM_TOOLS_NAME, "base")
"""Short names of the images, in the order they are made."""

_RELEASE = "12"
_SOURCE = "https://www.debian.org"
# What Debian's packages are under, taken together; each one's copyright file is in the image.
_LICENCE = "LicenseRef-Debian"
_POSTGRES_MAJOR = versions.POSTGRES.split(".")[0]
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_POSTGRES_USER = 999

Layers = dict[str, LayerFile]


def debian_image_specs(toolchain: Toolchain) -> dict[str, ImageSpec]:
    """Return the images by their short names; raise SptFlowError when a layer of theirs is missing."""
    layers = debian_layers(toolchain)
    specs = (_postgres(layers), _platform_tools(layers, toolchain), _base(layers))
    return dict(zip(DEBIAN_IMAGE_NAMES, specs, strict=True))


def _postgres(layers: Layers) -> ImageSpec:
    programs = f"/usr/lib/postgresql/{_POSTGRES_MAJOR}/bin"
    return ImageSpec(
        reference=reference("postgres", _POSTGRES_MAJOR),
        entries=[
            File("/usr/local/bin/docker-entrypoint.sh", SCRIPTS / "postgres-entrypoint.sh", 0o755),
            Directory("/run/postgresql", 0o2775, _POSTGRES_USER, _POSTGRES_USER),
        ],
        below=(layers[BASE.name], layers[POSTGRES.name]),
        config=ImageConfig(
            entrypoint=("docker-entrypoint.sh",),
            command=("postgres",),
            user=f"{_POSTGRES_USER}:{_POSTGRES_USER}",
            environment={
                "LANG": "C.UTF-8",
                "PATH": f"{_PATH}:{programs}",
                "PGDATA": "/var/lib/postgresql/data",
                "PG_MAJOR": _POSTGRES_MAJOR,
            },
            exposed_ports=(f"{ports.POSTGRES}/tcp",),
            labels=labels("postgres", _POSTGRES_MAJOR, "https://www.postgresql.org", _LICENCE),
            # Ends sessions instead of waiting for them.
            stop_signal="SIGINT",
        ),
    )


def _platform_tools(layers: Layers, toolchain: Toolchain) -> ImageSpec:
    return ImageSpec(
        reference=platform_tools_reference(),
        # The registry's own collection; its version is in versions.py, which is part of the image's name.
        entries=[*project_entries(), program(toolchain.bin / "registry", "/usr/local/bin/registry")],
        below=(layers[BASE.name], layers[PLATFORM_TOOLS.name], layers[PYTHON_LAYER]),
        config=PLATFORM_TOOLS_CONFIG,
    )


def _base(layers: Layers) -> ImageSpec:
    return ImageSpec(
        reference=reference("base", _RELEASE),
        entries=(),
        below=(layers[BASE.name],),
        config=ImageConfig(
            entrypoint=(),
            command=("/bin/bash",),
            environment={"PATH": _PATH},
            labels=labels("base", _RELEASE, _SOURCE, _LICENCE),
        ),
    )
