"""Collections of a real registry on this machine, whose Deployment is a process."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from core.errors import SptFlowError
from jobs.registry_gc.collector import Garbage
from jobs.registry_gc.gate import Hold
from jobs.registry_gc.guard import Repair, repair
from tests.unit.jobs.registry_gc.conftest import Bench

OLD = 90


def test_garbage_goes_and_every_image_that_stays_is_whole(bench: Bench) -> None:
    registry = bench.registry
    shared, big = b"shared" * 1000, b"big" * 100_000
    kept = registry.push("team/app", "1", [shared])
    overwritten = registry.push("team/app", "latest", [big, shared])
    now = registry.push("team/app", "latest", [b"new", shared])
    run = bench.collection()
    run.run()
    assert registry.answers()
    registry.pull(kept)
    registry.pull(now)
    assert not registry.has(overwritten)
    assert run.tally.is_success
    assert (run.tally.tags_kept, run.tally.images_checked, run.tally.manifests_removed) == (2, 2, 1)
    assert run.tally.bytes_freed >= len(big)
    assert run.tally.bytes_kept == run.storage.size()
    assert bench.gate.held is None
    assert bench.events("dry-run")[0]["blobs"] == run.tally.blobs_removed == 3


def test_images_for_several_platforms_survive(bench: Bench) -> None:
    pushed = bench.registry.push_index("tools", "1", [b"amd64", b"arm64", b"riscv"])
    garbage = bench.registry.push("tools", "", [b"untagged"])
    run = bench.collection()
    run.run()
    bench.registry.pull(pushed)
    assert len(pushed.manifests) == 4
    assert not bench.registry.has(garbage)
    # The other way round: with its tag, all of it goes.
    bench.registry.age(pushed, OLD)
    newer = bench.registry.push("tools", "2", [b"amd64"])
    bench.collection(REGISTRY_GC_KEEP_TAGS="1").run()
    assert not any(bench.registry.manifest("tools", digest).is_success for digest in pushed.manifests - newer.manifests)
    bench.registry.pull(newer)


def test_old_tags_go_and_new_ones_used_ones_and_protected_ones_stay(bench: Bench) -> None:
    registry = bench.registry
    images = {name: registry.push("app", name, [name.encode()]) for name in ("a", "b", "used", "v1.0", "named", "new")}
    for name, pushed in images.items():
        registry.age(pushed, 0 if name == "new" else OLD)
    bench.gate.used = {f"{registry.address}/app@{images['used'].digest}", "elsewhere.example.com/app:a"}
    run = bench.collection(
        REGISTRY_GC_KEEP_TAGS="1",
        REGISTRY_GC_PROTECTED='["*:v*"]',
        REGISTRY_GC_USED_IMAGES=json.dumps([f"{registry.address}/app:named"]),
    )
    run.run()
    assert {name for name, pushed in images.items() if registry.has(pushed)} == {"used", "v1.0", "named", "new"}
    assert {event["tag"] for event in bench.events("tag-removed")} == {"app:a", "app:b"}
    assert run.tally.tags_removed == 2


def test_a_digest_in_use_whose_tag_was_given_away_is_kept_by_a_mark(bench: Bench) -> None:
    used = bench.registry.push("workspace", "0.1.0", [b"old"])
    bench.registry.push("workspace", "0.1.0", [b"new"])
    bench.gate.used = {f"{bench.registry.address}/workspace@{used.digest}"}
    bench.collection().run()
    bench.registry.pull(used)
    (marked,) = bench.events("marked")
    # Nothing runs of it any more, but a template's version may name it: it has the life of any tag from now on.
    bench.gate.used = set()
    bench.collection().run()
    bench.registry.pull(used)
    tags = bench.registry.client.get(f"{bench.registry.url}/v2/workspace/tags/list").json()["tags"]
    assert sorted(tags) == ["0.1.0", marked["tag"]]


def test_nobody_is_interrupted_for_nothing(bench: Bench) -> None:
    bench.collection().run()
    assert bench.events("nothing-to-collect")
    bench.registry.push("app", "1", [b"x"])
    bench.collection().run()
    assert "take" not in bench.gate.calls
    assert bench.events("looked")[-1]["blobs_to_remove"] == 0


def test_a_dry_run_says_what_would_go_and_closes_nothing(bench: Bench) -> None:
    old = bench.registry.push("app", "old", [b"old"])
    bench.registry.age(old, OLD)
    bench.registry.push("app", "new", [b"new"])
    bench.gate.used = {f"{bench.registry.address}/app@{old.digest}"}
    bench.collection(REGISTRY_GC_DRY_RUN="true").run()
    bench.gate.used = set()
    bench.collection(REGISTRY_GC_DRY_RUN="true", REGISTRY_GC_KEEP_TAGS="1").run()
    assert bench.events("looked")[-1]["tags_to_remove"] == ["app:old"]
    assert not {"take", "scale 0"} & set(bench.gate.calls)
    assert not bench.events("marked")
    bench.registry.pull(old)


def test_unfinished_pushes_and_empty_repositories_do_not_stop_it(bench: Bench) -> None:
    registry = bench.registry
    registry.blob("half", b"a layer without an image")
    registry.client.post(f"{registry.url}/v2/begun/blobs/uploads/").raise_for_status()
    gone = registry.push("emptied", "1", [b"x"])
    registry.client.delete(f"{registry.url}/v2/emptied/manifests/{gone.digest}").raise_for_status()
    kept = registry.push("app", "1", [b"y"])
    run = bench.collection()
    run.run()
    assert run.tally.is_success
    assert run.tally.blobs_removed >= 3
    registry.pull(kept)
    # What was begun is refused when it goes on, and works when it is begun anew; never is it half an image.
    registry.pull(registry.push("half", "1", [b"a layer without an image"]))


def test_an_image_that_lacked_a_part_before_is_told_and_no_failure(bench: Bench) -> None:
    pushed = bench.registry.push("app", "broken", [b"layer", b"other"])
    bench.registry.push("app", "", [b"garbage"])
    layer = next(iter(sorted(pushed.blobs)))
    name = layer.partition(":")[2]
    (bench.registry.root / "docker/registry/v2/blobs/sha256" / name[:2] / name / "data").unlink()
    run = bench.collection()
    run.run()
    assert (run.tally.images_incomplete, run.tally.images_broken) == (1, 0)
    assert bench.events("image-incomplete")[0]["missing"] == [layer]


def test_an_image_that_lost_a_part_is_a_failure(bench: Bench) -> None:
    pushed = bench.registry.push("app", "1", [b"layer"])
    bench.registry.push("app", "", [b"garbage"])

    def lose(call: str) -> None:
        if call == "scale 1":
            name = min(pushed.blobs).partition(":")[2]
            (bench.registry.root / "docker/registry/v2/blobs/sha256" / name[:2] / name / "data").unlink()

    bench.gate.before = lose
    run = bench.collection()
    run.run()
    assert (run.tally.images_broken, run.tally.is_success) == (1, False)
    assert min(pushed.blobs) in bench.events("image-broken")[0]["reason"]


def test_a_collection_that_would_delete_what_is_needed_does_not_begin(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    pushed = bench.registry.push("app", "1", [b"layer"])
    bench.registry.push("app", "", [b"garbage"])
    run = bench.collection()
    found = run.sweeper.find

    def wrong(_: object, tick: Callable[[], None]) -> Garbage:
        real = found(tick)
        return Garbage(real.blobs | pushed.blobs, real.manifests)

    monkeypatch.setattr(type(run.sweeper), "find", wrong)
    with pytest.raises(SptFlowError, match="which an image that stays needs; nothing was collected"):
        run.run()
    assert bench.registry.answers()
    bench.registry.pull(pushed)


def test_in_business_hours_nothing_is_closed_unless_somebody_says_so(bench: Bench) -> None:
    bench.registry.push("app", "", [b"garbage"])
    hours = {"BUSINESS_HOURS": '["Mon-Fri", "09:00-17:00", "Europe/Berlin"]'}
    monday = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    run = bench.collection(**hours)
    run.now = lambda: monday
    run.run()
    assert bench.gate.calls == []
    assert bench.events("left-out")[0]["reason"].endswith("which end at Mon 17:00 Europe/Berlin.")
    run = bench.collection(**hours, OVERRIDE="the volume is full")
    run.now = lambda: monday
    run.run()
    assert run.tally.blobs_removed == 3
    assert [each["reason"] for each in bench.events("overridden")] == ["the volume is full"]
    run = bench.collection(**hours, OVERRIDE="not needed")
    run.now = lambda: monday.replace(hour=2)
    run.run()
    assert (len(bench.events("left-out")), len(bench.events("overridden"))) == (1, 1)


def test_a_registry_that_somebody_has_stopped_stays_stopped(bench: Bench) -> None:
    bench.gate.scale(0)
    bench.collection().run()
    assert bench.events("left-out")[0]["level"] == "warning"
    assert repair(bench.gate, bench.collection().log, datetime.now(UTC)) is Repair.NOT_NEEDED
    assert bench.gate.wanted == 0


def test_two_runs_never_overlap(bench: Bench) -> None:
    bench.registry.push("app", "", [b"garbage"])
    bench.gate.held = Hold("another", datetime.now(UTC), "1")
    bench.collection().run()
    assert bench.events("left-out")[0]["reason"] == "another collection is at work"
    # Silent for long, but its pod still runs: it may be deleting.
    bench.gate.held = Hold("another", datetime.now(UTC) - timedelta(hours=1), "1")
    bench.gate.running = ["another", "this-run"]
    bench.collection().run()
    assert len(bench.events("left-out")) == 2
    assert not {"take", "scale 0", "scale 1"} & set(bench.gate.calls)
    bench.gate.running = ["this-run"]
    run = bench.collection()
    run.run()
    assert run.tally.blobs_removed == 3
    assert bench.gate.held is None


def test_whoever_opens_the_registry_meanwhile_ends_the_collection(bench: Bench) -> None:
    pushed = bench.registry.push("app", "1", [b"layer"])
    bench.registry.push("app", "", [b"garbage"])
    run = bench.collection()
    moments = iter(range(0, 1000, 5))
    run.clock = type(run.clock)(now=lambda: float(next(moments)), sleep=lambda _: None)

    def open_it(call: str) -> None:
        if call == "replicas" and "scale 0" in bench.gate.calls:
            bench.gate.wanted = 1
            bench.registry.start()

    bench.gate.before = open_it
    with pytest.raises(SptFlowError, match="Somebody has opened the registry"):
        run.run()
    assert not bench.events("collected")
    bench.registry.pull(pushed)
    assert bench.gate.held is None
