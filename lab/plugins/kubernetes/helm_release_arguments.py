"""The command lines helm is run with for a release. No value of a chart is ever among them: those go by file."""

__all__ = ["OWNER_LABEL", "install_arguments", "rollback_arguments", "uninstall_arguments", "upgrade_arguments"]

from collections.abc import Mapping
from pathlib import Path
from typing import Any

OWNER_LABEL = "spt-flow-owner"
"""The label on helm's own record of a release that says which resource of which stack made it."""

_DEFAULT_TIMEOUT = 300

_BOTH = {
    "atomic": "--atomic",
    "dependencyUpdate": "--dependency-update",
    "devel": "--devel",
    "disableOpenapiValidation": "--disable-openapi-validation",
    "disableWebhooks": "--no-hooks",
    "renderSubchartNotes": "--render-subchart-notes",
    "skipCrds": "--skip-crds",
    "takeOwnership": "--take-ownership",
}
_INSTALL = {**_BOTH, "createNamespace": "--create-namespace", "replace": "--replace"}
_UPGRADE = {
    **_BOTH,
    "cleanupOnFail": "--cleanup-on-fail",
    "forceUpdate": "--force",
    "recreatePods": "--recreate-pods",
    "resetValues": "--reset-values",
    "reuseValues": "--reuse-values",
}


def install_arguments(release: Mapping[str, Any], chart: Path, values: Path, owner: str) -> list[str]:
    """Return the arguments that install `chart` with the values in the file `values`."""
    return ["install", str(release["name"]), str(chart), *_shared(release, values, owner, _INSTALL)]


def upgrade_arguments(release: Mapping[str, Any], chart: Path, values: Path, owner: str) -> list[str]:
    """Return the arguments that bring an installed release to `chart` with the values in the file `values`."""
    history = ["--history-max", str(release.get("maxHistory") or 0)]
    return ["upgrade", str(release["name"]), str(chart), *_shared(release, values, owner, _UPGRADE), *history]


def uninstall_arguments(release: Mapping[str, Any], *, hooks: bool = True) -> list[str]:
    """Return the arguments that remove a release; one that is not there is no error."""
    arguments = ["uninstall", str(release["name"]), "--ignore-not-found", *_timeout(release)]
    if release.get("atomic") or not release.get("skipAwait"):
        arguments.append("--wait")
    return arguments if hooks else [*arguments, "--no-hooks"]


def rollback_arguments(release: Mapping[str, Any], revision: int) -> list[str]:
    """Return the arguments that go back to a revision, without its hooks and without waiting for it to be ready."""
    return ["rollback", str(release["name"]), str(revision), "--no-hooks", *_timeout(release)]


def _shared(release: Mapping[str, Any], values: Path, owner: str, switches: Mapping[str, str]) -> list[str]:
    arguments = ["--values", str(values), "--labels", f"{OWNER_LABEL}={owner}", *_timeout(release)]
    arguments += [switch for key, switch in switches.items() if release.get(key)]
    if not release.get("skipAwait"):
        arguments.append("--wait")
        arguments += ["--wait-for-jobs"] if release.get("waitForJobs") else []
    for key, switch in (("description", "--description"), ("postrender", "--post-renderer")):
        arguments += [switch, str(release[key])] if release.get(key) else []
    return arguments


def _timeout(release: Mapping[str, Any]) -> list[str]:
    return ["--timeout", f"{int(release.get('timeout') or _DEFAULT_TIMEOUT)}s"]
