"""Everything the lab runs: Debian's programs, the tools built from Go modules, and where they are."""

__all__ = [
    "Toolchain",
    "drop_cache",
    "ensure_deploy_tools",
    "ensure_image_tools",
    "ensure_lint_tools",
    "ensure_test_packages",
    "ensure_toolchain",
    "toolchain_bin",
]

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from core.errors import SptFlowError
from lab.progress import Progress, SilentProgress
from lab.toolchain.build import Builder, StoppedError
from lab.toolchain.busybox import ensure_busybox, has_busybox
from lab.toolchain.cache import Cache, default_cache
from lab.toolchain.debian import REQUIRED_BY_TESTS, DebianPackages
from lab.toolchain.disk import check_room
from lab.toolchain.downloads import Downloads
from lab.toolchain.golang import GoCompiler
from lab.toolchain.gotools import GO_TOOLS, IMAGE_TOOLS, LINT_TOOLS, GoTool
from lab.toolchain.lock import held

_SYSTEM_FOLDERS = ("/usr/sbin", "/usr/bin", "/sbin", "/bin")
_PACKAGES_TITLE = "Debian packages"
_TEST_PACKAGES_TITLE = "Debian packages for tests"
_BUSYBOX_TITLE = "Static busybox"
_TOOLS_TITLE = "Tools"
_DEPLOY_TOOLS = ("pulumi", "helm")
_LOW_BYTES = 4 * 1024**3
"""Below this much free disk the compiled packages of finished tools are given up for the room they take."""


@dataclass(frozen=True)
class Toolchain:
    """Where the lab's tools are: `bin` holds what was built, `images` the image archives made from it."""

    bin: Path
    images: Path
    cni: Path = Path("/usr/lib/cni")

    @property
    def terraform(self) -> Path:
        """Folder of Terraform's provider mirror; `terraform_mirror` fills it."""
        return self.bin.parent / "terraform"

    @property
    def path_entries(self) -> tuple[Path, ...]:
        """The folders a lab process has on PATH, and no others."""
        return (self.bin, *(Path(folder) for folder in _SYSTEM_FOLDERS))

    @property
    def path(self) -> str:
        """`path_entries` as a value of PATH."""
        return os.pathsep.join(map(str, self.path_entries))


def ensure_toolchain(progress: Progress, cache: Cache | None = None, tools: tuple[GoTool, ...] = GO_TOOLS) -> Toolchain:
    """Install and build what the lab needs and is missing, and return where everything is.

    Safe to kill at any point: the next call goes on from there. Raises SptFlowError, one sentence, for what this
    machine or its network does not allow.
    """
    return _ensure(progress, cache or default_cache(), tools, on_system=True)


def ensure_deploy_tools(progress: Progress, cache: Cache | None = None) -> Toolchain:
    """Build only what deploying to a cluster of the user's needs; asks for no root and installs no package."""
    tools = tuple(tool for tool in GO_TOOLS if tool.name in _DEPLOY_TOOLS)
    return _ensure(progress, cache or default_cache(), tools, on_system=False)


def ensure_lint_tools(progress: Progress, cache: Cache | None = None) -> Toolchain:
    """Build only what `make lint` needs; asks for no root and installs no package."""
    return _ensure(progress, cache or default_cache(), LINT_TOOLS, on_system=False)


def ensure_image_tools(progress: Progress, names: tuple[str, ...] = (), cache: Cache | None = None) -> Toolchain:
    """Build the tools that look at images, or those of them with these names; asks for no root, installs no package."""
    tools = tuple(tool for tool in IMAGE_TOOLS if not names or tool.name in names)
    return _ensure(progress, cache or default_cache(), tools, on_system=False)


def ensure_test_packages(progress: Progress, cache: Cache | None = None) -> None:
    """Install the Debian packages that only tests use; raise SptFlowError, one sentence, when that cannot be done."""
    packages = DebianPackages(required=REQUIRED_BY_TESTS)
    with held((cache or default_cache()).lock, progress), progress.step(_TEST_PACKAGES_TITLE) as step:
        packages.ensure(step, root=os.geteuid() == 0)


def _ensure(progress: Progress, cache: Cache, tools: tuple[GoTool, ...], *, on_system: bool) -> Toolchain:
    packages = DebianPackages() if on_system else None
    builder = Builder(GoCompiler.of_this_environment(), cache)
    if _is_complete(builder, tools, packages):
        progress.plan([_TOOLS_TITLE])
        with progress.step(_TOOLS_TITLE) as step:
            step.unchanged("nothing to build or to install")
    else:
        progress.plan([*((_PACKAGES_TITLE, _BUSYBOX_TITLE) if on_system else ()), *(tool.title for tool in tools)])
        try:
            if not _is_complete(builder, tools, packages=None):
                check_room(cache.root)
            with held(cache.lock, progress):
                _provide(progress, packages, builder, tools)
        except OSError as failure:
            raise SptFlowError(
                f"The toolchain cannot be written to {cache.root}: {failure.strerror}; what is done so far is kept.",
                next_command="make up (after making room there, or with XDG_CACHE_HOME set to another folder)",
            ) from None
    return Toolchain(bin=cache.bin, images=cache.images)


def toolchain_bin() -> Path:
    """Return the folder of the built programs, whether or not it is there yet."""
    return default_cache().bin


def drop_cache() -> Path:
    """Remove the whole cache, after a run that builds in it has ended; return where it was."""
    root = default_cache().root
    if root.is_dir():
        with held(default_cache().lock, SilentProgress()):
            shutil.rmtree(root, ignore_errors=True)
    return root


def _is_complete(builder: Builder, tools: tuple[GoTool, ...], packages: DebianPackages | None) -> bool:
    if packages is not None and (packages.missing() or not has_busybox(builder.cache)):
        return False
    return all(builder.stamp(tool).matches() for tool in tools)


def _provide(progress: Progress, packages: DebianPackages | None, builder: Builder, tools: tuple[GoTool, ...]) -> None:
    cache = builder.cache
    shutil.rmtree(cache.temporary, ignore_errors=True)
    cache.create()
    if packages is not None:
        with progress.step(_PACKAGES_TITLE) as step:
            packages.ensure(step, root=os.geteuid() == 0)
        with progress.step(_BUSYBOX_TITLE) as step:
            ensure_busybox(cache, step)
    open_tools = [tool for tool in tools if not builder.stamp(tool).matches()]
    with Downloads(builder, open_tools) as downloads:
        for tool in tools:
            _build_one(tool, builder, downloads, progress, needed=tool in open_tools)
    # Compiled packages would help only the next version of a tool, and are several times the size of the programs.
    shutil.rmtree(cache.work, ignore_errors=True)


def _build_one(tool: GoTool, builder: Builder, downloads: Downloads, progress: Progress, *, needed: bool) -> None:
    with progress.step(tool.title) as step:
        if not needed:
            step.unchanged("already built")
            return
        downloads.wait(tool, step)
        try:
            builder.build(tool, step)
        except StoppedError:
            if downloads.error is not None:
                raise downloads.error from None
            raise
    if shutil.disk_usage(builder.cache.root).free < _LOW_BYTES:
        with downloads.paused():
            shutil.rmtree(builder.cache.compiled, ignore_errors=True)
            builder.cache.create()
