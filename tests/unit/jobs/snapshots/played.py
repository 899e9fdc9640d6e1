"""A keeper without a cluster, for tests: what it holds is plain, and it can be killed before or after each step."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from core.errors import SptFlowError
from jobs.snapshots.model import Home, Snapshot, State, VolumeShape


class KilledError(BaseException):
    """Like a signal that nothing can handle."""


@dataclass
class PlayedKeeper:
    """Makes snapshots that are ready at the next look, or as `outcome` says; `fuse` counts down to a kill."""

    clock: Callable[[], datetime]
    held: dict[str, Snapshot] = field(default_factory=dict)
    outcome: Callable[[Home], State] = lambda _home: State.READY
    fuse: int = -1
    steps: int = 0
    restored: list[tuple[str, str, bool]] = field(default_factory=list)
    used: frozenset[str] = frozenset()
    refuses: frozenset[str] = frozenset()
    is_damaged: bool = False

    def list(self) -> Sequence[Snapshot]:
        self._step()
        return list(self.held.values())

    def in_use(self) -> frozenset[str]:
        return self.used

    def take(self, home: Home, now: datetime) -> None:
        self._step()
        if home.name in self.refuses:
            raise SptFlowError(f"No snapshot of {home.name} today.")
        identity = f"{home.name}-{now:%Y%m%d-%H%M}-{len(self.held)}"
        state = self.outcome(home)
        self.held[identity] = Snapshot(identity, home.name, home.uid, self.clock(), state, home.shape)
        self._step()

    def mark_gone(self, snapshots: Sequence[Snapshot], now: datetime) -> None:
        for each in snapshots:
            self._step()
            self.held[each.id] = replace(self.held[each.id], gone_since=now)

    def remove(self, snapshot: Snapshot) -> None:
        self._step()
        if snapshot.id in self.refuses:
            raise SptFlowError(f"{snapshot.id} does not go.")
        self.held.pop(snapshot.id, None)
        self._step()

    def finish(self) -> None:
        self._step()

    def check(self) -> None:
        self._step()
        if self.is_damaged:
            raise SptFlowError("A page of the book is missing.")

    def restore(self, snapshot: Snapshot, name: str, shape: VolumeShape, *, is_home: bool) -> None:
        del shape
        self._step()
        self.restored.append((snapshot.id, name, is_home))

    def _step(self) -> None:
        self.steps += 1
        if self.fuse == 0:
            raise KilledError
        self.fuse -= 1
