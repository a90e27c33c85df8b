"""What a stage has on disk: measured while it runs, and emptied after it where nobody else can."""

from __future__ import annotations

import os
import shutil
import stat
from typing import Iterable

BLOCK = 512
"""The unit of `st_blocks`."""
ENTRY_BYTES = 4096
"""What a file costs at least, so that millions of empty ones are a lot, too."""


def used_bytes(folders: Iterable[str], pids: Iterable[int]) -> int:
    """Bytes below these folders, and of deleted files that these processes still have open."""
    return sum(map(_below, folders)) + sum(_unlinked(pids).values())


def _below(folder: str) -> int:
    total, waiting = 0, [folder]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    total += ENTRY_BYTES + entry.stat(follow_symlinks=False).st_blocks * BLOCK
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except OSError:  # gone, or closed by the program that made it
            continue
    return total


def _unlinked(pids: Iterable[int]) -> dict[tuple[int, int], int]:
    found: dict[tuple[int, int], int] = {}
    for pid in pids:
        folder = "/proc/%d/fd" % pid
        try:
            for name in os.listdir(folder):
                known = os.stat(os.path.join(folder, name))
                if stat.S_ISREG(known.st_mode) and known.st_nlink == 0:
                    found[known.st_dev, known.st_ino] = known.st_blocks * BLOCK
        except OSError:  # the process, or the file, is gone
            continue
    return found


def empty(folder: str) -> None:
    """Remove all that lies in a folder."""
    for entry in list(os.scandir(folder)):
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path, ignore_errors=True)
        else:
            os.unlink(entry.path)
