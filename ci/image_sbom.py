"""The list of what is in an image, as SPDX: packages of the system and of languages, and programs of Go and Rust."""

__all__ = ["count_packages", "write_sbom"]

import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import Final

from ci.image_tools import image_tool
from core.errors import CommandFailedError, SptFlowError

_SECONDS: Final = 30 * 60.0
_KIND: Final = "pkg:"


def write_sbom(source: str, name: str, version: str, out: Path) -> Counter[str]:
    """Write the list of an image to `out`; return how many packages of which kind are in it.

    `source` is what syft takes: docker:NAME, registry:NAME, oci-archive:FILE. `name` and `version` are the image's in
    the list. Raises SptFlowError for a source that cannot be read, or one in which nothing is found.
    """
    with tempfile.TemporaryDirectory(prefix="spt-flow-ci-") as scratch:
        fresh = Path(scratch, "sbom.json")
        syft = image_tool("syft", {"SYFT_CHECK_FOR_APP_UPDATE": "false", "TMPDIR": scratch})
        try:
            syft.run(
                *("scan", source, "--quiet", "--output", f"spdx-json={fresh}"),
                *("--source-name", name, "--source-version", version),
                timeout=_SECONDS,
            )
        except CommandFailedError as failure:
            reason = " ".join(failure.stderr.split())[-300:]
            raise SptFlowError(f"The image {source} cannot be listed: {reason or 'syft gives no reason'}.") from None
        text = fresh.read_text(encoding="utf-8")
    found = count_packages(text)
    if not found:
        raise SptFlowError(f"Nothing was found in {source}: it is no image, or an empty one.")
    out.write_text(text, encoding="utf-8")
    return found


def count_packages(sbom: str) -> Counter[str]:
    """Return how many packages of which kind (deb, golang, npm, pypi and so on) an SPDX document lists."""
    found: Counter[str] = Counter()
    for package in json.loads(sbom).get("packages", []):
        for reference in package.get("externalRefs", []):
            locator = str(reference.get("referenceLocator", ""))
            if reference.get("referenceType") == "purl" and locator.startswith(_KIND):
                found[locator.removeprefix(_KIND).partition("/")[0]] += 1
                break
    # The image itself is one of them.
    found.pop("oci", None)
    return found
