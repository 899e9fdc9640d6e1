"""Why a release does not become ready: what the cluster reported about its objects meanwhile."""

__all__ = ["release_warnings"]

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from core.errors import SptFlowError

_MOST = 10


async def release_warnings(
    source: object, namespace: str, resource_names: Mapping[str, Sequence[str]], since: datetime
) -> list[str]:
    """Return the newest warnings since a time about a release's objects or what they made, as sentences.

    Never raises: the reason helm gave must not be lost because events cannot be had.
    """
    request = getattr(source, "request", None)
    if request is None:
        return []
    try:
        answer = await request("GET", f"/api/v1/namespaces/{namespace}/events", subject=f"events in '{namespace}'")
    except SptFlowError:
        return []
    owners = {name.rsplit("/", 1)[-1] for names in resource_names.values() for name in names}
    return describe_warnings(answer.get("items") or [], owners, since)


def describe_warnings(events: Sequence[Mapping[str, Any]], owners: set[str], since: datetime) -> list[str]:
    """Return one sentence for each different warning about an owner, or an object named after one, since then."""
    dated = sorted(((_time(event), event) for event in events), key=lambda pair: pair[0])
    sentences: dict[str, None] = {}
    for when, event in dated:
        about = event.get("involvedObject") or {}
        name = str(about.get("name", ""))
        if event.get("type") == "Warning" and when >= since and _belongs(name, owners):
            sentences[f"{about.get('kind', 'Object')} '{name}': {event.get('reason')}: {event.get('message')}"] = None
    return list(sentences)[-_MOST:]


def _belongs(name: str, owners: set[str]) -> bool:
    return any(name == owner or name.startswith(f"{owner}-") for owner in owners)


def _time(event: Mapping[str, Any]) -> datetime:
    text = (
        event.get("lastTimestamp") or event.get("eventTime") or (event.get("metadata") or {}).get("creationTimestamp")
    )
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
