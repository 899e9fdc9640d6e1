"""Deleting objects, and waiting until they are gone."""

__all__ = ["delete_object"]

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import aclosing

from core.errors import SptFlowError
from lab.plugins.kubernetes.annotations import SKIP_AWAIT, deletion_propagation, is_true
from lab.plugins.kubernetes.cluster import describe
from lab.plugins.kubernetes.kinds import from_manifest
from lab.plugins.kubernetes.manifest import Manifest, metadata_of, pluck, uid_of
from lab.plugins.kubernetes.readiness.verdict import conditions
from lab.plugins.kubernetes.session import Session
from lab.plugins.protocol.errors import OperationCancelledError

_MAY_SKIP_WAITING = frozenset(
    {
        ("", "Namespace"),
        ("", "Pod"),
        ("", "ReplicationController"),
        ("apps", "DaemonSet"),
        ("apps", "Deployment"),
        ("apps", "StatefulSet"),
        ("batch", "Job"),
    }
)
_SAY_AGAIN = 5.0
_FIRST_LOOKS = (0.05, 0.1, 0.2, 0.4)
"""Seconds between looks before a watch is opened: most objects are gone by then, and a watch costs a connection."""


def _holding_up(live: Manifest) -> list[str]:
    """Return what keeps an object from going away, as sentences."""
    found = []
    finalizers = metadata_of(live).get("finalizers") or []
    finalizers = [*finalizers, *(pluck(live, "spec", "finalizers") or [])]
    if finalizers:
        found.append(f"it has finalizers: {', '.join(finalizers)}")
    for kind in ("NamespaceContentRemaining", "NamespaceFinalizersRemaining", "NamespaceDeletionContentFailure"):
        one = conditions(live).get(kind, {})
        if one.get("status") == "True":
            found.append(str(one.get("message") or kind).rstrip("."))
    return found


async def delete_object(session: Session, urn: str, inputs: Manifest, recorded: Manifest, patience: float) -> None:
    """Delete the object `recorded` in state and wait until it is gone; `inputs` say by annotation how.

    Raise SptFlowError when it is still there after `patience` seconds.
    """
    answer = await session.cluster.delete(recorded, deletion_propagation(inputs))
    named = from_manifest(recorded)
    if answer is None or answer.get("kind") == "Status":
        return
    if is_true(inputs, SKIP_AWAIT) and (named.group, named.kind) in _MAY_SKIP_WAITING:
        return
    for pause in _FIRST_LOOKS:
        await session.host.pause(pause, f"The deletion of {describe(answer)}")
        live = await session.cluster.get(answer)
        if live is None or uid_of(live) != uid_of(answer):
            return
    await _wait_gone(session, urn, answer, patience)


async def _wait_gone(session: Session, urn: str, deleted: Manifest, patience: float) -> None:
    uid = uid_of(deleted)
    last = [deleted]

    async def follow(states: AsyncIterator[Manifest | None]) -> None:
        async for state in states:
            if state is None or uid_of(state) != uid:
                return
            last[0] = state

    deadline = time.monotonic() + patience
    async with aclosing(session.cluster.watch(deleted)) as states:
        gone = asyncio.create_task(follow(states))
        cancelled = asyncio.create_task(session.host.cancelled.wait())
        try:
            while (left := deadline - time.monotonic()) > 0:
                await asyncio.wait(
                    [gone, cancelled], timeout=min(left, _SAY_AGAIN), return_when=asyncio.FIRST_COMPLETED
                )
                if gone.done():
                    gone.result()
                    return
                if session.host.cancelled.is_set():
                    raise OperationCancelledError(f"The deletion of {describe(deleted)}")
                reasons = "; ".join(_holding_up(last[0]))
                await session.host.status(f"Waiting until it is gone{': ' if reasons else ''}{reasons}", urn)
        finally:
            for task in (gone, cancelled):
                task.cancel()
            await asyncio.gather(gone, cancelled, return_exceptions=True)
    reasons = "; ".join(_holding_up(last[0])) or "no reason is given"
    raise SptFlowError(
        f"{describe(deleted)} is still there {patience:g} s after its deletion was asked for: {reasons}."
    )
