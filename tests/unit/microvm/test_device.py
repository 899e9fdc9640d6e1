import errno
import fcntl
import os
from pathlib import Path
from typing import Any

import pytest

from microvm.device import DEVICE, KvmError, open_kvm
from microvm.guest import GREETING, run_guest
from microvm.time_limit import within

needs_kvm = pytest.mark.skipif(not os.access(DEVICE, os.R_OK | os.W_OK), reason="this host has no usable /dev/kvm")

_API_VERSION, _CREATE_VM, _CREATE_VCPU = 0xAE00, 0xAE01, 0xAE41


class _Kernel:
    """Answers ioctls on the null device as a KVM would, or with an errno for one of them."""

    def __init__(self, fails: int = 0, code: int = 0, version: int = 12) -> None:
        self.fails, self.code, self.version = fails, code, version
        self.made: list[int] = []

    def ioctl(self, _descriptor: int, request: int, _argument: object = 0) -> int:
        if request == self.fails:
            raise OSError(self.code, os.strerror(self.code))
        if request == _API_VERSION:
            return self.version
        self.made.append(os.open(os.devnull, os.O_RDWR))
        return self.made[-1]


def _open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def _climb(monkeypatch: pytest.MonkeyPatch, kernel: _Kernel) -> int:
    monkeypatch.setattr(fcntl, "ioctl", kernel.ioctl)
    with open_kvm(os.devnull) as kvm:
        version = kvm.api_version()
        with kvm.vm() as vm, kvm.vcpu(vm):
            return version


def test_all_descriptors_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = _Kernel()
    before = _open_files()
    assert _climb(monkeypatch, kernel) == 12
    assert len(kernel.made) == 2
    assert _open_files() == before


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOENT, "was not given the KVM resource"),
        (errno.EACCES, f"user {os.getuid()} may not open it"),
        (errno.EPERM, "device cgroup forbids it"),
        (errno.ENXIO, "no KVM module stands behind it"),
        (errno.ENODEV, "the CPU offers no virtualization"),
        (errno.EBUSY, "another hypervisor"),
        (errno.EIO, "cannot be opened (EIO)"),
    ],
)
def test_each_errno_of_opening_has_its_sentence(monkeypatch: pytest.MonkeyPatch, code: int, words: str) -> None:
    def refuse(*_arguments: Any, **_options: Any) -> int:  # noqa: ANN401 - stands for os.open
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(KvmError) as caught, open_kvm("/dev/kvm"):
        pass
    assert words in str(caught.value)
    assert "/dev/kvm" in str(caught.value)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("request_number", "code", "words"),
    [
        (_API_VERSION, errno.ENOTTY, "does not answer as KVM does (ENOTTY)"),
        (_CREATE_VM, errno.EBUSY, "no VM could be created: another hypervisor"),
        (_CREATE_VM, errno.EIO, "switched off in the firmware"),
        (_CREATE_VM, errno.ENOMEM, "no memory left for a VM"),
        (_CREATE_VM, errno.EPERM, "seccomp"),
        (_CREATE_VM, errno.EFAULT, "no VM could be created: EFAULT"),
        (_CREATE_VCPU, errno.EINVAL, "no vCPU could be created"),
    ],
)
def test_each_errno_of_creating_has_its_sentence(
    monkeypatch: pytest.MonkeyPatch, request_number: int, code: int, words: str
) -> None:
    before = _open_files()
    with pytest.raises(KvmError) as caught:
        _climb(monkeypatch, _Kernel(request_number, code))
    assert words in str(caught.value)
    assert caught.value.code == code
    assert _open_files() == before


def test_another_api_version_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(KvmError, match="speaks KVM API version 11"):
        _climb(monkeypatch, _Kernel(version=11))


def test_a_file_in_the_devices_place_is_told_apart(tmp_path: Path) -> None:
    impostor = tmp_path / "kvm"
    impostor.touch()
    with pytest.raises(KvmError, match="is no device"), open_kvm(str(impostor)):
        pass


def test_a_device_of_another_kind_is_told_apart() -> None:
    with open_kvm(os.devnull) as kvm, pytest.raises(KvmError, match="does not answer as KVM does"):
        kvm.api_version()


@needs_kvm
def test_the_guest_runs_on_a_host_that_can() -> None:
    def run() -> bytes:
        with open_kvm() as kvm:
            return run_guest(kvm)

    before = _open_files()
    assert run() == GREETING
    assert _open_files() == before
    assert within(5, run) == GREETING
