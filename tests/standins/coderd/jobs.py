"""The jobs of the stand-in: each is asked for its state so many times before it ends."""

__all__ = ["Jobs", "Json", "Script"]

import uuid
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass
class Script:
    """How jobs and agents behave: a job's status is asked `polls` times before it ends."""

    import_status: str = "succeeded"
    start_status: str = "succeeded"
    delete_status: str = "succeeded"
    lifecycle: str = "ready"
    agent_status: str = "connected"
    agent_lines: tuple[str, ...] = ("last words of the start script",)
    polls: int = 2
    error_lines: tuple[str, ...] = ("Error: no such thing",)


@dataclass
class Jobs:
    """The jobs by id, and how they are to end."""

    script: Script = field(default_factory=Script)
    states: dict[str, Json] = field(default_factory=dict)

    def add(self, end: str, build: str = "") -> Json:
        job = str(uuid.uuid4())
        self.states[job] = {"end": end, "polls": self.script.polls, "ended": False, "build": build}
        return {"id": job, "status": "pending", "error": "", "something_new": 1}

    def advance(self, job: Json) -> None:
        state = self.states[job["id"]]
        if state["polls"] > 0:
            state["polls"] -= 1
            job["status"] = "running"
            return
        state["ended"] = True
        job |= {"status": state["end"], "error": "terraform: exit status 1" if state["end"] == "failed" else ""}

    def logs(self, job: Json, query: dict[str, str]) -> list[Json]:
        state = self.states[job["id"]]
        lines = [("info", f"line {number}") for number in range(1, 4)]
        if state["end"] == "failed":
            lines += [("error", line) for line in self.script.error_lines]
        rows: list[Json] = [
            {"id": number, "log_level": level, "stage": "Planning", "output": text}
            for number, (level, text) in enumerate(lines, start=1)
        ]
        return [row for row in rows if row["id"] > int(query.get("after", 0))]

    def of_build(self, build: str) -> str:
        """Return the id of a build's job."""
        return next(job for job, state in self.states.items() if state["build"] == build)
