"""What the snapshots are about: homes, and copies of them as they were at a moment, whatever keeps them."""

__all__ = ["Home", "Snapshot", "State", "VolumeShape"]

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import Enum
from typing import Self

from core.errors import SptFlowError


class State(Enum):
    """What can be done with a snapshot."""

    READY = "ready"
    """It is whole, and a volume can be made of it."""
    PENDING = "pending"
    """It is being made."""
    FAILED = "failed"
    """It is not whole, and says so."""


@dataclass(frozen=True)
class VolumeShape:
    """What a claim asked for, so that another can be made like it when it is gone; `storage` is a quantity."""

    storage: str
    storage_class: str | None = None
    access_modes: tuple[str, ...] = ("ReadWriteOnce",)
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)

    def encode(self) -> str:
        """Return the shape as one word without commas, fit for an annotation and for a tag."""
        return base64.urlsafe_b64encode(json.dumps(asdict(self), sort_keys=True).encode()).decode()

    @classmethod
    def decode(cls, text: str) -> Self:
        """Read what `encode` made; raise SptFlowError for anything else."""
        try:
            found = json.loads(base64.urlsafe_b64decode(text.encode()))
            return cls(**{**found, "access_modes": tuple(found["access_modes"])})
        except (ValueError, TypeError, KeyError):
            raise SptFlowError(
                "A snapshot does not say what its volume was like; it is not one of this job's."
            ) from None


@dataclass(frozen=True)
class Home:
    """A volume claim to be kept safe; `uid` tells it from another one that had its name before.

    One that is not bound has no volume yet, and nothing to keep.
    """

    name: str
    uid: str
    created: datetime
    shape: VolumeShape
    is_terminating: bool = False
    is_bound: bool = True


@dataclass(frozen=True)
class Snapshot:
    """One snapshot of one claim; `created` is the moment that it shows.

    `gone_since` is when its claim was first found gone, `reason` what keeps it from being ready.
    """

    id: str
    claim: str
    claim_uid: str
    created: datetime
    state: State
    shape: VolumeShape | None = None
    gone_since: datetime | None = None
    reason: str = ""
