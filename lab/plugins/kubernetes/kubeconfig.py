"""Reading kubeconfigs: from a path, from text, from KUBECONFIG, or a pod's own service account."""

__all__ = ["ClusterAccess", "KubeconfigError", "active_cluster", "load", "parse", "resolve"]

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from core.errors import SptFlowError

_SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
_FILE_FIELDS = ("certificate-authority", "client-certificate", "client-key", "tokenFile")
_LISTS = {"clusters": "cluster", "contexts": "context", "users": "user"}

Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class KubeconfigError(SptFlowError):
    """A kubeconfig is missing, unreadable, or does not lead to a cluster."""


@dataclass(frozen=True)
class ClusterAccess:
    """Where a cluster is and who we are there: one resolved context of a kubeconfig.

    `cluster` and `user` are the kubeconfig's own entries, with absolute paths; `user` holds credentials.
    """

    context: str | None
    namespace: str
    cluster: Mapping[str, Any]
    user: Mapping[str, Any] = field(repr=False)

    @property
    def server(self) -> str:
        """Return the API server's URL."""
        return str(self.cluster["server"]).rstrip("/")

    def as_kubeconfig(self) -> dict[str, Any]:
        """Return a kubeconfig with this one context, for other programs."""
        name = self.context or "default"
        context = {"cluster": name, "user": name, "namespace": self.namespace}
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": name,
            "clusters": [{"name": name, "cluster": dict(self.cluster)}],
            "contexts": [{"name": name, "context": context}],
            "users": [{"name": name, "user": dict(self.user)}],
        }


def parse(text: str, source: str, folder: Path | None = None) -> dict[str, Any]:
    """Return the kubeconfig in `text` (YAML or JSON), file names made absolute against `folder`."""
    try:
        config = yaml.load(text, Loader)  # noqa: S506 - the loader is a safe one
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}" if mark is not None else ""
        raise KubeconfigError(f"The kubeconfig {source} is not valid YAML{where}.") from None
    if not isinstance(config, dict):
        raise KubeconfigError(f"The kubeconfig {source} is neither an existing file nor a mapping with clusters.")
    if folder is not None:
        for plural, singular in _LISTS.items():
            for entry in config.get(plural) or []:
                _make_absolute(entry.get(singular) or {}, folder)
    return config


def _make_absolute(entry: dict[str, Any], folder: Path) -> None:
    for name in _FILE_FIELDS:
        if isinstance(entry.get(name), str):
            entry[name] = str(folder / entry[name])


def _read_file(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise KubeconfigError(f"The kubeconfig '{path}' cannot be read: {reason}.") from None
    return parse(text, f"'{path}'", path.parent.absolute())


def _is_file(candidate: str) -> bool:
    try:
        return Path(candidate).expanduser().is_file()
    except (OSError, ValueError, RuntimeError):  # text too long for a name, a NUL inside, no such home
        return False


def load(given: str | None, environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Return the kubeconfig `given` as a path or as text; without one, those of KUBECONFIG, merged, or the user's."""
    if given:
        return _read_file(Path(given).expanduser()) if _is_file(given) else parse(given, "given as text")
    listed = [Path(part) for part in environment.get("KUBECONFIG", "").split(os.pathsep) if part]
    if not listed:
        listed = [Path(environment.get("HOME", "/")) / ".kube" / "config"]
    found = [_read_file(path) for path in listed if path.is_file()]
    if found:
        return _merge(found)
    if environment.get("KUBERNETES_SERVICE_HOST") and (_SERVICE_ACCOUNT / "token").is_file():
        return _service_account(environment)
    names = ", ".join(f"'{path}'" for path in listed)
    raise KubeconfigError(f"There is no kubeconfig: none was given, and {names} does not exist.")


def _merge(configs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return one kubeconfig in which the first entry of a name counts, as kubectl has it."""
    merged: dict[str, Any] = {"current-context": ""}
    for config in configs:
        merged["current-context"] = merged["current-context"] or config.get("current-context") or ""
        for plural in _LISTS:
            known = merged.setdefault(plural, [])
            names = {entry.get("name") for entry in known}
            known.extend(entry for entry in config.get(plural) or [] if entry.get("name") not in names)
    return merged


def _service_account(environment: Mapping[str, str]) -> dict[str, Any]:
    host, port = environment["KUBERNETES_SERVICE_HOST"], environment.get("KUBERNETES_SERVICE_PORT", "443")
    address = f"[{host}]" if ":" in host else host
    cluster = {"server": f"https://{address}:{port}", "certificate-authority": str(_SERVICE_ACCOUNT / "ca.crt")}
    namespace_file = _SERVICE_ACCOUNT / "namespace"
    namespace = namespace_file.read_text(encoding="utf-8").strip() if namespace_file.is_file() else "default"
    name = "in-cluster"
    return {
        "current-context": name,
        "clusters": [{"name": name, "cluster": cluster}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name, "namespace": namespace}}],
        "users": [{"name": name, "user": {"tokenFile": str(_SERVICE_ACCOUNT / "token")}}],
    }


def _entry(config: Mapping[str, Any], plural: str, name: str | None) -> dict[str, Any] | None:
    for entry in config.get(plural) or []:
        if isinstance(entry, dict) and entry.get("name") == name:
            found = entry.get(_LISTS[plural])
            return found if isinstance(found, dict) else {}
    return None


def resolve(
    config: Mapping[str, Any], *, context: str | None = None, cluster: str | None = None, namespace: str | None = None
) -> ClusterAccess:
    """Return the access that `context` (else the current one) gives; `cluster` and `namespace` override its own."""
    wanted = context or config.get("current-context") or None
    chosen = _entry(config, "contexts", wanted) if wanted else None
    if wanted and chosen is None:
        names = ", ".join(sorted(str(entry.get("name")) for entry in config.get("contexts") or [])) or "none"
        raise KubeconfigError(f"The kubeconfig has no context '{wanted}'; it has: {names}.")
    cluster_name = cluster or (chosen or {}).get("cluster")
    found = _entry(config, "clusters", cluster_name)
    if not found or not isinstance(found.get("server"), str):
        what = f"no cluster '{cluster_name}' with a server" if cluster_name else "no current context"
        raise KubeconfigError(f"The kubeconfig has {what}.")
    user_name = (chosen or {}).get("user")
    user = _entry(config, "users", user_name) if user_name else {}
    if user is None:
        raise KubeconfigError(f"The kubeconfig has no user '{user_name}', which its context '{wanted}' names.")
    return ClusterAccess(wanted, namespace or (chosen or {}).get("namespace") or "default", found, user)


def active_cluster(config: Mapping[str, Any], context: str | None, cluster: str | None) -> dict[str, Any] | None:
    """Return the cluster entry a kubeconfig leads to, to tell one cluster from another; None if it leads nowhere."""
    chosen = _entry(config, "contexts", context or config.get("current-context") or None)
    if chosen is None:
        return None
    return _entry(config, "clusters", cluster or chosen.get("cluster"))
