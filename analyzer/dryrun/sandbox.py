"""The folder a program runs in: its relative reads find what lies beside it, its relative writes stay in scratch."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

COPIED_BYTES = 64 << 20
"""Files are copied up to this sum, so that a program may write to them; larger ones are linked."""
MOST_ENTRIES = 4000
DEEPEST = 6
SKIPPED = frozenset({".git", ".hg", ".svn", "__pycache__", "node_modules", ".venv", "venv", ".tox", ".mypy_cache"})


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder of our own that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="tflint-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def environment(python: Path, scratch: Path) -> Mapping[str, str]:
    """What the worker's process inherits: no GPU, a quiet TensorFlow, the interpreter's own tools on PATH."""
    inherited = {key: value for key, value in os.environ.items() if key not in ("TF_CONFIG", "PYTHONSTARTUP")}
    return inherited | {
        "PATH": os.pathsep.join([str(python.parent), os.environ.get("PATH", os.defpath)]),
        "TMPDIR": str(scratch),
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONWARNINGS": "ignore",
    }


class _Mirror:
    """Copies of small files, links to the rest, until a budget is spent."""

    def __init__(self) -> None:
        self.bytes = COPIED_BYTES
        self.entries = MOST_ENTRIES

    def fill(self, source: Path, target: Path, depth: int = 0) -> None:
        target.mkdir(exist_ok=True)
        for entry in sorted(os.scandir(source), key=lambda entry: (entry.is_dir(), entry.name)):
            place = target / entry.name
            self.entries -= 1
            if entry.name in SKIPPED or place.exists() or self.entries < 0:
                continue
            if entry.is_dir(follow_symlinks=False) and depth < DEEPEST and os.access(entry.path, os.R_OK | os.X_OK):
                self.fill(Path(entry.path), place, depth + 1)
            elif entry.is_file() and os.access(entry.path, os.R_OK) and entry.stat().st_size <= self.bytes:
                self.bytes -= entry.stat().st_size
                shutil.copyfile(entry.path, place)
            else:
                place.symlink_to(entry.path)


def working_folder(program: Path, project: Path, scratch: Path) -> Path:
    """A folder that looks like the program's own, and where it has nothing, like the project's."""
    folder = scratch / "cwd"
    mirror = _Mirror()
    mirror.fill(program.parent, folder)
    if project != program.parent and project in program.parents:
        mirror.fill(project, folder)
    return folder
