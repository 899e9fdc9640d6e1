"""The smallest guest: fifteen bytes of real-mode code that write a line to the serial port and halt."""

__all__ = ["GREETING", "run_guest"]

import ctypes
import fcntl
import mmap
import struct
from typing import Final

from microvm.device import Kvm, KvmError

GREETING: Final = b"hello from a guest\n"

_MEMORY: Final = 0x1000
_TEXT_OFFSET: Final = 0x20
_SERIAL_PORT: Final = 0x3F8
_CODE: Final = bytes(
    [
        *(0xBA, _SERIAL_PORT & 0xFF, _SERIAL_PORT >> 8),  # mov dx, serial port
        *(0xBE, _TEXT_OFFSET, _MEMORY >> 8),  # mov si, text
        0xAC,  # next: lodsb
        *(0x84, 0xC0),  # test al, al
        *(0x74, 0x03),  # jz end
        0xEE,  # out dx, al
        *(0xEB, 0xF8),  # jmp next
        0xF4,  # end: hlt
    ]
)

_GET_VCPU_MMAP_SIZE: Final = 0xAE04
_RUN: Final = 0xAE80
_SET_USER_MEMORY_REGION: Final = 0x4020AE46
_SET_REGS: Final = 0x4090AE82
_GET_SREGS: Final = 0x8138AE83
_SET_SREGS: Final = 0x4138AE84
_SIZE_OF_SREGS: Final = 312
_SIZE_OF_REGS: Final = 144
_SEGMENTS: Final = 6
_SIZE_OF_SEGMENT: Final = 24
_SELECTOR: Final = 12
_RIP: Final = 128
_RFLAGS: Final = 136
_FLAGS_AT_RESET: Final = 2

# struct kvm_run: where the reason of an exit and the description of port output are.
_EXIT_REASON: Final = 8
_IO: Final = 32
_IO_DATA_OFFSET: Final = 40
_EXIT_IO: Final = 2
_EXIT_HLT: Final = 5
_MOST_EXITS: Final = 4 * len(GREETING)


def run_guest(kvm: Kvm) -> bytes:
    """Run the guest until it halts and return what it wrote to the serial port; raise KvmError.

    On a host that creates VMs without running them this may never return: call it where it can be given up.
    """
    try:
        with mmap.mmap(-1, _MEMORY) as memory, kvm.vm() as vm:
            memory[: len(_CODE)] = _CODE
            memory[_TEXT_OFFSET : _TEXT_OFFSET + len(GREETING)] = GREETING
            _give_memory(vm, memory)
            with kvm.vcpu(vm) as vcpu:
                size = fcntl.ioctl(kvm.descriptor, _GET_VCPU_MMAP_SIZE, 0)
                with mmap.mmap(vcpu, size) as run:
                    _point_at_code(vcpu)
                    return _output(vcpu, run)
    except OSError as error:
        raise KvmError(f"the guest could not be set up or run (errno {error.errno})", error.errno) from None


def _give_memory(vm: int, memory: mmap.mmap) -> None:
    view = ctypes.c_char.from_buffer(memory)
    region = struct.pack("IIQQQ", 0, 0, _MEMORY, _MEMORY, ctypes.addressof(view))
    del view  # else the mapping cannot be closed
    fcntl.ioctl(vm, _SET_USER_MEMORY_REGION, region)


def _point_at_code(vcpu: int) -> None:
    special = bytearray(_SIZE_OF_SREGS)
    fcntl.ioctl(vcpu, _GET_SREGS, special)
    for segment in range(_SEGMENTS):
        struct.pack_into("<Q", special, segment * _SIZE_OF_SEGMENT, 0)
        struct.pack_into("<H", special, segment * _SIZE_OF_SEGMENT + _SELECTOR, 0)
    fcntl.ioctl(vcpu, _SET_SREGS, bytes(special))
    registers = bytearray(_SIZE_OF_REGS)
    struct.pack_into("<Q", registers, _RIP, _MEMORY)
    struct.pack_into("<Q", registers, _RFLAGS, _FLAGS_AT_RESET)
    fcntl.ioctl(vcpu, _SET_REGS, bytes(registers))


def _output(vcpu: int, run: mmap.mmap) -> bytes:
    output = b""
    for _ in range(_MOST_EXITS):
        fcntl.ioctl(vcpu, _RUN, 0)
        (reason,) = struct.unpack_from("<I", run, _EXIT_REASON)
        if reason == _EXIT_HLT:
            return output
        if reason != _EXIT_IO:
            raise KvmError(f"the guest stopped for another reason than its own (KVM exit {reason})")
        _direction, size, _port, count = struct.unpack_from("<BBHI", run, _IO)
        (offset,) = struct.unpack_from("<Q", run, _IO_DATA_OFFSET)
        output += bytes(run[offset : offset + size * count])
    raise KvmError("the guest goes on writing and does not halt")
