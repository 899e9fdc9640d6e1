"""The workflows as data."""

__all__ = ["ROOT", "WORKFLOWS", "Step", "jobs_of", "load", "steps_of"]

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).parents[3]
WORKFLOWS: Final = tuple(sorted(path.name for path in (ROOT / ".github" / "workflows").iterdir()))


@dataclass(frozen=True)
class Step:
    """One step, with where it is."""

    workflow: str
    job: str
    body: dict[str, Any]


def load(name: str) -> dict[str, Any]:
    """Return a workflow; YAML 1.1 reads its key `on` as true."""
    content: dict[str, Any] = yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text(encoding="utf-8"))
    content["on"] = content.pop(True)  # type: ignore[call-overload] # as said above
    return content


def jobs_of(name: str) -> dict[str, dict[str, Any]]:
    """Return a workflow's jobs."""
    jobs: dict[str, dict[str, Any]] = load(name)["jobs"]
    return jobs


def steps_of(*names: str) -> Iterator[Step]:
    """Yield every step of the workflows."""
    for name in names:
        for job, body in jobs_of(name).items():
            for step in body["steps"]:
                yield Step(name, job, step)
