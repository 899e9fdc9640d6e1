"""Waiting until an object is ready, saying meanwhile what it waits for and in the end what went wrong."""

__all__ = ["NotReadyError", "check_ready", "wait_ready"]

import asyncio
import contextlib
import time

from core.errors import SptFlowError
from lab.plugins.kubernetes.cluster import Cluster, describe
from lab.plugins.kubernetes.manifest import Manifest
from lab.plugins.kubernetes.readiness.registry import Rule
from lab.plugins.kubernetes.readiness.surroundings import gather, recent_warnings
from lab.plugins.kubernetes.readiness.verdict import Surroundings, Verdict
from lab.plugins.kubernetes.session import Session
from lab.plugins.protocol.host import Severity

_LOOK_AGAIN = 1.0
"""Seconds after which what belongs to the object is read again; the object itself is watched."""
_EXPLAIN_AFTER = 3.0
"""Seconds without progress after which the pods are asked for the reason."""


class NotReadyError(SptFlowError):
    """An object exists but is not ready. `live` is how it stands, `reasons` are sentences."""

    def __init__(self, live: Manifest, message: str, reasons: list[str]) -> None:
        super().__init__(message)
        self.live = live
        self.reasons = [message, *reasons]


class _Follower:
    """The latest state of one object, kept by a watch in the background."""

    def __init__(self, cluster: Cluster, live: Manifest) -> None:
        self.live: Manifest | None = live
        self._changed = asyncio.Event()
        self._task = asyncio.create_task(self._follow(cluster, live))

    async def _follow(self, cluster: Cluster, live: Manifest) -> None:
        async for state in cluster.watch(live):
            self.live = state
            self._changed.set()

    async def change(self, cancelled: asyncio.Event, seconds: float) -> None:
        """Return on the next change, after `seconds`, or on cancellation; raise what ended the watch."""
        waits = [asyncio.create_task(self._changed.wait()), asyncio.create_task(cancelled.wait())]
        try:
            await asyncio.wait([*waits, self._task], timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        if self._task.done():
            self._task.result()
        self._changed.clear()

    async def stop(self) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError, SptFlowError):
            await self._task


class _Wait:
    """One object's way to readiness."""

    def __init__(self, session: Session, urn: str, rule: Rule, *, created: bool) -> None:
        self._cluster, self._host, self._redact = session.cluster, session.host, session.redactor(urn)
        self._urn, self._rule = urn, rule
        self._created = created
        self._began = time.monotonic()
        self._said = ""
        self._progress = self._began

    async def verdict(
        self, live: Manifest, *, explain: bool = False, last: bool = False
    ) -> tuple[Verdict, Surroundings]:
        """Judge the object by what its rule needs, and with `explain` by what tells more about it.

        `last` says that the time is up: nothing is still about to come.
        """
        waited = float("inf") if last else time.monotonic() - self._began
        base = Surroundings(waited=waited, created=self._created)
        needs = self._rule.decides | (self._rule.explains if explain else frozenset())
        surroundings = await gather(self._cluster, live, needs, base)
        return self._rule.judge(live, surroundings), surroundings

    async def say(self, live: Manifest, verdict: Verdict) -> None:
        """Show what is waited for when it changed, and why when nothing has for some seconds."""
        now = time.monotonic()
        if verdict.status != self._said:
            self._said, self._progress = verdict.status, now
            await self._host.status(verdict.status, self._urn)
        elif now - self._progress >= _EXPLAIN_AFTER:
            self._progress = now
            explained, surroundings = await self.verdict(live, explain=True)
            warnings = await recent_warnings(self._cluster, live, surroundings)
            for line in [*explained.reasons[-1:], *warnings[-1:]][-1:]:
                await self._host.log(Severity.WARNING, self._redact(line), self._urn, ephemeral=True)

    async def failure(self, live: Manifest, what: str) -> NotReadyError:
        """Return the error that says everything known about why the object is not ready."""
        reasons: list[str] = []
        with contextlib.suppress(SptFlowError):  # what is known already is said even if the cluster is gone
            verdict, surroundings = await self.verdict(live, explain=True)
            warnings = await recent_warnings(self._cluster, live, surroundings)
            reasons = list(dict.fromkeys([*verdict.reasons, *warnings]))
        return NotReadyError(live, f"{describe(live)} {what}.", reasons)


async def wait_ready(
    session: Session, urn: str, live: Manifest, rule: Rule, *, patience: float, created: bool
) -> Manifest:
    """Return the object once it is ready; raise NotReadyError after `patience` seconds, on Ctrl-C, or without hope."""
    host = session.host
    wait = _Wait(session, urn, rule, created=created)
    verdict, _ = await wait.verdict(live)
    if verdict.ready:
        return live
    deadline = time.monotonic() + patience
    follower = _Follower(session.cluster, live)
    try:
        while True:
            current = follower.live
            if current is None:
                raise NotReadyError(live, f"{describe(live)} was deleted by somebody else while it was waited for.", [])
            live = current
            verdict, _ = await wait.verdict(live)
            if verdict.ready:
                await host.status("", urn)
                return live
            if verdict.hopeless:
                raise await wait.failure(live, "cannot become ready")
            if host.cancelled.is_set():
                raise await wait.failure(live, "was not ready when the operation was cancelled")
            left = deadline - time.monotonic()
            if left <= 0:
                verdict, _ = await wait.verdict(live, last=True)
                if verdict.ready:
                    return live
                raise await wait.failure(live, f"was not ready after {patience:g} s")
            await wait.say(live, verdict)
            await follower.change(host.cancelled, min(left, _LOOK_AGAIN))
    finally:
        await follower.stop()


async def check_ready(session: Session, urn: str, live: Manifest, rule: Rule) -> None:
    """Raise NotReadyError if the object is not ready now."""
    wait = _Wait(session, urn, rule, created=False)
    surroundings = Surroundings(waited=float("inf"), created=False)
    surroundings = await gather(session.cluster, live, rule.decides, surroundings)
    if not rule.judge(live, surroundings).ready:
        raise await wait.failure(live, "is not ready")
