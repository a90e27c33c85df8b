"""The Python that dry runs use: what the settings say, else the environment that is active, the folder's own, PATH."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

SECONDS = 20.0
PROBE = "import importlib.util as u; print(u.find_spec('tensorflow') is not None)"
BINARY = Path("Scripts/python.exe") if sys.platform == "win32" else Path("bin/python")


def interpreter(setting: str, folder: Path | None) -> Path:
    """The interpreter of a folder. A repository's files are never asked for it."""
    if setting:
        path = Path(setting).expanduser()
        return path if folder is None or path.parent == Path() else folder / path
    return next(_candidates(folder), Path(sys.executable))


def _candidates(folder: Path | None) -> Iterator[Path]:
    environments = [Path(active)] if (active := os.environ.get("VIRTUAL_ENV")) else []
    environments += [folder / ".venv"] if folder is not None else []
    yield from (path for environment in environments if os.access(path := environment / BINARY, os.X_OK))
    yield from (Path(found) for name in ("python3", "python") if (found := shutil.which(name)))


async def has_tensorflow(python: Path) -> bool | None:
    """Whether an interpreter finds TensorFlow, which is not imported; None where it cannot be run."""
    try:
        asked = await asyncio.create_subprocess_exec(
            python, "-c", PROBE,
            cwd=python.anchor or "/",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
    except OSError:
        return None
    try:
        async with asyncio.timeout(SECONDS):
            told, _ = await asked.communicate()
    except TimeoutError:
        asked.kill()
        await asked.wait()
        return None
    return told.strip() == b"True" if asked.returncode == 0 else None
