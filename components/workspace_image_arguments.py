"""The arguments of the workspace image, out of the stack's settings, and the tags that its sources give it."""

__all__ = ["content_tag", "source_commit", "workspace_image_args", "workspace_image_reference"]

import hashlib
import json
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

import pulumi

from components.workspace_image import WorkspaceImage, WorkspaceImageArgs
from core.command import Command
from core.errors import SptFlowError
from images.workspace.arguments import CONTEXT, DOCKERFILE, workspace_arguments
from settings import Settings

_REPOSITORY: Final = "spt-flow/workspace"
_IGNORED: Final = DOCKERFILE.with_name(f"{DOCKERFILE.name}.dockerignore")
_TAG_DIGITS: Final = 16
_GIT_SECONDS: Final = 10.0


def workspace_image_reference(
    settings: Settings, registry: pulumi.Input[str], opts: pulumi.ResourceOptions
) -> pulumi.Input[str]:
    """Declare the image where the stack builds it; return the reference that workspaces start from.

    `registry` is host and port as nodes know the registry.
    """
    args = workspace_image_args(settings, registry)
    if args is None:
        return str(settings.templates.workspace_image)
    return WorkspaceImage("workspace-image", args, opts).reference


def workspace_image_args(settings: Settings, registry: pulumi.Input[str]) -> WorkspaceImageArgs | None:
    """Return the arguments, None if the stack builds no image."""
    chosen = settings.workspace_image
    target = chosen.workspace_image_build
    if target == "none":
        return None
    build_args = {
        **workspace_arguments(required=chosen.workspace_image_required),
        "AGENTS_URL": chosen.workspace_agents_url,
        "AGENTS_REF": chosen.workspace_agents_ref,
        **{name: str(value) for name, value in chosen.workspace_image_build_args.items()},
    }
    commit = source_commit()
    args: WorkspaceImageArgs = {
        "registry": registry,
        "repository": _REPOSITORY,
        "tags": {
            "content": content_tag(target, build_args),
            **({} if commit is None else {"commit": commit}),
            "latest": "latest",
        },
        "target": target,
        "build_args": build_args,
    }
    if chosen.workspace_image_push:
        args["push"] = chosen.workspace_image_push
    if chosen.workspace_image_push_user:
        args["user"] = chosen.workspace_image_push_user
        args["password"] = chosen.workspace_image_push_password.get_secret_value()
    return args


def content_tag(target: str, build_args: Mapping[str, str], context: Path = CONTEXT) -> str:
    """Return the tag that stands for all an image is made of: files with their rights, arguments, target."""
    digest = hashlib.sha256(json.dumps([target, dict(sorted(build_args.items()))]).encode())
    for path in sorted({*_context_files(context), DOCKERFILE}):
        name = path.relative_to(context) if path.is_relative_to(context) else path.name
        content = str(path.readlink()).encode() if path.is_symlink() else path.read_bytes()
        executable = bool(path.lstat().st_mode & 0o100)
        digest.update(f"\0{name}\0{executable}\0{hashlib.sha256(content).hexdigest()}".encode())
    return f"content-{digest.hexdigest()[:_TAG_DIGITS]}"


def source_commit() -> str | None:
    """Return the commit that last changed what the image is made of, "-dirty" added for changes since.

    None where this is no checkout of git's: a copy has no history to name.
    """
    git = Command("git", cwd=CONTEXT)
    paths = ["--", *sorted(_kept(_IGNORED)), str(DOCKERFILE), str(_IGNORED)]
    try:
        commit = git.run("log", "-1", "--format=%H", *paths, timeout=_GIT_SECONDS).stdout.strip()
        changed = git.run("status", "--porcelain", *paths, timeout=_GIT_SECONDS).stdout.strip()
    except SptFlowError:
        return None
    return (f"{commit}-dirty" if changed else commit) if commit else None


def _context_files(context: Path) -> Iterator[Path]:
    """Yield the files that a build is given: what the ignore file leaves, which names each by a line with "!"."""
    dropped = [line.removeprefix("**/") for line in _lines(_IGNORED) if line.startswith("**/")]
    for name in _kept(_IGNORED):
        top = context / name
        for path in [top, *top.rglob("*")]:
            parts = path.relative_to(context).parts
            if (path.is_file() or path.is_symlink()) and not any(fnmatch(p, d) for p in parts for d in dropped):
                yield path


def _kept(ignore_file: Path) -> list[str]:
    return [line.removeprefix("!") for line in _lines(ignore_file) if line.startswith("!")]


def _lines(file: Path) -> list[str]:
    return [line.strip() for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
