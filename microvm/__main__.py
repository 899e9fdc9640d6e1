"""`spt-microvm`: what this host can do with KVM, level by level; `kvm-ok` answers yes or no.

Exit codes of `hello`: 0 the level asked for was reached; 2 misuse; else 10 plus the highest level reached with KVM
(10 none, 11 device, 12 vCPU, 13 guest).
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from microvm.device import DEVICE
from microvm.kernel_boot import BootFiles
from microvm.ladder import climb
from microvm.level import Attempt, Level

_SHORT_OF: Final = 10
_LEVELS: Final = {level.name.lower(): level for level in Level if level is not Level.NONE}

_EPILOG: Final = """examples:
  spt-microvm hello                  try every level and say how far this host goes
  spt-microvm hello --level guest    do without a kernel
  spt-microvm hello --emulate        boot the kernel by emulation where KVM does not
  spt-microvm hello --json           the same for programs

exit codes of hello: 0 reached; 2 misuse; 10 no level, 11 device, 12 vcpu, 13 guest is the highest reached with KVM
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = argparse.ArgumentParser(
        prog="spt-microvm",
        description="What this host can do with KVM, level by level.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    hello = commands.add_parser("hello", help="climb the levels: device, vcpu, guest, kernel")
    hello.add_argument("--level", choices=list(_LEVELS), default="kernel", help="the level that has to be reached")
    hello.add_argument("--emulate", action="store_true", help="boot the kernel by emulation where KVM does not")
    hello.add_argument("--json", action="store_true", help="print one JSON object")
    hello.add_argument("--device", default=DEVICE, help="the KVM device")
    commands.add_parser("kvm-ok", help="say whether KVM can be used, in the usual sentence")
    options = parser.parse_args(arguments)
    if options.command == "kvm-ok":
        return _kvm_ok()
    return _hello(_LEVELS[options.level], emulate=options.emulate, as_json=options.json, device=options.device)


def _hello(target: Level, *, emulate: bool, as_json: bool, device: str) -> int:
    attempts: list[Attempt] = []
    for attempt in climb(BootFiles.from_environment(os.environ), target=target, emulate=emulate, device=device):
        attempts.append(attempt)
        if not as_json:
            _print(attempt)
    with_kvm = max(
        (attempt.level for attempt in attempts if attempt.reached and attempt.by == "kvm"), default=Level.NONE
    )
    is_emulated = any(attempt.reached and attempt.by != "kvm" for attempt in attempts)
    if as_json:
        _print_json(attempts, target=target, with_kvm=with_kvm, is_emulated=is_emulated)
    elif is_emulated:
        _say("The kernel ran by emulation, not with KVM: it is many times slower.")
    return 0 if with_kvm >= target or is_emulated else _SHORT_OF + with_kvm


def _print(attempt: Attempt) -> None:
    mark = "reached" if attempt.reached else "NOT reached"
    how = "" if attempt.by == "kvm" else f" by {attempt.by}"
    _say(f"level {attempt.level.value}  {attempt.level.title}{how}: {mark} ({attempt.seconds:.2f} s)")
    _say(f"         {attempt.message}")


def _print_json(attempts: Sequence[Attempt], *, target: Level, with_kvm: Level, is_emulated: bool) -> None:
    levels = [
        {
            "level": attempt.level.name.lower(),
            "by": attempt.by,
            "reached": attempt.reached,
            "message": attempt.message,
            "seconds": round(attempt.seconds, 3),
        }
        for attempt in attempts
    ]
    answer = {
        "target": target.name.lower(),
        "reachedWithKvm": with_kvm.name.lower(),
        "emulated": is_emulated,
        "levels": levels,
    }
    _say(json.dumps(answer, indent=2))


def _kvm_ok() -> int:
    """Print what cpu-checker's tool of this name prints, by creating a VM instead of reading the CPU's flags."""
    attempts = list(climb(BootFiles(Path(), Path()), target=Level.VCPU))
    if attempts[-1].reached:
        _say(f"INFO: {DEVICE} exists")
        _say("KVM acceleration can be used")
        return 0
    _say(f"INFO: {attempts[-1].message}")
    _say("KVM acceleration can NOT be used")
    return 1


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
