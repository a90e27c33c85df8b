"""Which files a stage looked for: while they are what they were, it need not be run again."""

from __future__ import annotations

import os
import site
import sys
from typing import Any

SYSTEM = ("/proc/", "/dev/", "/sys/")
LISTENED = {"open", "os.listdir", "os.scandir"}


def made_of() -> list[str]:
    """The interpreter and its TensorFlow."""
    import tensorflow

    return [sys.executable, os.path.realpath(sys.executable), tensorflow.__file__]


def installed() -> list[str]:
    """Folders that tell, by their times, of any package that comes, goes or is replaced."""
    return [path for path in sys.path if os.path.isdir(path) and os.path.join(path, "").startswith(_own())]


def _own() -> tuple[str, ...]:
    folders = [sys.prefix, sys.base_prefix, *site.getsitepackages(), site.getusersitepackages()]
    return tuple(os.path.join(os.path.abspath(path), "") for path in folders)


class Opened:
    """The files and folders that Python opens from now on, but for those of the interpreter."""

    def __init__(self) -> None:
        self._heard: dict[str, None] = {}
        self.can_hear = hasattr(sys, "addaudithook")
        if self.can_hear:
            sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: Any) -> None:
        if event in LISTENED and isinstance(arguments[0], (str, bytes)):
            self._heard[os.path.abspath(os.fsdecode(arguments[0]))] = None

    def paths(self) -> list[str] | None:
        """Their paths; None where this Python (3.7) does not tell."""
        passed_over = _own() + SYSTEM
        return [path for path in list(self._heard) if not path.startswith(passed_over)] if self.can_hear else None
