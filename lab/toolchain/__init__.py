"""The lab's tools: what is needed is installed or built once, pinned, and kept in the user's cache."""

from lab.toolchain.toolchain import (
    Toolchain,
    drop_cache,
    ensure_deploy_tools,
    ensure_image_tools,
    ensure_lint_tools,
    ensure_test_packages,
    ensure_toolchain,
    toolchain_bin,
)

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
