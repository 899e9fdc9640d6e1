"""Putting right a release that a killed helm left half-way, so that helm takes it on again."""

__all__ = ["repair"]

from collections.abc import Mapping, Sequence
from typing import Any

from lab.plugins.kubernetes.helm_release_arguments import rollback_arguments, uninstall_arguments
from lab.plugins.kubernetes.helm_release_client import HelmClient, InstalledRelease, Revision
from lab.plugins.protocol.host import Host, Severity

# What to go back to, best first. A failed revision is better than none: helm upgrades from it.
_BASES = ("deployed", "superseded", "failed")


async def repair(
    client: HelmClient, host: Host, found: InstalledRelease, release: Mapping[str, Any], urn: str
) -> InstalledRelease | None:
    """Return the release as it stands when its `pending-*` revision is out of the way; None when it had to go.

    A release that was upgraded goes back to its last good revision; one that never was installed, or was being
    uninstalled, is uninstalled. A release that is not pending is returned as it is.
    """
    if not found.pending:
        return found
    base = _base(await client.history(found.name), found)
    if base is None:
        action = "is uninstalled"
        command = uninstall_arguments(release, hooks=False)
    else:
        action = f"goes back to revision {base}"
        command = rollback_arguments(release, base)
    await host.log(
        Severity.WARNING,
        f"The release '{found.namespace}/{found.name}' was left '{found.status}' by a helm that died; it {action}.",
        urn,
    )
    await client.operate(host, *command)
    return await client.find(found.name)


def _base(history: Sequence[Revision], found: InstalledRelease) -> int | None:
    if found.status == "uninstalling":
        return None
    for status in _BASES:
        numbers = [line.number for line in history if line.status == status and line.number < found.revision]
        if numbers:
            return max(numbers)
    return None
