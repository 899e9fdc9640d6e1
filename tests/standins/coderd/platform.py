"""What the stand-in knows and how it answers about itself, templates and versions, as far as pushes need them."""

__all__ = ["Platform"]

import hashlib
import json
import re
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.standins.coderd.answer import Answer
from tests.standins.coderd.jobs import Jobs, Json
from tests.standins.coderd.routes import ROUTES
from tests.standins.coderd.workspace_answers import WorkspaceAnswers


@dataclass
class Platform(WorkspaceAnswers):
    """A server of `version`; with `partial_patch` as from 2.30 on, without as before (missing is zero, 304)."""

    version: str = "v2.36.3+7e0ff4c"
    partial_patch: bool = True
    features: frozenset[str] = frozenset()
    licensed_build: bool = True
    token: str = "valid-token-4242"  # noqa: S105 - of a server made for one test
    proxy_text: str = "welcome"
    templates: dict[str, Json] = field(default_factory=dict)
    versions: dict[str, Json] = field(default_factory=dict)
    workspaces: dict[str, Json] = field(default_factory=dict)
    parameters: dict[str, dict[str, str]] = field(default_factory=dict)
    rich_parameters: list[Json] = field(default_factory=list)
    version_details: dict[str, list[Json]] = field(default_factory=dict)
    """Of every version: `presets`, `variables`, `external-auth`."""
    may_push: bool = True
    linked: set[str] = field(default_factory=set)
    """Ids of the services the user has linked."""
    may_extend: bool = True
    session_ends: str = "2999-01-01T00:00:00Z"
    logins: list[Json] = field(default_factory=list)
    """Services that can be linked, each with `id` and `display_name`."""
    links: list[Json] = field(default_factory=list)
    """The user's links to them, each with `provider_id` and `authenticated`."""
    files: dict[str, bytes] = field(default_factory=dict)
    jobs: Jobs = field(default_factory=Jobs)
    events: list[str] = field(default_factory=list)
    _now: datetime = datetime(2026, 11, 1, tzinfo=UTC)

    def answer(self, method: str, path: str, query: dict[str, str], body: bytes, token: str) -> Answer:
        """Answer one request."""
        for pattern, name, is_open in ROUTES:
            found = re.fullmatch(pattern, f"{method} {path}")
            if found is None:
                continue
            if not is_open and token != self.token:
                return Answer(401, {"message": f"You are signed out, {token}", "detail": "API key is expired."})
            handler = getattr(self, f"_{name}")
            payload = body if name == "upload" else json.loads(body or b"{}")
            return handler(*found.groups(), query=query, body=payload)  # type: ignore[no-any-return] # by name
        return Answer(404, {"message": "Route not found."})

    def tick(self) -> str:
        """Return the time, a second later than the last one."""
        self._now += timedelta(seconds=1)
        return self._now.isoformat()

    def _healthz(self, **_: object) -> Answer:
        return Answer(200, "OK")

    def _buildinfo(self, **_: object) -> Answer:
        return Answer(200, {"version": self.version, "something_new": {"of": "later"}})

    def _entitlements(self, **_: object) -> Answer:
        if not self.licensed_build:
            return Answer(404, {"message": "Route not found."})
        features = {name: {"entitlement": "entitled", "enabled": True} for name in self.features}
        return Answer(200, {"features": features, "has_license": bool(features)})

    def _key(self, key: str, **_: object) -> Answer:
        return Answer(200, {"id": key, "user_id": "u", "expires_at": self.session_ends})

    def _external_auth(self, **_: object) -> Answer:
        return Answer(200, {"providers": self.logins, "links": self.links})

    def _upload(self, *, body: bytes, **_: object) -> Answer:
        name = str(uuid.UUID(hashlib.sha256(body).hexdigest()[:32]))
        known = name in self.files
        self.files[name] = body
        return Answer(200 if known else 201, {"hash": name})

    def _create_version(self, _org: str, *, body: Json, **_: object) -> Answer:
        if not self.may_push:
            return Answer(403, {"message": "Unauthorized to create a template version."})
        template = body.get("template_id")
        if template and any((v["template_id"], v["name"]) == (template, body["name"]) for v in self.versions.values()):
            return Answer(409, {"message": "A template version with this name exists.", "validations": []})
        version = {
            "id": str(uuid.uuid4()),
            "name": body["name"],
            "message": body["message"],
            "template_id": template,
            "archived": False,
            "created_at": self.tick(),
            "variables": body["user_variable_values"],
            "job": self.jobs.add(self.jobs.script.import_status),
        }
        self.versions[version["id"]] = version
        self.events.append(f"version {version['name']}")
        return Answer(201, version)

    def _version(self, version: str, **_: object) -> Answer:
        self.jobs.advance(self.versions[version]["job"])
        return Answer(200, self.versions[version])

    def _version_logs(self, version: str, *, query: dict[str, str], **_: object) -> Answer:
        return Answer(200, self.jobs.logs(self.versions[version]["job"], query))

    def _rich_parameters(self, _version: str, **_: object) -> Answer:
        return Answer(200, self.rich_parameters)

    def _version_details(self, _version: str, what: str, **_: object) -> Answer:
        return Answer(200, self.version_details.get(what, []))

    def _is_linked(self, provider: str, **_: object) -> Answer:
        return Answer(200, {"authenticated": provider in self.linked})

    def _template(self, template: str, **_: object) -> Answer:
        return Answer(200, self.templates[template])

    def _patch_version(self, version: str, *, body: Json, **_: object) -> Answer:
        self.versions[version] |= body
        return Answer(200, self.versions[version])

    def _archive(self, version: str, way: str, **_: object) -> Answer:
        if self.versions[version]["archived"] == (way == "archive"):
            return Answer(400, {"message": f"Template version already {way}d"})
        self.versions[version]["archived"] = way == "archive"
        self.events.append(f"{way} {self.versions[version]['name']}")
        return Answer(200, {"message": "done"})

    def _templates(self, **_: object) -> Answer:
        return Answer(200, list(self.templates.values()))

    def _find_template(self, _org: str, name: str, **_: object) -> Answer:
        found = next((t for t in self.templates.values() if t["name"] == name), None)
        return Answer(404, {"message": "Resource not found."}) if found is None else Answer(200, found)

    def _create_template(self, org: str, *, body: Json, **_: object) -> Answer:
        if any(t["name"] == body["name"] for t in self.templates.values()):
            return Answer(409, {"message": "Template exists.", "validations": []})
        template = {"id": str(uuid.uuid4()), "organization_id": org, "active_version_id": body["template_version_id"]}
        template |= {key: value for key, value in body.items() if key != "template_version_id"}
        self.templates[template["id"]] = template
        self.versions[body["template_version_id"]]["template_id"] = template["id"]
        self.events.append(f"template {body['name']}")
        return Answer(201, template)

    def _patch_template(self, template: str, *, body: Json, **_: object) -> Answer:
        stored = self.templates[template]
        if not self.partial_patch:
            zero = {key: type(value)() for key, value in stored.items() if isinstance(value, bool | int)}
            body = {**zero, **body}
            if all(stored.get(key) == value for key, value in body.items()):
                return Answer(304)
        stored |= body
        self.events.append("settings")
        return Answer(200, stored)

    def _delete_template(self, template: str, **_: object) -> Answer:
        if any(w["template_id"] == template for w in self.workspaces.values()):
            return Answer(400, {"message": "All workspaces must be deleted before a template can be removed."})
        self.events.append(f"delete template {self.templates.pop(template)['name']}")
        return Answer(200, {"message": "deleted"})

    def _versions_of(self, template: str, *, query: dict[str, str], **_: object) -> Answer:
        all_of_them = query.get("include_archived") == "true"
        mine = [
            v for v in self.versions.values() if v["template_id"] == template and (all_of_them or not v["archived"])
        ]
        offset = int(query.get("offset", 0))
        return Answer(200, mine[offset : offset + int(query.get("limit", 1000))])

    def _version_named(self, template: str, name: str, **_: object) -> Answer:
        mine = (v for v in self.versions.values() if (v["template_id"], v["name"]) == (template, name))
        found = next(mine, None)
        return Answer(404, {"message": "No version."}) if found is None else Answer(200, found)

    def _activate(self, template: str, *, body: Json, **_: object) -> Answer:
        version = self.versions[body["id"]]
        if version["archived"]:
            return Answer(400, {"message": "The provided template version is archived."})
        self.templates[template]["active_version_id"] = version["id"]
        self.events.append(f"activate {version['name']}")
        return Answer(200, {"message": "Updated the active template version!"})
