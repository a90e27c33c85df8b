"""A seccomp filter: system calls that a program being dry-run is not to make, and what it is told instead.

It stops what Landlock and namespaces leave open, and nothing that building a model needs: sockets, memory that outlives
its process or is no process's own, and (where the file system is not read-only already) changes of mode and owner.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
LOAD, MASK, IF_EQUAL, IF_AT_LEAST, RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
ALLOW, ERRNO = 0x7FFF0000, 0x00050000
NUMBER, ARCHITECTURE, TYPE_OF_SOCKET = 0, 4, 24
"""Offsets in `struct seccomp_data`; the last is the low half of the second argument."""
SOCK_TYPE_MASK, SOCK_STREAM = 0xF, 1
X32 = 0x40000000

Calls = Mapping[str, tuple[int, int | None]]

UNREACHABLE: Calls = {"socket": (41, 198)}
"""By name: the number on x86-64 and on arm64. A library that finds no network goes on as it does without one."""
MISSING: Calls = {
    "io_uring_setup": (425, 425),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
}
FORBIDDEN: Calls = {"open_by_handle_at": (304, 265), "ptrace": (101, 117)}
BY_PATH: Calls = {"truncate": (76, 45)}
PRETENDED: Calls = {
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452),
    "chown": (92, None), "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54),
    "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7), "setxattrat": (463, 463),
    "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16), "removexattrat": (466, 466),
    "utime": (132, None), "utimes": (235, None), "futimesat": (261, None), "utimensat": (280, 88),
}  # fmt: skip
"""Nothing happens and success is reported: a program that copies a file with its mode is to go on."""
SOCKETPAIR = (53, 199)


@dataclass(frozen=True, slots=True)
class Machine:
    """A processor's own numbers: `audit` as the kernel names it, `column` in the tables above."""

    audit: int
    column: int


MACHINES = {
    "x86_64": Machine(0xC000003E, 0),
    "aarch64": Machine(0xC00000B7, 1),
}


def machine() -> Machine | None:
    """This machine, None where filters were not written for it."""
    known = sys.platform.startswith("linux") and sys.maxsize > 2**32
    return MACHINES.get(platform.machine()) if known else None


def program(on: Machine, keeps_metadata: bool, keeps_truncate: bool) -> bytes:
    """The filter, as the kernel reads it.

    `keeps_metadata`: mode, owner and times of files cannot be changed but inside the sandbox, so that this may be done;
    `keeps_truncate`: the same of `truncate`, which takes a path.
    """
    refused = {ERRNO | errno.ENETUNREACH: UNREACHABLE, ERRNO | errno.ENOSYS: MISSING, ERRNO | errno.EPERM: FORBIDDEN}
    if not keeps_metadata:
        refused[ERRNO] = PRETENDED
    if not keeps_truncate:
        refused[ERRNO | errno.EACCES] = BY_PATH
    return b"".join(_statements(on, refused))


def _statements(on: Machine, refused: Mapping[int, Calls]) -> Iterator[bytes]:
    # Programs for another processor (32-bit, x32) have other numbers: they make no calls at all.
    yield _statement(LOAD, ARCHITECTURE)
    yield _statement(IF_EQUAL, on.audit, 1, 0)
    yield _statement(RETURN, ERRNO | errno.ENOSYS)
    yield _statement(LOAD, NUMBER)
    yield _statement(IF_AT_LEAST, X32, 0, 1)
    yield _statement(RETURN, ERRNO | errno.ENOSYS)
    for answer, calls in refused.items():
        for numbers in calls.values():
            number = numbers[on.column]
            if number is not None:
                yield _statement(IF_EQUAL, number, 0, 1)
                yield _statement(RETURN, answer)
    # A pair of datagram sockets can be pointed at any address; of streams it cannot, and asyncio needs one.
    yield _statement(IF_EQUAL, SOCKETPAIR[on.column], 0, 4)
    yield _statement(LOAD, TYPE_OF_SOCKET)
    yield _statement(MASK, SOCK_TYPE_MASK)
    yield _statement(IF_EQUAL, SOCK_STREAM, 1, 0)
    yield _statement(RETURN, ERRNO | errno.ENETUNREACH)
    yield _statement(RETURN, ALLOW)


def _statement(code: int, value: int, if_so: int = 0, if_not: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_so, if_not, value)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("statements", ctypes.c_char_p))


def install(statements: bytes) -> None:
    """Filter this process and all that it starts, for ever. Wants PR_SET_NO_NEW_PRIVS. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    described = _Program(len(statements) // 8, statements)
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(described), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "the seccomp filter was refused")
