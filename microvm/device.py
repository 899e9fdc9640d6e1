"""The device /dev/kvm: opened, asked for its API version, made to create a VM; each errno has a sentence of its own.

Request numbers and structures are those of the kernel's include/uapi/linux/kvm.h on x86-64.
"""

__all__ = ["DEVICE", "Kvm", "KvmError", "open_kvm"]

import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

DEVICE: Final = "/dev/kvm"

_API_VERSION: Final = 12
_GET_API_VERSION: Final = 0xAE00
_CREATE_VM: Final = 0xAE01
_CREATE_VCPU: Final = 0xAE41

_OPEN_REASONS: Final = {
    errno.ENOENT: "there is no {device}: the pod was not given the KVM resource, or the node has no KVM module loaded",
    errno.EACCES: (
        "{device} is there, but user {user} may not open it: its owner or mode is not meant for this user "
        "(containerd needs device_ownership_from_security_context = true)"
    ),
    errno.EPERM: (
        "{device} is there, but the container's device cgroup forbids it: a bind mount is not enough, "
        "the pod has to ask for the KVM resource"
    ),
    errno.ENXIO: "{device} is there, but no KVM module stands behind it (modprobe kvm_intel or kvm_amd on the node)",
    errno.ENODEV: "{device} is there, but the CPU offers no virtualization to the KVM module",
    errno.EBUSY: "{device} is in use by another hypervisor (VirtualBox and VMware lock the CPU's virtualization)",
}
_VM_REASONS: Final = {
    errno.EBUSY: "another hypervisor holds the CPU's virtualization",
    errno.ENOMEM: "the kernel has no memory left for a VM",
    errno.EINVAL: "the KVM module refuses this kind of VM",
    errno.EPERM: "this process may not create VMs (seccomp or an LSM forbids it)",
    errno.EACCES: "this process may not create VMs (an LSM forbids it)",
    errno.EIO: "the CPU's virtualization is switched off in the firmware or by the host's hypervisor",
    errno.EOPNOTSUPP: "the CPU offers no virtualization",
    errno.ENODEV: "the CPU offers no virtualization",
}


class KvmError(Exception):
    """Why a level was not reached; `code` is the errno, None if there was none. The message is a sentence's rest."""

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Kvm:
    """An open /dev/kvm."""

    descriptor: int

    def api_version(self) -> int:
        """Return the API version; raise KvmError if it is not the one every kernel since 2.6.22 has."""
        try:
            version = fcntl.ioctl(self.descriptor, _GET_API_VERSION, 0)
        except OSError as error:
            raise KvmError(f"the device does not answer as KVM does ({_name(error)})", error.errno) from None
        if version != _API_VERSION:
            raise KvmError(f"the device speaks KVM API version {version}, and {_API_VERSION} is the only one in use")
        return version

    @contextmanager
    def vm(self) -> Iterator[int]:
        """Create a VM, yield its descriptor, and close it; raise KvmError."""
        with _created(self.descriptor, _CREATE_VM, "VM") as descriptor:
            yield descriptor

    @contextmanager
    def vcpu(self, vm: int) -> Iterator[int]:
        """Create the first vCPU of a VM, yield its descriptor, and close it; raise KvmError."""
        with _created(vm, _CREATE_VCPU, "vCPU") as descriptor:
            yield descriptor


@contextmanager
def open_kvm(device: str = DEVICE) -> Iterator[Kvm]:
    """Open the device for reading and writing; raise KvmError with what is wrong and what would help.

    The CPU's flags are not looked at: they are absent on hosts where KVM works, and present on some where it does not.
    """
    try:
        descriptor = os.open(device, os.O_RDWR | os.O_CLOEXEC)
    except OSError as error:
        reason = _OPEN_REASONS.get(error.errno or 0, f"{{device}} cannot be opened ({_name(error)})")
        raise KvmError(reason.format(device=device, user=os.getuid()), error.errno) from None
    try:
        if not stat.S_ISCHR(os.fstat(descriptor).st_mode):
            raise KvmError(f"{device} is no device: something else lies at its place")
        yield Kvm(descriptor)
    finally:
        with suppress(OSError):
            os.close(descriptor)


@contextmanager
def _created(descriptor: int, request: int, what: str) -> Iterator[int]:
    try:
        made = fcntl.ioctl(descriptor, request, 0)
    except OSError as error:
        reason = _VM_REASONS.get(error.errno or 0, _name(error))
        raise KvmError(f"no {what} could be created: {reason}", error.errno) from None
    try:
        yield made
    finally:
        os.close(made)


def _name(error: OSError) -> str:
    return errno.errorcode.get(error.errno or 0, "an unknown error")
