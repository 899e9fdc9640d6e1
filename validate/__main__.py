"""`spt-validate`: every tool of this image does a small real thing, and the build report is held against it.

Exit codes: 0 nothing failed; 1 something failed; 2 misuse.
"""

import argparse
import os
import pwd
import signal
import sys
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from types import FrameType
from typing import Final

from core.errors import SptFlowError, UsageError
from validate.build_report import REPORT, read_build_report
from validate.catalogue import all_checks
from validate.check import Check
from validate.display import line, summary, to_json
from validate.outcome import Outcome, Status
from validate.runner import Plan, run_checks

_EPILOG: Final = """examples:
  spt-validate                       check everything, a line each
  spt-validate --json                the same for programs
  spt-validate --list                what there is to check
  spt-validate --only go,rust        two checks
  spt-validate --require nex         a missing nex is a failure
  spt-validate --timeout 5           no check may take longer

A tool that the image's build report names as missing is "missing", not a failure, unless it is required.
exit codes: 0 nothing failed; 1 something failed; 2 misuse
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Check what is asked for and return the exit code."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _stop)
    try:
        return _validate(options)
    except KeyboardInterrupt:
        sys.stderr.write("Stopped on request; nothing of the checks is left.\n")
        return 130
    except SptFlowError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="spt-validate",
        description="Every tool of this image does a small real thing.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--list", action="store_true", help="list the checks and run none")
    parser.add_argument("--only", action="append", default=[], metavar="NAMES", help="checks to run, with commas")
    parser.add_argument("--require", action="append", default=[], metavar="TOOLS", help="tools that must be there")
    parser.add_argument("--timeout", type=_seconds, metavar="SECONDS", help="each check's limit, in place of its own")
    parser.add_argument("--jobs", type=_jobs, default=2, metavar="N", help="checks that run at a time (2)")
    parser.add_argument("--report", type=Path, default=REPORT, metavar="FILE", help=f"the build report ({REPORT})")
    return parser


def _validate(options: argparse.Namespace) -> int:
    report = read_build_report(options.report)
    required = _names(options.require)
    checks = _chosen(all_checks(report), _names(options.only), required)
    width = max(len(check.name) for check in checks)
    if options.list:
        for check in checks:
            _say(f"{check.name:<{width}} {check.title}, within {check.seconds:g} s")
        return 0
    started = time.monotonic()
    outcomes: list[Outcome] = []
    plan = Plan(checks, report, _home(), required, options.timeout, options.jobs)
    for outcome in run_checks(plan):
        outcomes.append(outcome)
        if not options.json:
            _say(line(outcome, width))
    seconds = time.monotonic() - started
    order = [check.name for check in checks]
    outcomes.sort(key=lambda outcome: order.index(outcome.name))
    _say(to_json(outcomes, seconds) if options.json else summary(outcomes, seconds))
    failed = [outcome for outcome in outcomes if outcome.status is Status.FAILED]
    for outcome in failed:
        # Once more, where they are not lost among all the others.
        sys.stderr.write(f"{outcome.name}: {outcome.message}\n")
    return 1 if failed else 0


def _chosen(checks: Sequence[Check], names: Sequence[str], required: Sequence[str]) -> Sequence[Check]:
    _refuse_unknown("check", names, {check.name for check in checks})
    _refuse_unknown("tool", required, {tool for check in checks for tool in check.tools})
    return [check for check in checks if not names or check.name in names]


def _refuse_unknown(kind: str, names: Sequence[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            raise UsageError(
                f"There is no {kind} '{name}': the {kind}s are {', '.join(sorted(known))}.",
                next_command="spt-validate --list",
            )


def _names(lists: Sequence[str]) -> list[str]:
    return [name.strip() for each in lists for name in each.split(",") if name.strip()]


def _home() -> Path:
    return Path(os.environ.get("HOME") or pwd.getpwuid(os.getuid()).pw_dir)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds above 0")
    return seconds


def _jobs(text: str) -> int:
    jobs = int(text)
    if jobs < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number of checks, 1 or more")
    return jobs


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _stop(number: int, frame: FrameType | None) -> None:
    """Clean up on SIGTERM as on Ctrl-C."""
    del number, frame
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
