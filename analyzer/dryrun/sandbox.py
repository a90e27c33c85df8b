"""How far this machine can keep a program from harm: which mechanisms there are, and what they leave open."""

from __future__ import annotations

import os
import platform
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from analyzer.dryrun.launcher import bubblewrap, landlock, seccomp
from analyzer.dryrun.launcher.confining import Confinement
from analyzer.settings import Sandbox

ELSEWHERE = Path("/var/tmp")
FILES = "files outside the working folder and files too large to be copied into it can be written"
NETWORK = "the network can be reached"
UNIX_SOCKETS = "unix sockets of other programs can be reached"
SIGNALS = "other processes can be signalled, and one that means to can outlive its run"
PROCESSES = "memory is not limited", "processes that leave their process group are not ended"


@dataclass(frozen=True, slots=True)
class Mechanisms:
    """What there is to confine with; the fields are those of Confinement."""

    bubblewrap: str | None = None
    landlock: int = 0
    is_filtered: bool = False

    @property
    def not_enforced(self) -> tuple[str, ...]:
        """What a program can do all the same."""
        left = [] if Path("/proc/self").is_dir() else [*PROCESSES]
        if self.bubblewrap is not None:
            return (*left, *(() if self.is_filtered else (UNIX_SOCKETS,)))
        open_files = () if self.landlock else (FILES,)
        open_network = () if self.is_filtered else (NETWORK,)
        open_signals = () if self.landlock >= landlock.SCOPES_SINCE else (SIGNALS,)
        return (*left, *open_files, *open_network, *open_signals)

    def base(self) -> Path | None:
        """Where scratch folders are to lie, so that a program's /tmp can be its own; None: with all temporary files."""
        is_hidden = self.bubblewrap is not None and is_below(Path(tempfile.gettempdir()), bubblewrap.PRIVATE)
        return ELSEWHERE if is_hidden and os.access(ELSEWHERE, os.W_OK | os.X_OK) else None

    def confinement(self, writable: Path, needed: tuple[Path, ...]) -> Confinement:
        """The sandbox of a worker that writes below `writable` and reads `needed`."""
        hidden = bubblewrap.PRIVATE
        return Confinement(
            writable=str(writable),
            bubblewrap=self.bubblewrap,
            has_private_tmp=self.bubblewrap is not None
            and not any(is_below(path, hidden) for path in (writable, *needed)),
            landlock=0 if self.bubblewrap is not None else self.landlock,
            is_filtered=self.is_filtered,
        )


@cache
def found() -> Mechanisms:
    """What this machine has: bubblewrap before Landlock, for it gives a program processes and a /tmp of its own."""
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return Mechanisms(bubblewrap.usable(as_root), landlock.version(), seccomp.machine() is not None)


def chosen(wanted: Sandbox) -> Mechanisms:
    return Mechanisms() if wanted == "off" else found()


def why_refused(wanted: Sandbox) -> str | None:
    """The sentence of a dry run that is not made, because this machine cannot enforce all that was required."""
    left = found().not_enforced
    if wanted != "required" or not left:
        return None
    advice = "install bubblewrap, or say" if platform.system() == "Linux" else "say"
    return f"--sandbox required, and here {', '.join(left)}: {advice} --sandbox auto to run it all the same"


def is_below(path: Path, folder: Path) -> bool:
    """Whether a path, or what it links to, is in a folder."""
    return any(folder in (way, *way.parents) for way in (path, path.resolve()))
