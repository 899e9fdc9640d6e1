"""The one Kubernetes provider of the program: an explicit kubeconfig and context, never what the shell points at."""

__all__ = ["cluster_provider", "read_kubeconfig"]

from pathlib import Path
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
import yaml

from core.errors import UsageError


def cluster_provider(*, kubeconfig_path: str, context: str) -> kubernetes.Provider:
    """Return the provider for a context of a kubeconfig; raise UsageError as read_kubeconfig does."""
    return kubernetes.Provider(
        "cluster",
        kubeconfig=pulumi.Output.secret(read_kubeconfig(kubeconfig_path, context)),
        context=context,
        # Change ConfigMaps and Secrets in place: their names are fixed, and pods roll by checksum annotation.
        enable_config_map_mutable=True,
        enable_secret_mutable=True,
    )


def read_kubeconfig(kubeconfig_path: str, context: str) -> str:
    """Return the content of a kubeconfig that has the context; raise UsageError if it cannot be read or has not."""
    path = Path(kubeconfig_path).expanduser()
    try:
        content = path.read_text(encoding="utf-8")
        contexts = _context_names(yaml.safe_load(content))
    except OSError as error:
        raise UsageError(f"The kubeconfig '{path}' cannot be read: {error.strerror}.") from None
    except (ValueError, yaml.YAMLError):
        raise UsageError(f"The kubeconfig '{path}' is not YAML with a list of contexts.") from None
    if context not in contexts:
        known = ", ".join(f"'{name}'" for name in contexts) or "none"
        raise UsageError(f"The kubeconfig '{path}' has no context '{context}'; its contexts are: {known}.")
    return content


def _context_names(kubeconfig: Any) -> list[str]:  # noqa: ANN401 - whatever YAML the file holds
    contexts = kubeconfig.get("contexts") if isinstance(kubeconfig, dict) else None
    if not isinstance(contexts, list):
        raise ValueError  # noqa: TRY004 - handled as one with the text that is no YAML
    return [str(entry.get("name")) for entry in contexts if isinstance(entry, dict)]
