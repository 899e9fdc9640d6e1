"""What runs in a pod beside a volume: it stores files, puts them back, reads checksums; its last line is the result."""

__all__ = ["REPOSITORY", "SOURCE", "VOLUME", "Worker", "read_order"]

import json
import os
import random
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeAlias

from core.errors import UsageError
from jobs.snapshots.repository import Repository
from jobs.snapshots.tree import compare, digest, read_tree

VOLUME: Final = "/volume"
"""Where the pod has the volume it is about."""

SOURCE: Final = "/source"
"""Where it has the volume to compare with."""

REPOSITORY: Final = "/repository"
"""Where it has the volume of the repository."""

_LOCK_SECONDS: Final = 1800.0
_FILES: Final = 40
_LARGEST: Final = 1 << 18
_LARGE: Final = 8 << 20
Order: TypeAlias = Mapping[str, Any]


class Worker:
    """Carries out one order, a mapping with `do` and what that needs; the paths are those in the pod."""

    def __init__(
        self, repository: Repository | None, *, volume: Path = Path(VOLUME), source: Path = Path(SOURCE)
    ) -> None:
        self._repository, self._volume, self._source = repository, volume, source

    def run(self, order: Order) -> dict[str, Any]:
        """Return the result as plain data; raise SptFlowError or OSError."""
        tasks: dict[str, Callable[[Order], dict[str, Any]]] = {
            "list": self._list,
            "take": self._take,
            "mark-gone": self._mark_gone,
            "remove": self._remove,
            "restore": self._restore,
            "check": self._check,
            "fill": self._fill,
            "digest": self._digest,
            "compare": self._compare,
        }
        task = tasks.get(str(order.get("do")))
        if task is None:
            raise UsageError(f"The order has no task that is known; there are {', '.join(tasks)}.")
        return task(order)

    @property
    def _store(self) -> Repository:
        if self._repository is None:
            raise UsageError("This pod has no repository, and the order needs one.")
        return self._repository

    def _list(self, _order: Order) -> dict[str, Any]:
        with self._store.held(_LOCK_SECONDS):
            found = self._store.list()
        return {
            "snapshots": [
                {
                    "id": each.id,
                    "time": each.time.isoformat(),
                    "tags": dict(each.tags),
                    "is_complete": each.is_complete,
                    "gone_since": None if each.gone_since is None else each.gone_since.isoformat(),
                }
                for each in found
            ]
        }

    def _take(self, order: Order) -> dict[str, Any]:
        facts = {"claim": order["claim"], "uid": order["uid"], "shape": order["shape"]}
        with self._store.held(_LOCK_SECONDS):
            self._store.take(self._volume, order["uid"], facts)
        return {}

    def _mark_gone(self, order: Order) -> dict[str, Any]:
        with self._store.held(_LOCK_SECONDS):
            self._store.mark_gone(order["ids"], datetime.fromisoformat(order["moment"]))
        return {}

    def _remove(self, order: Order) -> dict[str, Any]:
        with self._store.held(_LOCK_SECONDS):
            self._store.remove(order["ids"])
        return {}

    def _restore(self, order: Order) -> dict[str, Any]:
        with self._store.held(_LOCK_SECONDS):
            self._store.restore(order["id"], self._volume)
        return {}

    def _check(self, _order: Order) -> dict[str, Any]:
        with self._store.held(_LOCK_SECONDS):
            self._store.check()
        return {}

    def _fill(self, order: Order) -> dict[str, Any]:
        """Write files of every kind and many sizes that nobody could guess, for a drill."""
        chance = random.Random(order.get("seed") or secrets.token_hex())  # noqa: S311 - data, no secret
        for number in range(_FILES):
            folder = self._volume / f"folder-{number % 5}" / "with a blank"
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"file-{number:02}-\u00e9"
            path.write_bytes(chance.randbytes(chance.randrange(_LARGEST)))
            path.chmod(chance.choice((0o400, 0o600, 0o644, 0o755)))
            os.chown(path, chance.choice((0, 1000)), 1000)
            os.utime(path, (1_600_000_000 + number, 1_600_000_000 + number))
        (self._volume / "empty").touch()
        (self._volume / "large").write_bytes(chance.randbytes(_LARGE))
        (self._volume / "link").symlink_to("folder-0/with a blank")
        (self._volume / "nowhere").symlink_to("/no/such/place")
        os.sync()
        return self._digest(order)

    def _digest(self, _order: Order) -> dict[str, Any]:
        tree = read_tree(self._volume)
        return {"digest": digest(tree), "entries": len(tree), "bytes": sum(each.size for each in tree.values())}

    def _compare(self, order: Order) -> dict[str, Any]:
        source = read_tree(self._source, is_live=True)
        found = compare(source, read_tree(self._volume), float(order["before"]))
        # Names of files are their owner's own: how many is all that is told.
        return {"compared": found.compared, "differing": len(found.differing)}


def read_order(text: str | None = None) -> Order:
    """Return the order that the environment, or `text`, holds as JSON; raise UsageError for anything else."""
    try:
        found = json.loads(os.environ.get("SNAPSHOT_ORDER", "") if text is None else text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise UsageError("SNAPSHOT_ORDER holds no JSON object; a job of snapshots sets it.")
    return found
