"""bubblewrap, where it is installed: the file system read-only but for one folder, no network, processes of its own."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path

PRIVATE = Path("/tmp")
"""Empty and the program's own inside, unless something that it needs lies there."""
PRIVATE_BYTES = 1 << 30
SHARED_MEMORY_BYTES = 1 << 28
PROBE_SECONDS = 10.0


def arguments(writable: Path | None, has_private_tmp: bool, as_root: bool) -> list[str]:
    """The flags of one sandbox. Root keeps the right to read others' files, which a user namespace would take."""
    own = ["--cap-add", "CAP_DAC_OVERRIDE"] if as_root else ["--unshare-user"]
    tmp = ["--size", str(PRIVATE_BYTES), "--tmpfs", str(PRIVATE)] if has_private_tmp else []
    bound = ["--bind", str(writable), str(writable)] if writable is not None else []
    return [
        *("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"),
        *("--die-with-parent", "--new-session", "--cap-drop", "ALL", *own),
        *("--ro-bind", "/", "/", "--proc", "/proc", "--remount-ro", "/proc", "--dev", "/dev", "--remount-ro", "/dev"),
        *("--size", str(SHARED_MEMORY_BYTES), "--tmpfs", "/dev/shm"),
        *tmp,
        *bound,
    ]


@cache
def usable(as_root: bool) -> str | None:
    """The command, where it is installed and does what is asked of it here."""
    command = shutil.which("bwrap")
    if command is None:
        return None
    tried = [command, *arguments(None, True, as_root), "true"]
    try:
        done = subprocess.run(tried, stdin=subprocess.DEVNULL, capture_output=True, timeout=PROBE_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return command if done.returncode == 0 else None
