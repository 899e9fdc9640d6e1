"""The kinds of settings that say where something is: URLs, wildcard host names, sources of charts."""

__all__ = ["AccessUrl", "ChartSource", "PublicHost", "ServerUrl", "WebPage", "WildcardHost"]

import re
from typing import Annotated, Final
from urllib.parse import SplitResult, urlsplit

from pydantic import BeforeValidator

from core.host_names import is_cluster_internal
from core.kubernetes_names import is_label, is_subdomain

_CHART_NAME: Final = re.compile(r"/[\w./@+-]*|[\w][\w./-]*", re.ASCII)


def _split(text: str) -> SplitResult | None:
    """Return the parts of an http or https URL without path, query and user; None for anything else."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    plain = not (parts.username or parts.password or parts.query or parts.fragment or parts.path)
    fine = text.isprintable() and " " not in text and parts.scheme in ("http", "https") and bool(parts.hostname)
    return parts if fine and plain and port != 0 else None


def _access_url(value: object) -> str:
    text = str(value)
    if not text:
        return ""
    parts = _split(text)
    if parts is None or parts.hostname is None or not (is_subdomain(parts.hostname) or ":" in parts.hostname):
        raise ValueError("an http or https URL of a host alone is expected, for example https://coder.example.com")
    if is_cluster_internal(parts.hostname):
        raise ValueError(
            "a host that users' own machines can reach is expected, never one that only the cluster knows, "
            "for example https://coder.example.com"
        )
    return text


def _web_page(value: object) -> str:
    text = str(value)
    fine = text.isprintable() and " " not in text and "#" not in text and '"' not in text
    if text and not (fine and text.startswith(("https://", "http://")) and is_subdomain(_host(text))):
        raise ValueError("the http or https URL of a page is expected, for example https://docs.example.com/alerts")
    return text


def _public_host(value: object) -> str:
    text = str(value)
    if text and not (is_subdomain(text) and not is_cluster_internal(text) and not _is_number(text)):
        raise ValueError(
            "a host name that users' own machines know is expected, without scheme and port, for example "
            "coder.example.com"
        )
    return text


def _is_number(host: str) -> bool:
    """Say whether a host is an address: no name is below it, and no public certificate is given out for it."""
    return host.rpartition(".")[2].isdecimal()


def _server_url(value: object) -> str:
    text = str(value)
    if text and _split(text) is None:
        raise ValueError("an http or https URL of a host alone is expected, for example https://connect.example.com")
    return text


def _wildcard(value: object) -> str:
    text = str(value)
    if not text:
        return ""
    label, dot, domain = text.removeprefix("*").partition(".")
    suffix_fine = not label or (label.startswith("-") and is_label(f"x{label}"))
    if not (text.startswith("*") and dot and suffix_fine and is_subdomain(domain)):
        raise ValueError(
            "a host name that begins with * and has no scheme and no port is expected, for example *.coder.example.com"
        )
    return text


def _host(text: str) -> str:
    try:
        return urlsplit(text).hostname or ""
    except ValueError:
        return ""


def _chart_source(value: object) -> str:
    text = str(value)
    if text.startswith("oci://"):
        fine = is_subdomain(text.removeprefix("oci://").partition("/")[0].partition(":")[0])
    elif "://" in text:
        fine = text.startswith(("https://", "http://")) and _host(text) != ""
    else:
        fine = _CHART_NAME.fullmatch(text) is not None
    if not fine or not text.isprintable() or " " in text:
        raise ValueError(
            "a chart repository (https://), a chart in a registry (oci://) or the path of a chart's folder is "
            "expected, for example https://helm.coder.com/v2"
        )
    return text


AccessUrl = Annotated[str, BeforeValidator(_access_url)]
"""An http or https URL without a path that is not cluster-internal, or an empty string."""

PublicHost = Annotated[str, BeforeValidator(_public_host)]
"""A host name that is not cluster-internal and no address, or an empty string."""

ServerUrl = Annotated[str, BeforeValidator(_server_url)]
"""An http or https URL without a path, also of a host that the cluster alone knows, or an empty string."""

WildcardHost = Annotated[str, BeforeValidator(_wildcard)]
"""A host name whose first label is `*` or `*-suffix`, or an empty string."""

WebPage = Annotated[str, BeforeValidator(_web_page)]
"""The http or https URL of a page, without a fragment, or an empty string."""

ChartSource = Annotated[str, BeforeValidator(_chart_source)]
"""Where a chart comes from: a repository's URL, an oci:// reference, or a folder (relative to the program's)."""
