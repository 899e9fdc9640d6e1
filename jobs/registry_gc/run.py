"""One collection: look, close, remove tags, collect, open, and see that every image that stayed can be pulled."""

__all__ = ["Collection", "Images", "Sweeper", "run_registry_gc"]

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol
from urllib.parse import urlsplit

from core.errors import SptFlowError
from jobs.event_log import EventLog
from jobs.registry_gc.closure import Answering, Clock, Closure
from jobs.registry_gc.collector import Collector, Garbage
from jobs.registry_gc.gate import OPEN, ClusterGate, Gate
from jobs.registry_gc.guard import Repair, repair
from jobs.registry_gc.metrics import Tally, publish
from jobs.registry_gc.registry_client import RegistryClient
from jobs.registry_gc.retention import Decision, Rules, Tag, decide
from jobs.registry_gc.settings import RegistryGcSettings
from jobs.registry_gc.stop_request import StoppedError, StopRequest
from jobs.registry_gc.storage import Needs, RegistryStorage
from jobs.registry_gc.used_images import UsedImages


class Images(Answering, Protocol):
    """The registry as its users see it."""

    def tag(self, repository: str, digest: str, name: str) -> None:
        """Give the manifest one more tag; raise SptFlowError if the registry does not."""

    def fault(self, repository: str, digest: str, needs: Needs) -> str | None:
        """Return why the image cannot be pulled by digest, or None if it can."""


class Sweeper(Protocol):
    """The registry's own collection."""

    def find(self, tick: Callable[[], None]) -> Garbage:
        """Return what a collection would delete; raise SptFlowError."""

    def collect(self, tick: Callable[[], None]) -> Garbage:
        """Delete it; raise SptFlowError."""


def run_registry_gc(settings: RegistryGcSettings, log: EventLog) -> int:
    """Collect once in the real cluster; return the exit code."""
    started, tally = time.monotonic(), Tally()
    places = settings.namespace, settings.deployment, settings.collector, settings.namespaces
    try:
        with ClusterGate(*places) as gate, RegistryClient(str(settings.url)) as client, StopRequest() as stop:
            collector, storage = Collector(settings.program, settings.root), RegistryStorage(settings.root)
            Collection(settings, log, gate, client, collector, storage, tally, stop.check).run()
    except SptFlowError as error:
        tally.has_failed = True
        log.write("failed", level="error", reason=error.message, next=error.next_command)
    finally:
        tally.seconds = round(time.monotonic() - started, 3)
        publish(settings, tally, log)
        log.write("finished", level="info" if tally.is_success else "error", **tally.fields())
    return 0 if tally.is_success else 1


