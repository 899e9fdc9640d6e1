"""How objects of a workspace are told from the platform's own, and what they carry."""

__all__ = ["WORKSPACE_ANNOTATIONS", "WORKSPACE_LABELS", "WORKSPACE_MARK"]

from collections.abc import Mapping, Sequence
from typing import Final

WORKSPACE_MARK: Final = "com.coder.resource"
"""The label that objects of a workspace have and others have not."""

WORKSPACE_LABELS: Final[Mapping[str, Sequence[str]]] = {
    "app.kubernetes.io/name": (),
    "app.kubernetes.io/instance": (),
    "app.kubernetes.io/part-of": (),
    WORKSPACE_MARK: ("true",),
    "com.coder.workspace.id": (),
    "com.coder.workspace.name": (),
    "com.coder.user.id": (),
    "com.coder.user.username": (),
}
"""Label -> the values it may have, any if there are none."""

WORKSPACE_ANNOTATIONS: Final = ("com.coder.user.email",)
"""What the objects themselves have besides: requirement 003:1390."""
