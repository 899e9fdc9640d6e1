"""The ladder: each level tried after the one below was reached, each with a time limit; nothing is retried."""

__all__ = ["Limits", "climb"]

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from microvm.device import DEVICE, Kvm, KvmError, open_kvm
from microvm.guest import GREETING, run_guest
from microvm.kernel_boot import BootFiles, boot_kernel, machine_for
from microvm.level import Attempt, Level
from microvm.time_limit import within

_EMULATED: Final = "emulation"


@dataclass(frozen=True)
class Limits:
    """How long each level may take, in seconds."""

    device: float = 5.0
    vcpu: float = 5.0
    guest: float = 5.0
    kernel: float = 20.0
    emulated: float = 90.0
    """The same without KVM: seconds where the CPU is free, many times that where it is shared."""


def climb(
    files: BootFiles,
    *,
    target: Level = Level.KERNEL,
    emulate: bool = False,
    device: str = DEVICE,
    limits: Limits | None = None,
) -> Iterator[Attempt]:
    """Yield an attempt a level, up to `target` or the first that fails.

    With `emulate`, a kernel that does not boot with KVM is booted once more by emulation, and the attempt says so.
    """
    limits = limits or Limits()
    steps: list[tuple[Level, Callable[[], str]]] = [
        (Level.DEVICE, lambda: within(limits.device, lambda: _open(device))),
        (Level.VCPU, lambda: within(limits.vcpu, lambda: _create(device))),
        (Level.GUEST, lambda: within(limits.guest, lambda: _run(device))),
        (Level.KERNEL, lambda: _boot(files, limits.kernel, emulate=False)),
    ]
    reached = True
    for level, step in steps:
        if level > target or not reached:
            break
        attempt = _attempt(level, step)
        reached = attempt.reached
        yield attempt
    if not reached and emulate and target is Level.KERNEL:
        yield _attempt(Level.KERNEL, lambda: _boot(files, limits.emulated, emulate=True), by=_EMULATED)


def _attempt(level: Level, step: Callable[[], str], *, by: str = "kvm") -> Attempt:
    started = time.monotonic()
    try:
        message, reached = step(), True
    except KvmError as error:
        message, reached = str(error), False
    return Attempt(level, reached, message, time.monotonic() - started, by)


def _open(device: str) -> str:
    with open_kvm(device) as kvm:
        return f"{device} opened, KVM API version {kvm.api_version()}"


def _create(device: str) -> str:
    def create(kvm: Kvm) -> None:
        with kvm.vm() as vm, kvm.vcpu(vm):
            pass

    with open_kvm(device) as kvm:
        create(kvm)
    return "a VM and its first vCPU were created"


def _run(device: str) -> str:
    with open_kvm(device) as kvm:
        output = run_guest(kvm)
    if output != GREETING:
        raise KvmError(f"the guest wrote {len(output)} bytes that are not what it was told to write")
    return "a guest of fifteen bytes wrote its line to the serial port and halted"


def _boot(files: BootFiles, seconds: float, *, emulate: bool) -> str:
    machine = machine_for(files, emulate=emulate)
    release = boot_kernel(files, machine, seconds=seconds)
    return f"Linux {release} says hello from a microVM under {machine.title}"