@dataclass
class Collection:
    """One run: its parts, and what became of it in `tally`; `stop` raises when it is to end early."""

    settings: RegistryGcSettings
    log: EventLog
    gate: Gate
    client: Images
    sweeper: Sweeper
    storage: RegistryStorage
    tally: Tally = field(default_factory=Tally)
    stop: Callable[[], None] = lambda: None
    holder: str = field(default_factory=socket.gethostname)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    clock: Clock = field(default_factory=Clock)

    def run(self) -> None:
        """Collect, unless there is a reason not to, which the log names; raise SptFlowError."""
        if not self._may_begin():
            return
        self.client.wait(self.settings.open_seconds, self.stop)
        if not self.storage.is_used:
            self.log.write("nothing-to-collect", reason="nothing was ever pushed")
            return
        rules, used = self._rules()
        if not self.settings.dry_run:
            for repository, digest, name in used.unmarked(self.storage, self.now()):
                self.client.tag(repository, digest, name)
                self.log.write("marked", image=f"{repository}@{digest}", tag=name)
        if not self._has_work(rules):
            return
        self.stop()
        closure = Closure(
            self.gate,
            self.client,
            self.log,
            self.holder,
            self.settings.close_seconds,
            self.settings.open_seconds,
            self.clock,
            self.stop,
        )
        try:
            with closure:
                kept = self._collect(rules, closure.tick)
        finally:
            self.tally.pause_seconds = round(closure.seconds, 3)
        self._verify(kept)

    def _may_begin(self) -> bool:
        now = self.now()
        verdict = self.settings.window(now, self.log)
        if not verdict.is_open:
            self.log.write("left-out", reason=verdict.sentence)
            return False
        if repair(self.gate, self.log, now, own=self.holder) is Repair.AT_WORK:
            self.log.write("left-out", level="warning", reason="another collection is at work")
            return False
        if (replicas := self.gate.replicas()) != OPEN:
            reason = f"the registry is meant to have {replicas} replicas: somebody has stopped it, who will start it"
            self.log.write("left-out", level="warning", reason=reason)
            return False
        return True

    def _rules(self) -> tuple[Rules, UsedImages]:
        references = [*self.settings.used_images, *self.gate.images()]
        used = UsedImages.of(references, urlsplit(str(self.settings.url)).netloc)
        rules = Rules(
            newest=self.settings.keep_tags,
            age=self.settings.age,
            protected=self.settings.protected,
            used_tags=used.tags,
            used_digests=frozenset(digest for _, digest in used.digests),
        )
        return rules, used

    def _has_work(self, rules: Rules) -> bool:
        """Look while the registry serves: nobody is interrupted for nothing, nor for a dry run."""
        decision = decide(self.storage.tags(), rules, self.now())
        try:
            garbage = self.sweeper.find(self.stop)
            found: int | None = len(garbage.blobs)
        except StoppedError:
            raise
        except SptFlowError as error:
            # A push in between may leave it with half a picture; closed, it is asked again.
            self.log.write("looked", level="warning", reason=error.message)
            found = None
        names = [str(tag) for tag in decision.removed]
        self.tally.tags_kept = len(decision.kept)
        self.log.write("looked", tags=len(decision.kept), tags_to_remove=names, blobs_to_remove=found)
        if self.settings.dry_run:
            return False
        return bool(names) or found != 0

    def _collect(self, rules: Rules, tick: Callable[[], None]) -> dict[Tag, Needs]:
        """Remove tags and garbage; return the tags that stayed and what each needs. Raise SptFlowError."""
        before = self.storage.size()
        decision = decide(self.storage.tags(), rules, self.now())
        kept = {tag: self.storage.needs(tag.digest) for tag in decision.kept}
        self.tally.tags_kept = len(kept)
        self._remove_tags(decision)
        tick()
        garbage = self.sweeper.find(tick)
        needed = {digest for needs in kept.values() for digest in (*needs.manifests, *needs.sizes)}
        if wrong := sorted(garbage.blobs & needed):
            raise SptFlowError(
                f"The registry's collection would delete {wrong[0]}, which an image that stays needs; nothing was "
                "collected."
            )
        self.log.write("dry-run", blobs=len(garbage.blobs), manifests=len(garbage.manifests))
        tick()
        done = self.sweeper.collect(tick)
        after = self.storage.size()
        self.tally.manifests_removed, self.tally.blobs_removed = len(done.manifests), len(done.blobs)
        self.tally.bytes_freed, self.tally.bytes_kept = before - after, after
        self.log.write("collected", blobs=len(done.blobs), bytes_freed=before - after)
        return kept

    def _remove_tags(self, decision: Decision) -> None:
        for name in self.storage.broken_tags():
            self.storage.remove_tag(name)
            self.log.write("tag-removed", level="warning", tag=name, reason="it leads nowhere")
        for tag in decision.removed:
            self.storage.remove_tag(str(tag))
            self.tally.tags_removed += 1
            self.log.write("tag-removed", tag=str(tag), digest=tag.digest, pushed=tag.pushed)

    def _verify(self, kept: dict[Tag, Needs]) -> None:
        """See that each image that stayed can be pulled by digest."""
        for image in sorted({(tag.repository, tag.digest) for tag in kept}):
            self.stop()
            tag, needs = next((tag, needs) for tag, needs in kept.items() if (tag.repository, tag.digest) == image)
            self.tally.images_checked += 1
            if needs.missing:
                self.tally.images_incomplete += 1
                self.log.write("image-incomplete", level="warning", tag=str(tag), missing=sorted(needs.missing))
            fault = self.client.fault(*image, needs)
            # Somebody may have given the tag to another image, or deleted it, since the registry serves again.
            if fault is not None and tag in self.storage.tags():
                self.tally.images_broken += 1
                self.log.write("image-broken", level="error", tag=str(tag), digest=tag.digest, reason=fault)
