"""How the stand-in answers about workspaces, their builds and agents."""

__all__ = ["OWNER", "WorkspaceAnswers"]

import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Final

from tests.standins.coderd.answer import Answer
from tests.standins.coderd.jobs import Jobs, Json

OWNER: Final = "spt-ci"
"""Whom it takes `me` for."""

_FILTER: Final = re.compile(r'(owner|template|name|status):"([^"]*)"')


class WorkspaceAnswers:
    """The part of the server that knows workspaces; what it knows is held by the whole."""

    versions: dict[str, Json]
    templates: dict[str, Json]
    workspaces: dict[str, Json]
    parameters: dict[str, dict[str, str]]
    """Values of parameters, by the id of a build."""
    jobs: Jobs
    events: list[str]
    may_extend: bool

    def tick(self) -> str:
        """Return the time."""
        raise NotImplementedError

    def _create_workspace(self, _user: str, *, body: Json, **_: object) -> Answer:
        if any(w["name"] == body["name"] for w in self.workspaces.values()):
            return Answer(409, {"message": "Workspace exists.", "validations": []})
        template = self.templates.get(body.get("template_id", ""), {})
        version = self.versions[body.get("template_version_id") or template["active_version_id"]]
        if version["archived"]:
            return Answer(400, {"message": "Archived template versions cannot be used to make a workspace."})
        template = self.templates.get(version["template_id"], {})
        workspace = {"id": str(uuid.uuid4()), "name": body["name"], "owner_id": "u", "owner_name": OWNER}
        workspace |= {"template_id": version["template_id"], "template_name": template.get("name", "t")}
        workspace |= {"created_at": self.tick(), "ttl_ms": body.get("ttl_ms")}
        workspace |= {"outdated": False, "template_active_version_id": version["id"]}
        workspace["latest_build"] = self._build("start", self.jobs.script.start_status, 1, version)
        self._remember(workspace["latest_build"], {}, body)
        self.workspaces[workspace["id"]] = workspace
        self.events.append(f"workspace {body['name']}")
        return Answer(201, workspace)

    def _me(self, **_: object) -> Answer:
        return Answer(200, {"id": str(uuid.uuid5(uuid.NAMESPACE_DNS, OWNER)), "username": OWNER})

    def _workspaces(self, *, query: dict[str, str], **_: object) -> Answer:
        wanted = dict(_FILTER.findall(query.get("q", "")))
        found = [workspace for workspace in self.workspaces.values() if _matches(workspace, wanted)]
        offset, limit = int(query.get("offset", 0)), int(query.get("limit") or len(found))
        return Answer(200, {"workspaces": found[offset : offset + limit], "count": len(found)})

    def _find_workspace(self, user: str, name: str, **_: object) -> Answer:
        wanted = {"owner": user, "name": name}
        found = next((w for w in self.workspaces.values() if _matches(w, wanted)), None)
        return Answer(404, {"message": "Resource not found."}) if found is None else Answer(200, found)

    def _extend(self, workspace: str, *, body: Json, **_: object) -> Answer:
        build = self.workspaces[workspace]["latest_build"]
        if build["deadline"].startswith("0001"):
            return Answer(409, {"message": "Workspace shutdown is manual."})
        if not self.may_extend:
            return Answer(403, {"message": "Template does not allow user autostop."})
        build["deadline"] = body["deadline"]
        self.events.append(f"extend {self.workspaces[workspace]['name']}")
        return Answer(200, {"message": "Deadline updated."})

    def _build_parameters(self, build: str, **_: object) -> Answer:
        values = self.parameters.get(build, {})
        return Answer(200, [{"name": name, "value": value} for name, value in values.items()])

    def _workspace(self, workspace: str, **_: object) -> Answer:
        found = self.workspaces.get(workspace)
        return Answer(410, {"message": "Workspace was deleted."}) if found is None else Answer(200, found)

    def _build_workspace(self, workspace: str, *, body: Json, **_: object) -> Answer:
        found = self.workspaces[workspace]
        if not self.jobs.states[found["latest_build"]["job"]["id"]]["ended"]:
            return Answer(409, {"message": "A workspace build is already active."})
        script, transition, before = self.jobs.script, body["transition"], found["latest_build"]
        version = self.versions.get(body.get("template_version_id", ""))
        version = version or {"id": before.get("template_version_id", ""), "name": before.get("template_version_name")}
        ends = script.delete_status if transition == "delete" else script.start_status
        found["latest_build"] = self._build(transition, ends, before.get("build_number", 1) + 1, version)
        found["outdated"] = version["id"] != found.get("template_active_version_id", version["id"])
        self._remember(found["latest_build"], self.parameters.get(before["id"], {}), body)
        self.events.append(f"{transition} {found['name']}")
        return Answer(201, found["latest_build"])

    def _get_build(self, build: str, **_: object) -> Answer:
        owner = next((w for w in self.workspaces.values() if w["latest_build"]["id"] == build), None)
        if owner is None:
            return Answer(404, {"message": "Resource not found."})
        latest = owner["latest_build"]
        self.jobs.advance(latest["job"])
        latest["status"] = _status(latest)
        if latest["transition"] == "delete" and latest["job"]["status"] == "succeeded":
            del self.workspaces[owner["id"]]
        return Answer(200, latest)

    def _build_logs(self, build: str, *, query: dict[str, str], **_: object) -> Answer:
        return Answer(200, self.jobs.logs({"id": self.jobs.of_build(build)}, query))

    def _cancel_build(self, build: str, **_: object) -> Answer:
        job = self.jobs.states[self.jobs.of_build(build)]
        job |= {"end": "canceled", "polls": 0}
        return Answer(200, {"message": "Job has been marked as canceled..."})

    def _agent(self, agent: str, **_: object) -> Answer:
        builds = [workspace["latest_build"] for workspace in self.workspaces.values()]
        agents = (one for build in builds for item in build["resources"] or () for one in item.get("agents") or ())
        found = next((one for one in agents if one["id"] == agent), None)
        return Answer(404, {"message": "Resource not found."}) if found is None else Answer(200, found)

    def _agent_logs(self, _agent: str, *, query: dict[str, str], **_: object) -> Answer:
        said = enumerate(self.jobs.script.agent_lines, start=1)
        lines = [{"id": number, "output": text, "level": "error"} for number, text in said]
        return Answer(200, [line for line in lines if int(str(line["id"])) > int(query.get("after", 0))])

    def _build(self, transition: str, ends: str, number: int, version: Json) -> Json:
        build = str(uuid.uuid4())
        script = self.jobs.script
        agent = {"id": str(uuid.uuid4()), "name": "main", "status": script.agent_status}
        agent["lifecycle_state"] = script.lifecycle
        starts = transition == "start"
        until = datetime.now(tz=UTC) + timedelta(hours=2)
        made = {
            "id": build,
            "transition": transition,
            "status": "pending",
            "job": self.jobs.add(ends, build),
            "build_number": number,
            "template_version_id": version["id"],
            "template_version_name": version["name"] or "",
            "deadline": until.isoformat() if starts else "0001-01-01T00:00:00Z",
            "resources": [{"name": "pod", "type": "kubectl_manifest", "agents": [agent]}] if starts else None,
        }
        made["status"] = _status(made)
        return made

    def _remember(self, build: Json, before: dict[str, str], body: Json) -> None:
        given = {item["name"]: item["value"] for item in body.get("rich_parameter_values") or ()}
        self.parameters[build["id"]] = {**before, **given}


_WORDS: Final = {
    "start": ("starting", "running"),
    "stop": ("stopping", "stopped"),
    "delete": ("deleting", "deleted"),
}


def _status(build: Json) -> str:
    """Return the one word the real server makes of a transition and its job."""
    job = build["job"]["status"]
    during, after = _WORDS[build["transition"]]
    return {"running": during, "succeeded": after}.get(job, str(job))


def _matches(workspace: Json, wanted: dict[str, str]) -> bool:
    """Say whether a workspace is what a search asks for; `me` is the one user there is."""
    has = {
        "owner": workspace["owner_name"],
        "template": workspace["template_name"],
        "name": workspace["name"],
        "status": workspace["latest_build"]["status"],
    }
    return all(has[key] == (OWNER if (key, value) == ("owner", "me") else value) for key, value in wanted.items())
