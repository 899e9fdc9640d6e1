#!/usr/bin/env python3
"""Bring a build's words about its tools together, and hold the image's labels and the environment's demands to them.

`finish_report.py merge --target T --base B` writes build-report.json beside the folder of single words; `check`
compares it with what was declared, and fails with one sentence. Runs during a build, on any Python from 3.10 on.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_SHARE = Path("/usr/share/spt-flow")
_SENTENCE = "Error: {}\n"


def merge(share: Path, target: str, base: str) -> dict[str, Any]:
    """Return the report of the single words in `share`/report.d, sorted by tool, and write it."""
    words = (json.loads(path.read_text(encoding="utf-8")) for path in (share / "report.d").glob("*.json"))
    report = {"target": target, "base": base, "tools": sorted(words, key=lambda word: str(word["tool"]))}
    (share / "build-report.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return report


def missing_tools(report: dict[str, Any]) -> list[str]:
    """Return the names of the tools that could not be had."""
    return [str(word["tool"]) for word in report["tools"] if "missing" in word]


def complaint(report: dict[str, Any], *, declared: Sequence[str], required: Sequence[str]) -> str | None:
    """Return what is wrong with the report, as one sentence, or None."""
    reasons = {str(word["tool"]): word.get("missing") for word in report["tools"]}
    wanting = [name for name in required if name not in reasons or reasons[name] is not None]
    if wanting:
        named = "; ".join(f"{name} ({reasons.get(name) or 'no part of this target'})" for name in wanting)
        return f"REQUIRED_TOOLS names tools that this image does not have: {named}."
    missing = missing_tools(report)
    if sorted(declared) != missing:
        return (
            f"MISSING_TOOLS, which the image's label repeats, is '{' '.join(sorted(declared))}', but the build report "
            f"says '{' '.join(missing)}': build with --build-arg MISSING_TOOLS='{' '.join(missing)}'."
        )
    return None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["merge", "check"])
    parser.add_argument("--target", default="")
    parser.add_argument("--base", default="")
    parser.add_argument("--share", type=Path, default=_SHARE)
    options = parser.parse_args(arguments)
    if options.command == "merge":
        for word in merge(options.share, options.target, options.base)["tools"]:
            text = f"missing: {word['missing']}" if "missing" in word else f"{word['version']} ({word['source']})"
            sys.stdout.write(f"{word['tool']}: {text}\n")
        return 0
    report = json.loads((options.share / "build-report.json").read_text(encoding="utf-8"))
    wrong = complaint(
        report,
        declared=os.environ.get("MISSING_TOOLS", "").split(),
        required=os.environ.get("REQUIRED_TOOLS", "").split(),
    )
    if wrong is not None:
        sys.stderr.write(_SENTENCE.format(wrong))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
