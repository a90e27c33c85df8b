"""Entering the sandbox: restrictions that last, then the user's interpreter in the place of this process."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from analyzer.dryrun.launcher import bubblewrap, landlock, seccomp

PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 24, 38
CAP_DAC_OVERRIDE, MOST_CAPABILITIES = 1, 64


@dataclass(frozen=True, slots=True)
class Confinement:
    """What is applied to one worker."""

    writable: str
    """The folder below which it may write."""
    bubblewrap: str | None = None
    """Its command."""
    has_private_tmp: bool = False
    landlock: int = 0
    """The version of the kernel's interface; 0: files are not restricted by it."""
    is_filtered: bool = False


def enter(confinement: Confinement, command: Sequence[str]) -> NoReturn:
    """Become `command`, confined. Raises OSError where a restriction is refused: nothing is run without it."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    on, as_root = seccomp.machine(), os.geteuid() == 0
    if confinement.bubblewrap is not None:
        folder = Path(confinement.writable)
        wrap = [confinement.bubblewrap, *bubblewrap.arguments(folder, confinement.has_private_tmp, as_root)]
        if confinement.is_filtered and on is not None:
            wrap += ["--seccomp", str(_readable(seccomp.program(on, keeps_metadata=True, keeps_truncate=True)))]
        command = [*wrap, "--", *command]
    elif confinement.landlock or confinement.is_filtered:
        _give_up_privileges(as_root)
        if confinement.landlock:
            landlock.restrict([Path(confinement.writable)], confinement.landlock)
        if confinement.is_filtered and on is not None:
            is_whole = confinement.landlock >= landlock.KEEPS_TRUNCATE_SINCE or not confinement.landlock
            seccomp.install(seccomp.program(on, keeps_metadata=not confinement.landlock, keeps_truncate=is_whole))
    os.execv(command[0], list(command))


def _give_up_privileges(as_root: bool) -> None:
    """No program that is run may gain any; root keeps the right to read others' files, and no other, after exec."""
    libc = ctypes.CDLL(None, use_errno=True)
    if as_root:
        for capability in range(MOST_CAPABILITIES):
            if capability != CAP_DAC_OVERRIDE:
                libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "PR_SET_NO_NEW_PRIVS was refused")


def _readable(data: bytes) -> int:
    """A descriptor from which a program run by exec reads `data`, which fits into a pipe."""
    reading, writing = os.pipe()
    os.write(writing, data)
    os.close(writing)
    os.set_inheritable(reading, True)
    return reading
