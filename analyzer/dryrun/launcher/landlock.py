"""Landlock (Linux 5.13): this process, and all that it starts, may write below some folders only.

Numbers and structures are those of `linux/landlock.h`. The packages that wrap them are development releases, and what
is needed of them fits on this page.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Sequence
from pathlib import Path

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
VERSION_FLAG = 1
PATH_BENEATH = 1
WRITE_FILE, REMOVE_DIR, REMOVE_FILE = 1 << 1, 1 << 4, 1 << 5
MAKE_CHAR, MAKE_DIR, MAKE_REG, MAKE_SOCK, MAKE_FIFO, MAKE_BLOCK, MAKE_SYM = (1 << bit for bit in range(6, 13))
REFER, TRUNCATE, IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
SINCE = {2: REFER, 3: TRUNCATE, 5: IOCTL_DEV}
"""Rights by the version of the interface that brought them."""
WRITES = (
    WRITE_FILE | REMOVE_DIR | REMOVE_FILE
    | MAKE_CHAR | MAKE_DIR | MAKE_REG | MAKE_SOCK | MAKE_FIFO | MAKE_BLOCK | MAKE_SYM
)  # fmt: skip
DEVICES = MAKE_CHAR | MAKE_BLOCK | IOCTL_DEV
"""Granted nowhere: a device made in the scratch folder would be the disk itself."""
HARMLESS = (Path("/dev/null"), Path("/dev/zero"), Path("/dev/full"))
TCP = 0b11
TCP_SINCE = 4
SCOPES = 0b11
"""Abstract unix sockets and signals stay inside."""
SCOPES_SINCE = 6
KEEPS_TRUNCATE_SINCE = 3
O_PATH = getattr(os, "O_PATH", 0)


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def version() -> int:
    """The version of the kernel's interface; 0 where it has none, or has it switched off."""
    if not sys.platform.startswith("linux"):
        return 0
    return max(0, int(ctypes.CDLL(None).syscall(CREATE_RULESET, None, ctypes.c_size_t(0), VERSION_FLAG)))


def restrict(folders: Sequence[Path], known: int) -> None:
    """Let this process write below `folders` alone, for ever. Wants PR_SET_NO_NEW_PRIVS. Raises OSError."""
    writes = WRITES | sum(right for since, right in SINCE.items() if known >= since)
    rules = _Ruleset(writes, TCP if known >= TCP_SINCE else 0, SCOPES if known >= SCOPES_SINCE else 0)
    size = 24 if known >= SCOPES_SINCE else 16 if known >= TCP_SINCE else 8
    ruleset = _call(CREATE_RULESET, ctypes.byref(rules), ctypes.c_size_t(size), 0)
    for folder in folders:
        _allow(ruleset, folder, writes & ~DEVICES)
    for device in HARMLESS:
        _allow(ruleset, device, WRITE_FILE | writes & TRUNCATE)
    _call(RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def _allow(ruleset: int, path: Path, rights: int) -> None:
    opened = os.open(path, O_PATH | os.O_CLOEXEC)
    _call(ADD_RULE, ruleset, PATH_BENEATH, ctypes.byref(_Beneath(rights, opened)), 0)
    os.close(opened)


def _call(number: int, *arguments: object) -> int:
    answer = int(ctypes.CDLL(None, use_errno=True).syscall(number, *arguments))
    if answer < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), "landlock")
    return answer
