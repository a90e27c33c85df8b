"""Other TensorFlows than the one that runs the tests: an environment each, made once on this machine and kept.

It lies under `~/.cache/tflint-tests`, named for what is in it, so that checkouts share it and other pins make it anew.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
KEPT = Path.home() / ".cache" / "tflint-tests"
READY = "ready"
"""The file in an environment that is there once all of it is."""


@dataclass(frozen=True, slots=True)
class TensorFlow:
    """A version, and the Python that it runs on."""

    version: str
    python: str

    @property
    def pins(self) -> Path:
        return ROOT / "constraints" / f"tensorflow-{self.version}.txt"


V1_15 = TensorFlow("1.15.5", "3.7")
V2_21 = TensorFlow("2.21.0", "3.12")


class CannotBeMade(Exception):
    """The environment cannot be made here; the message says why."""


def interpreter(wanted: TensorFlow) -> Path:
    """The Python of its environment, which is made where it is missing; skips the test where that cannot be done."""
    try:
        return _environment(wanted) / "bin" / "python"
    except CannotBeMade as error:
        pytest.skip(f"NOT TESTED with TensorFlow {wanted.version}: {error}")


@cache
def _environment(wanted: TensorFlow) -> Path:
    python = _python(wanted.python)
    key = hashlib.sha256(wanted.pins.read_bytes() + os.fsencode(python)).hexdigest()[:12]
    folder = KEPT / f"tensorflow-{wanted.version}-{key}"
    KEPT.mkdir(parents=True, exist_ok=True)
    with _alone(KEPT / f"{folder.name}.lock"):
        if not (folder / READY).exists():
            shutil.rmtree(folder, ignore_errors=True)
            _run(str(python), "-m", "venv", str(folder))
            pip = (str(folder / "bin" / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check")
            _run(*pip, "install", "--no-deps", "--requirement", str(wanted.pins))
            (folder / READY).touch()
    return folder


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Waits for other processes of the test run that are making the same."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _python(version: str) -> Path:
    """A Python of this version that runs: pyenv puts names on PATH that may run none."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    named = shutil.which(f"python{version}")
    for found in [*([Path(named)] if named else []), *sorted(pyenv.glob(f"{version}.*/bin/python{version}"))]:
        if subprocess.run([str(found), "-c", ""], capture_output=True, check=False).returncode == 0:
            return found
    raise CannotBeMade(f"no python{version} on PATH or in {pyenv}")


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise CannotBeMade(f"`{' '.join(command)}` failed: {''.join(last)}")
