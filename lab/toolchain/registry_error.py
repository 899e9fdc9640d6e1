"""What Go prints when a module cannot be had, as one sentence for the user."""

__all__ = ["build_failure"]

import re
from urllib.parse import urlsplit, urlunsplit

from core.errors import SptFlowError
from lab.toolchain.gotools import GoTool

_MODULE = re.compile(r"(?P<module>[\w.~!-]+(?:/[\w.~!-]+)+)@(?P<version>v[\w.+-]+): (?P<reason>.*)")
_NO_SPACE = "no space left on device"


def build_failure(tool: GoTool, output: str, proxy: str) -> SptFlowError:
    """Return the error for a failed download or build of `tool`, made from what go printed.

    Names the module and version that could not be had, the reason, and what to set; credentials are never shown.
    """
    if _NO_SPACE in output:
        return SptFlowError(
            f"The disk is full while {tool.name} {tool.version} is built; what is done so far is kept.",
            next_command="make up (after making room)",
        )
    for line in output.splitlines():
        found = _MODULE.search(line)
        if found:
            return _unreachable(tool, found["module"], found["version"], _reason(found["reason"]), proxy)
    said = [line for line in output.strip().splitlines() if not line.startswith("go: downloading ")]
    tail = " | ".join(said[-3:]) or "it printed nothing"
    return SptFlowError(f"{tool.name} {tool.version} could not be built: {_without_credentials(tail)}")


def _unreachable(tool: GoTool, module: str, version: str, reason: str, proxy: str) -> SptFlowError:
    return SptFlowError(
        f"The Go module {module} {version}, needed to build {tool.name} {tool.version}, cannot be had ({reason}): set "
        f"GOPROXY to a module proxy that serves it (now {_without_credentials(proxy)}), or HTTPS_PROXY and "
        f"SSL_CERT_FILE where the network asks for them.",
        next_command="make up (it goes on where it stopped)",
    )


def _reason(text: str) -> str:
    return _without_credentials(text).strip().rstrip(".")


def _without_credentials(text: str) -> str:
    return re.sub(r"https?://[^\s\",|]+", lambda found: _bare(found.group()), text)


def _bare(address: str) -> str:
    parts = urlsplit(address)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
