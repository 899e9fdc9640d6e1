"""Reading what belongs to an object: its pods, what they use, and what has been reported about them."""

__all__ = ["gather", "recent_warnings"]

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from core.errors import SptFlowError
from lab.plugins.kubernetes.cluster import Cluster
from lab.plugins.kubernetes.kinds import GroupVersionKind
from lab.plugins.kubernetes.manifest import Manifest, kind_of, name_of, namespace_of, pluck, uid_of
from lab.plugins.kubernetes.readiness.registry import Need
from lab.plugins.kubernetes.readiness.verdict import Surroundings

_POD = GroupVersionKind("", "v1", "Pod")
_REPLICA_SET = GroupVersionKind("apps", "v1", "ReplicaSet")
_CLAIM = GroupVersionKind("", "v1", "PersistentVolumeClaim")
_SERVICE = GroupVersionKind("", "v1", "Service")
_SLICE = GroupVersionKind("discovery.k8s.io", "v1", "EndpointSlice")
_EVENT = GroupVersionKind("", "v1", "Event")
_SHOWN_EVENTS = 5


def _selector(manifest: Manifest) -> str:
    labels = pluck(manifest, "spec", "selector", "matchLabels")
    if labels is None and kind_of(manifest) == "ReplicationController":
        labels = pluck(manifest, "spec", "selector")
    return ",".join(f"{key}={value}" for key, value in sorted(labels.items())) if isinstance(labels, dict) else ""


def _owned(candidates: Iterable[Manifest], owners: Iterable[Manifest]) -> tuple[Manifest, ...]:
    uids = {uid_of(owner) for owner in owners}
    return tuple(
        one
        for one in candidates
        if any(owner.get("uid") in uids for owner in pluck(one, "metadata", "ownerReferences") or [])
    )


async def _list(cluster: Cluster, kind: GroupVersionKind, manifest: Manifest, **selectors: str) -> list[Manifest]:
    """Return the objects, or none where we may not see them: the verdict then rests on the object alone."""
    try:
        return await cluster.find_all(kind, namespace_of(manifest), **selectors)
    except SptFlowError:
        return []


async def _pods(cluster: Cluster, live: Manifest) -> tuple[tuple[Manifest, ...], tuple[Manifest, ...]]:
    selector = _selector(live)
    if kind_of(live) != "Deployment":
        return _owned(await _list(cluster, _POD, live, labels=selector), [live]), ()
    pods, sets = await asyncio.gather(
        _list(cluster, _POD, live, labels=selector), _list(cluster, _REPLICA_SET, live, labels=selector)
    )
    own_sets = _owned(sets, [live])
    return _owned(pods, own_sets), own_sets


async def _claims(cluster: Cluster, live: Manifest) -> tuple[Manifest, ...]:
    volumes = pluck(live, "spec", "template", "spec", "volumes") or []
    names = {pluck(volume, "persistentVolumeClaim", "claimName") for volume in volumes} - {None}
    if not names:
        return ()
    return tuple(claim for claim in await _list(cluster, _CLAIM, live) if name_of(claim) in names)


async def _storage_classes(cluster: Cluster, live: Manifest) -> dict[str, Manifest]:
    name = pluck(live, "spec", "storageClassName")
    if not name:
        return {}
    wanted = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": name}}
    try:
        found = await cluster.get(wanted)
    except SptFlowError:
        return {}
    return {name: found} if found else {}


async def gather(cluster: Cluster, live: Manifest, needs: Iterable[Need], base: Surroundings) -> Surroundings:
    """Return `base` with what `needs` name, read now."""
    found: dict[str, Any] = {}
    for need in needs:
        match need:
            case Need.PODS:
                found["pods"], found["replica_sets"] = await _pods(cluster, live)
            case Need.ENDPOINT_SLICES:
                label = f"kubernetes.io/service-name={name_of(live)}"
                found["endpoint_slices"] = tuple(await _list(cluster, _SLICE, live, labels=label))
            case Need.SERVICES:
                found["services"] = tuple(await _list(cluster, _SERVICE, live))
            case Need.CLAIMS:
                found["claims"] = await _claims(cluster, live)
            case Need.STORAGE_CLASS:
                found["storage_classes"] = await _storage_classes(cluster, live)
    return replace(base, **found)


async def recent_warnings(cluster: Cluster, live: Manifest, surroundings: Surroundings) -> list[str]:
    """Return the latest warnings reported about the object and what belongs to it, newest last, each once."""
    subjects = {uid_of(one): one for one in (live, *surroundings.replica_sets, *surroundings.pods) if uid_of(one)}
    events = await _list(cluster, _EVENT, live, fields="type=Warning")
    about = [event for event in events if pluck(event, "involvedObject", "uid") in subjects]
    about.sort(key=lambda event: str(event.get("lastTimestamp") or event.get("eventTime") or ""))
    sentences = []
    for event in about:
        subject = subjects[pluck(event, "involvedObject", "uid")]
        message = str(event.get("message") or "").strip().rstrip(".")
        sentences.append(f"{kind_of(subject)} '{name_of(subject)}': {event.get('reason')}: {message}.")
    return list(dict.fromkeys(sentences))[-_SHOWN_EVENTS:]
