"""The lab's tools: what is needed is installed or built once, pinned, and kept in the user's cache."""

from lab.toolchain.toolchain import Toolchain, ensure_toolchain

__all__ = ["Toolchain", "ensure_toolchain"]
