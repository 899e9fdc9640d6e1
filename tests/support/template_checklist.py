"""Writes docs/template-checklist.md from its YAML and the results: `python -m tests.support.template_checklist`.

`--junit FILE` takes over the results of a pytest run (`pytest --junitxml FILE`) before.
"""

import argparse
import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

import yaml

__all__ = ["PAGE", "Box", "Checklist", "merge_results"]

_DOCS: Final = Path(__file__).parents[2] / "docs"
SOURCE: Final = _DOCS / "template-checklist.yaml"
RESULTS: Final = _DOCS / "template-checklist.results.json"
PAGE: Final = _DOCS / "template-checklist.md"
_INTRODUCTION: Final = """# Checklist of the devcontainer template

Every box of the checklists of the seed 003, by its line there. Made from
`template-checklist.yaml` and `template-checklist.results.json` by
`python -m tests.support.template_checklist`; a unit test keeps it complete and fresh.

- **Proof**: the tests that prove the box on a machine with the lab. They run with `make test`.
- **Last result**: of those tests, and the day; `not run` where the last run left one out.
- **Elsewhere**: what of the box cannot be seen in the lab, and how to see it.
"""
_ORDER: Final = ("failed", "not run", "passed")


@dataclass(frozen=True)
class Box:
    """One box: its line in the seed, our words for it, the tests that prove it, and what can only be seen elsewhere."""

    line: int
    text: str
    tests: tuple[str, ...]
    elsewhere: str


@dataclass(frozen=True)
class Checklist:
    """All boxes by the titles of their sections, and the results by test."""

    sections: dict[str, list[Box]]
    results: dict[str, str]

    @classmethod
    def load(cls) -> "Checklist":
        """Read both files."""
        source = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
        results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
        sections = {
            section["title"]: [_box(entry, source["files"]) for entry in section["boxes"]]
            for section in source["sections"]
        }
        return cls(sections, results)

    @property
    def boxes(self) -> list[Box]:
        """Every box, in the order of the page."""
        return [box for boxes in self.sections.values() for box in boxes]

    def result(self, box: Box) -> str:
        """Return the worst of the results of a box's tests; `-` for a box without."""
        found = [self.results.get(test, "not run") for test in box.tests]
        return min(found, key=lambda result: _ORDER.index(result.partition(" 20")[0]), default="-")

    def page(self) -> str:
        """Return the whole page."""
        proven = sum(self.result(box).startswith("passed") for box in self.boxes)
        parts = [_INTRODUCTION, f"{len(self.boxes)} boxes, {proven} with a test that passed.\n"]
        for title, boxes in self.sections.items():
            rows = "".join(self._row(box) for box in boxes)
            parts.append(
                f"## {title}\n\n| Line | Box | Proof | Last result | Elsewhere |\n|---|---|---|---|---|\n{rows}"
            )
        return "\n".join(parts)

    def _row(self, box: Box) -> str:
        proof = "<br>".join(f"`{test}`" for test in box.tests) or "-"
        return f"| 003:{box.line} | {box.text} | {proof} | {self.result(box)} | {box.elsewhere or '-'} |\n"


def merge_results(report: str, results: dict[str, str], wanted: set[str], day: str) -> dict[str, str]:
    """Return the results with those of a JUnit report laid over; a test of several cases fails with one of them."""
    seen: dict[str, list[str]] = {}
    for case in ET.fromstring(report).iter("testcase"):  # noqa: S314 - the report of our own run
        file = case.get("classname", "").replace(".", "/") + ".py"
        test = f"{file}::{case.get('name', '').partition('[')[0]}"
        kinds = {child.tag for child in case}
        outcome = "failed" if kinds & {"failure", "error"} else "not run" if "skipped" in kinds else "passed"
        seen.setdefault(test, []).append(outcome)
    fresh = {test: f"{min(found, key=_ORDER.index)} {day}" for test, found in seen.items() if test in wanted}
    return dict(sorted({**results, **fresh}.items()))


def _box(entry: dict[str, Any], files: dict[str, str]) -> Box:
    tests = [test.partition("::") for test in entry.get("tests", [])]
    named = tuple(f"{files[file]}::{function}" for file, _, function in tests)
    return Box(entry["line"], entry["box"], named, entry.get("elsewhere", ""))


def main() -> int:
    """Take over a report if one is given, and write the page."""
    parser = argparse.ArgumentParser(description="Write docs/template-checklist.md.")
    parser.add_argument("--junit", type=Path, help="report of a pytest run")
    report = parser.parse_args().junit
    if report is not None:
        checklist = Checklist.load()
        wanted = {test for box in checklist.boxes for test in box.tests}
        day = dt.datetime.now(dt.UTC).date().isoformat()
        results = merge_results(report.read_text(encoding="utf-8"), checklist.results, wanted, day)
        RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    PAGE.write_text(Checklist.load().page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
