"""What there is to run microVMs with, and how far this place goes with /dev/kvm."""

__all__ = ["FIRECRACKER", "KVM", "KVM_OK", "QEMU"]

import http.client
import json
import socket
import time
from pathlib import Path

from validate.check import Check, Workbench, first_line
from validate.outcome import CheckFailedError, CheckSkippedError

_DEVICE = Path("/dev/kvm")
_CAN, _CANNOT = "KVM acceleration can be used", "KVM acceleration can NOT be used"
_PAUSE = 0.05
_QMP = '{"execute": "qmp_capabilities"}\n{"execute": "query-status"}\n{"execute": "quit"}\n'
_MACHINE = ("-machine", "none", "-nodefaults", "-no-user-config", "-display", "none", "-qmp", "stdio")


def _ask_qemu(bench: Workbench) -> str:
    version = first_line(bench.run("qemu-system-x86_64", "--version").stdout)
    answers = [json.loads(line) for line in bench.run("qemu-system-x86_64", *_MACHINE, stdin=_QMP).stdout.splitlines()]
    states = [each["return"]["status"] for each in answers if "status" in each.get("return", {})]
    if not states:
        raise CheckFailedError("QEMU started, but did not answer what its machine does.")
    return f"{version} started a machine, which was {states[0]}."


def _ask_firecracker(bench: Workbench) -> str:
    version = first_line(bench.run("firecracker", "--version").stdout)
    path = bench.folder / "api"
    bench.command("firecracker").start("--api-sock", str(path), new_session=False)
    while not path.exists():
        time.sleep(_PAUSE)
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(path))
        line.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n")
        answer = http.client.HTTPResponse(line)
        answer.begin()
        state = json.loads(answer.read())["state"]
    return f"{version} answered on its socket: {state}."


def _climb(bench: Workbench) -> str:
    """Go up to a guest of a few bytes; a kernel is for `spt-microvm hello`, with emulation only where it is chosen."""
    done = bench.run("spt-microvm", "hello", "--level", "guest", "--json", check=False)
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise CheckFailedError(f"spt-microvm does not answer: {first_line(done.stderr)}") from None
    last, reached = answer["levels"][-1], answer["reachedWithKvm"]
    if not _DEVICE.exists():
        raise CheckSkippedError(f"Level none: {last['message']}")
    if done.returncode != 0:
        raise CheckFailedError(f"/dev/kvm is here, but goes only as far as {reached}: {last['message']}")
    return f"Level {reached} reached with KVM: {last['message']}."


def _say_usable(bench: Workbench) -> str:
    done = bench.run("kvm-ok", check=False)
    usable = {0: _CAN, 1: _CANNOT}.get(done.returncode)
    if usable is None or usable not in done.stdout.splitlines():
        raise CheckFailedError(f"kvm-ok ended with exit code {done.returncode} and said: {first_line(done.stdout)}")
    if usable == _CANNOT and _DEVICE.exists():
        raise CheckFailedError(f"/dev/kvm is here, but kvm-ok says: {first_line(done.stdout)}")
    return f"kvm-ok says: {usable}."


QEMU = Check("qemu", "a machine without a guest", _ask_qemu, tools=("qemu",))
FIRECRACKER = Check("firecracker", "it answers on its socket", _ask_firecracker, tools=("firecracker",))
KVM = Check("kvm", "the level reached with /dev/kvm", _climb, tools=("spt-microvm",), seconds=30)
KVM_OK = Check("kvm-ok", "kvm-ok says the usual sentence", _say_usable, tools=("kvm-ok",))
