"""`make image-test`: the workspace image in the running lab, tool by tool."""

__all__ = ["register"]

import json
import signal
import sys
from collections.abc import Mapping
from dataclasses import asdict
from types import FrameType
from typing import Annotated, Final

import typer
from rich.console import Console

from core.errors import UsageError
from core.image_reference import ImageReference, ImageReferenceError
from lab.commands.options import lab_instance
from lab.deploy.engine import scrub_environment
from lab.display import open_progress
from lab.display.duration import duration
from lab.image_test import ImageTestOptions, ImageTestResult, run_image_test
from lab.image_test.result import CheckResult
from lab.image_test.run import STAGES
from lab.toolchain import Toolchain, toolchain_bin

_WORDS: Final = {"passed": "passed", "failed": "FAILED", "missing": "missing", "skipped": "skipped"}
_MISSING: Final = " is not in this image: "
"""What spt-validate writes between a tool and the reason."""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command(
        "image-test",
        help="Run the workspace image in pods of the lab and as a workspace, and check every tool in it.",
    )(image_test)


def image_test(
    *,
    image: Annotated[str, typer.Option("--image", help="Another image than the stack's, in the pods.")] = "",
    emulate: Annotated[
        bool, typer.Option("--emulate", help="Boot a kernel by emulation where KVM does not go so far.")
    ] = False,
    only: Annotated[str, typer.Option("--only", help=f"Places, with commas: {', '.join(STAGES)}.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object; steps go to stderr.")] = False,
) -> int:
    """Exit code 0: nothing failed; 1: something did; 2: misuse."""
    options = ImageTestOptions(_image(image), emulate, _stages(only))
    instance = lab_instance()
    # What a running lab was brought up with; without one nothing is built.
    toolchain = Toolchain(bin=toolchain_bin(), images=toolchain_bin().parent / "images")
    scrub_environment()
    signal.signal(signal.SIGTERM, _stop)
    with open_progress(Console(stderr=True, highlight=False) if as_json else None) as progress:
        result = run_image_test(instance, toolchain, progress, options)
    sys.stdout.write(_json(result) if as_json else _text(result))
    return 0 if result.ok else 1


def _image(text: str) -> str:
    if text:
        try:
            ImageReference.parse(text)
        except ImageReferenceError as error:
            raise UsageError(f"--image is '{text}', which is no image reference: {error}") from None
    return text


def _stages(text: str) -> tuple[str, ...]:
    chosen = tuple(name.strip() for name in text.split(",") if name.strip())
    for name in chosen:
        if name not in STAGES:
            raise UsageError(f"--only names '{name}': the places are {', '.join(STAGES)}.")
    return chosen or STAGES


def _stop(number: int, frame: FrameType | None) -> None:
    """Clean up on SIGTERM as on Ctrl-C."""
    del number, frame
    raise KeyboardInterrupt


def _json(result: ImageTestResult) -> str:
    return json.dumps({"ok": result.ok, **asdict(result)}, indent=2) + "\n"


def _text(result: ImageTestResult) -> str:
    lines = ["", f"The image {result.image}"]
    width = max((len(check.name) for stage in result.stages for check in stage.checks if _is_shown(check)), default=0)
    for stage in result.stages:
        begun = f", running after {duration(stage.seconds_to_run)}" if stage.seconds_to_run else ""
        lines += ["", f"In {stage.title}{begun}: {stage.counts()}"]
        lines += [
            f"  {_WORDS[check.status]:<8} {check.name:<{width}} {check.seconds:6.1f} s  {check.message}"
            for check in stage.checks
            if _is_shown(check)
        ]
    for reason, tools in _missing(result).items():
        lines += ["", f"Missing in the image, {reason}: {', '.join(tools)}"]
    verdict = "Every check passed, or says why not." if result.ok else "Something FAILED; see above."
    return "\n".join([*lines, "", f"{verdict} All of it took {duration(result.seconds)}."]) + "\n"


def _is_shown(check: CheckResult) -> bool:
    """Say whether a check has a line of its own; what an image does not have is said once for all places."""
    return check.status != "missing" or _MISSING not in check.message


def _missing(result: ImageTestResult) -> Mapping[str, list[str]]:
    """Return the tools that are not in the image by the reason why."""
    found: dict[str, list[str]] = {}
    for check in (check for stage in result.stages for check in stage.checks if not _is_shown(check)):
        tool, _, reason = check.message.partition(_MISSING)
        if tool not in found.setdefault(reason, []):
            found[reason].append(tool)
    return found
