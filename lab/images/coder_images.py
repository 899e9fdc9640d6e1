"""Coder's images: the server with Terraform and its providers, and envbuilder; nothing is fetched when they run."""

__all__ = ["CODER_IMAGE_NAMES", "coder_image_specs"]

from pathlib import Path, PurePosixPath

import ports
import versions
from lab.images.archive import ImageConfig, ImageSpec
from lab.images.layer import Directory, Entry, File, Symlink
from lab.images.parts import (
    CERTIFICATES,
    User,
    base_entries,
    busybox_entries,
    check_parts,
    labels,
    program,
    reference,
)
from lab.toolchain import Toolchain
from lab.toolchain.golang import go_architecture
from lab.toolchain.terraform_mirror import PROVIDERS, cli_configuration

CODER_IMAGE_NAMES = ("coder", "envbuilder")
"""Short names of the images, in the order they are made."""

_USER = User("coder", 1000, "/home/coder", "/bin/sh")
_SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_CACHE = f"{_USER.home}/.cache/coder"
_MIRROR = PurePosixPath("/opt/terraform/providers")
_CONFIGURATION = "/opt/terraform/terraform.rc"
_ENTRYPOINT = "/opt/coder-entrypoint"


def coder_image_specs(toolchain: Toolchain) -> dict[str, ImageSpec]:
    """Return the images by their short names; raise SptFlowError when a file they are made of is missing."""
    programs = toolchain.bin
    providers = (provider.program for provider in PROVIDERS)
    check_parts(
        CERTIFICATES, *(programs / name for name in ("coder", "terraform", *providers, "envbuilder", "busybox"))
    )
    return dict(zip(CODER_IMAGE_NAMES, (_coder(programs), _envbuilder(programs)), strict=True))


def _coder(programs: Path) -> ImageSpec:
    return ImageSpec(
        reference=reference("coder", versions.CODER_LAB),
        entries=[
            program(programs / "coder", "/opt/coder"),
            Symlink("/usr/local/bin/coder", "/opt/coder"),
            File(_ENTRYPOINT, _entrypoint().encode(), mode=0o755),
            *_terraform(programs),
            *busybox_entries(programs),
            *base_entries(_USER),
            *(
                Directory(path, 0o755, _USER.uid, _USER.uid)
                for path in (_USER.home, f"{_USER.home}/.cache", _CACHE, f"{_USER.home}/.config")
            ),
        ],
        config=ImageConfig(
            entrypoint=(_ENTRYPOINT,),
            command=("server",),
            user=f"{_USER.uid}:{_USER.uid}",
            working_directory=_USER.home,
            environment={
                "CHECKPOINT_DISABLE": "1",
                "CODER_CACHE_DIRECTORY": _CACHE,
                "HOME": _USER.home,
                "PATH": _SEARCH_PATH,
                "TF_CLI_CONFIG_FILE": _CONFIGURATION,
            },
            exposed_ports=(f"{ports.CODER}/tcp",),
            labels=labels(
                "coder",
                versions.CODER_LAB,
                "https://github.com/coder/coder",
                "AGPL-3.0-only AND BUSL-1.1 AND MPL-2.0 AND GPL-2.0-only",
            ),
        ),
    )


def _terraform(programs: Path) -> list[Entry]:
    return [
        program(programs / "terraform", "/usr/local/bin/terraform"),
        File(_CONFIGURATION, cli_configuration(_MIRROR).encode()),
        *(program(programs / provider.program, str(_MIRROR / provider.path)) for provider in PROVIDERS),
    ]


def _entrypoint() -> str:
    """Return the script that starts Coder.

    The server offers agent binaries from its cache folder, which is an empty volume at every start; one binary is
    server, command line and agent.
    """
    return f"""\
#!/bin/sh
set -eu
if [ "${{1:-}}" = server ]; then
    offered="${{CODER_CACHE_DIRECTORY:-{_CACHE}}}/site/bin"
    mkdir -p "$offered"
    ln -sf /opt/coder "$offered/coder-linux-{go_architecture()}"
fi
exec /opt/coder "$@"
"""


def _envbuilder(programs: Path) -> ImageSpec:
    version = versions.ENVBUILDER
    return ImageSpec(
        reference=reference("envbuilder", version),
        # Alone: what envbuilder builds takes the place of everything else in its root.
        entries=[program(programs / "envbuilder", "/.envbuilder/bin/envbuilder")],
        config=ImageConfig(
            entrypoint=("/.envbuilder/bin/envbuilder",),
            environment={"KANIKO_DIR": "/.envbuilder", "PATH": _SEARCH_PATH},
            labels=labels("envbuilder", version, "https://github.com/coder/envbuilder", "Apache-2.0"),
        ),
    )
