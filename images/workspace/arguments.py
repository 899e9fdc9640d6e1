"""The build arguments of the workspace image: versions from versions.py, and what is known to be missing beforehand."""

__all__ = ["CONTEXT", "DOCKERFILE", "TARGETS", "missing_extensions", "workspace_arguments"]

from collections.abc import Iterable
from pathlib import Path

import versions

CONTEXT = Path(__file__).parents[2]
"""The context of the build: the repository's root."""
DOCKERFILE = Path(__file__).with_name("Dockerfile")
TARGETS = ("slim", "full")
"""The stages that are images; `<target>-report` holds the build report alone."""

_VSIX_FOLDER = "images/workspace/extensions"
_SOURCE = "images/workspace/Dockerfile"
_TOOLS = {
    "FIRECRACKER_VERSION": versions.FIRECRACKER,
    "GH_VERSION": versions.GH,
    "KUASAR_VERSION": versions.KUASAR,
    "KUBECTL_VERSION": versions.KUBERNETES,
    "NEX_VERSION": versions.NEX,
    "OP_VERSION": versions.ONEPASSWORD_CLI,
    "WASH_VERSION": versions.WASH,
    "WASM_PACK_VERSION": versions.WASM_PACK,
}


def workspace_arguments(
    *, missing: Iterable[str] = (), required: Iterable[str] = (), vsix_folder: str = _VSIX_FOLDER
) -> dict[str, str]:
    """Return the build arguments of a build on public images.

    `missing` are the tools that cannot be had there, beside the extensions without a file in `vsix_folder` (relative to
    the context): the build fails when its report says otherwise. `required` are tools whose lack fails the build.
    """
    unknown = sorted({*missing, *missing_extensions(CONTEXT / vsix_folder)})
    return {
        "BASE_IMAGE": f"docker.io/library/ubuntu:{versions.UBUNTU}",
        "BASE_TITLE": f"Ubuntu {versions.UBUNTU}",
        "GO_IMAGE": f"docker.io/library/golang:{versions.GO}-bookworm",
        "GO_SOURCE": "image golang",
        "NODE_IMAGE": f"docker.io/library/node:{versions.NODE}-bookworm-slim",
        "NODE_SOURCE": "image node",
        "RUST_IMAGE": f"docker.io/library/rust:{versions.RUST}-bookworm",
        "RUST_SOURCE": "image rust",
        "PYTHON_VERSION": versions.PYTHON,
        **_TOOLS,
        "DOWNLOADS": "yes",
        "AGENTS_URL": "",
        "AGENTS_REF": "",
        "VSIX_FOLDER": vsix_folder,
        "TRUST_IMAGE": "scratch",
        "PROJECT_VERSION": versions.PLATFORM,
        "PROJECT_SOURCE": _SOURCE,
        "REQUIRED_TOOLS": " ".join(sorted(required)),
        "MISSING_TOOLS": " ".join(unknown),
    }


def missing_extensions(folder: Path) -> list[str]:
    """Return the names, as the build report has them, of listed extensions whose file is not in `folder`."""
    lines = (folder / "extensions.txt").read_text(encoding="utf-8").splitlines()
    names = [line.split()[0] for line in lines if line.strip() and not line.startswith("#")]
    return [f"extension-{name}" for name in names if not (folder / f"{name}.vsix").is_file()]
