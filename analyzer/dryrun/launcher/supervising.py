"""The process that outlives every run: outside the sandbox, it runs no foreign code and ends all that is left.

It is told to end by SIGTERM, by the end of tflint, or by the end of the interpreter. Orphans become its children, so
that no double fork escapes it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from analyzer.dryrun import scratch
from analyzer.dryrun.launcher import confining
from analyzer.dryrun.worker import processes

NOTICED = {signal.SIGCHLD, signal.SIGTERM}


def main(told: str) -> int:
    """Run the command that `told`, a JSON object, holds, confined as it says; the status to exit with."""
    client, asked = os.getppid(), json.loads(told)
    processes.adopt_orphans()
    _take_precedence()
    signal.pthread_sigmask(signal.SIG_BLOCK, NOTICED)
    outside = processes.Outside(os.getpid(), processes.namespace())
    interpreter = os.fork()
    if interpreter == 0:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, NOTICED)
        processes.die_with_parent()
        _become(asked, outside)
    os.close(0)
    os.close(1)
    status = _until_end(client, interpreter)
    processes.kill_below(os.getpid())
    if os.getppid() != client:
        # It was killed, and cannot clean up.
        scratch.remove(Path(asked["confinement"]["writable"]).parent)
    return status


def _until_end(client: int, interpreter: int) -> int:
    while os.getppid() == client:
        ended, status = os.waitpid(interpreter, os.WNOHANG)
        if ended:
            return 128 + (status & 127) if status & 127 else status >> 8
        if _told_to_end():
            break
    os.kill(interpreter, signal.SIGKILL)
    return 1


def _take_precedence() -> None:
    """Root has no limit of processes: whoever ends a fork bomb must run before it. Stages give this up."""
    if os.geteuid() == 0:
        with suppress(PermissionError):  # a root without CAP_SYS_NICE
            os.setpriority(os.PRIO_PROCESS, 0, -20)


def _become(asked: dict[str, Any], outside: processes.Outside) -> NoReturn:
    command = [*asked["command"], *outside.told()]
    try:
        confining.enter(confining.Confinement(**asked["confinement"]), command)
    except OSError as error:
        print(error, file=sys.stderr, flush=True)
        os._exit(1)


def _told_to_end() -> bool:
    """Wait a little for a child's end or a SIGTERM; whether it was the latter."""
    if hasattr(signal, "sigtimedwait"):
        noticed = signal.sigtimedwait(NOTICED, 0.5)
        return noticed is not None and noticed.si_signo == signal.SIGTERM
    time.sleep(0.05)
    return signal.SIGTERM in signal.sigpending()
