"""Workspaces for the stand-in, as large as a real server's: with resources, an agent, applications, metadata."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.standins.coderd.platform import Platform
from tests.standins.coderd.workspace_answers import OWNER

NEVER = "0001-01-01T00:00:00Z"


def add_workspace(
    platform: Platform,
    name: str,
    *,
    owner: str = OWNER,
    status: str = "running",
    lifecycle: str = "ready",
    agent: str = "connected",
    outdated: bool = False,
    deadline: timedelta | None = timedelta(hours=2, seconds=30),
    template: str = "spt-flow",
    hard_deadline: str = "",
) -> str:
    """Give the server a workspace whose last build has ended; return its id."""
    failed, transition = status == "failed", {"stopped": "stop", "deleted": "delete"}.get(status, "start")
    build = str(uuid.uuid4())
    job = platform.jobs.add("failed" if failed else "succeeded", build)
    platform.jobs.states[job["id"]] |= {"polls": 0, "ended": True}
    job |= {"status": "failed" if failed else "succeeded", "error": "exit status 1" if failed else ""}
    now = datetime.now(tz=UTC)
    runs = status == "running"
    workspace = {
        "id": str(uuid.uuid4()),
        "name": name,
        "owner_id": str(uuid.uuid5(uuid.NAMESPACE_DNS, owner)),
        "owner_name": owner,
        "template_id": str(uuid.uuid5(uuid.NAMESPACE_DNS, template)),
        "template_name": template,
        "template_active_version_id": str(uuid.uuid5(uuid.NAMESPACE_DNS, "active" if outdated else "used")),
        "outdated": outdated,
        "created_at": (now - timedelta(days=3)).isoformat(),
        "last_used_at": (now - timedelta(minutes=7, seconds=10)).isoformat(),
        "ttl_ms": 7_200_000,
        "latest_build": {
            "id": build,
            "transition": transition,
            "status": status,
            "job": job,
            "build_number": 4,
            "reason": "initiator",
            "template_version_id": str(uuid.uuid5(uuid.NAMESPACE_DNS, "used")),
            "template_version_name": "1a2b3c4",
            "created_at": (now - timedelta(hours=1)).isoformat(),
            "deadline": (now + deadline).isoformat() if runs and deadline is not None else NEVER,
            "max_deadline": NEVER,
            "resources": [_volume(hard_deadline), _pod(lifecycle, agent)] if runs else [_volume(hard_deadline)],
        },
    }
    platform.workspaces[str(workspace["id"])] = workspace
    return str(workspace["id"])


def _volume(hard_deadline: str) -> dict[str, Any]:
    facts = [{"key": "deadline", "value": hard_deadline, "sensitive": False}] if hard_deadline else []
    return {"id": str(uuid.uuid4()), "name": "home", "type": "kubectl_manifest", "agents": None, "metadata": facts}


def _pod(lifecycle: str, agent: str) -> dict[str, Any]:
    app: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "slug": "code-server",
        "display_name": "Open VS Code",
        "health": "healthy",
    }
    app |= {"url": "http://localhost:13337/?folder=/home/coder", "subdomain": False, "sharing_level": "owner"}
    one = {
        "id": str(uuid.uuid4()),
        "name": "main",
        "status": agent,
        "lifecycle_state": lifecycle,
        "version": "v2.36.3",
        "expanded_directory": "/home/coder",
        "apps": [app],
        # What a real server says of an agent beside what is used here; a list has to read past it.
        "scripts": [{"id": str(uuid.uuid4()), "log_path": "", "script": "# start\n" * 60, "timeout": 0}],
        "environment_variables": {f"VARIABLE_{number}": "value" for number in range(10)},
        "latency": {"embedded": {"preferred": True, "latency_ms": 1.5}},
        "display_apps": ["vscode", "web_terminal", "ssh_helper", "port_forwarding_helper"],
    }
    facts = [{"key": key, "value": "some text of a usual length", "sensitive": False} for key in ("image", "node")]
    return {"id": str(uuid.uuid4()), "name": "pod", "type": "kubectl_manifest", "agents": [one], "metadata": facts}
