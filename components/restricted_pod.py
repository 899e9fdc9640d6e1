"""The security contexts of the platform's own pods: what Pod Security asks of them at the level `restricted`."""

__all__ = ["container_security", "pod_security"]

from components.manifest import Manifest


def pod_security(user: int, *, has_volume: bool) -> Manifest:
    """Return a pod's `securityContext`: one user, never root, whose group owns the volumes.

    A volume that lasts may hold very many files: their owner is changed only when the top folder's is wrong.
    """
    lasting = {"fsGroupChangePolicy": "OnRootMismatch"} if has_volume else {}
    return {
        "runAsNonRoot": True,
        "runAsUser": user,
        "runAsGroup": user,
        "fsGroup": user,
        **lasting,
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def container_security() -> Manifest:
    """Return a container's `securityContext`: no more rights than it starts with, and a root it cannot write to."""
    return {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
