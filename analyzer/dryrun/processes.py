"""The worker process of one interpreter: started once, asked for stages, ended with all that it started."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analyzer.dryrun import sandbox

WORKER = Path(__file__).parent / "worker" / "main.py"
GREETING_SECONDS = 120.0
GRACE_SECONDS = 30.0
INSTALL = "install tensorflow-cpu==2.15.1 there (Python 3.9 to 3.11) or name another interpreter with --python"


class Broken(Exception):
    """The interpreter cannot serve; the message is one sentence for the user."""


class Lost(Exception):
    """The worker ended, or said what no worker says."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a stage ended and what it left; `how`: "done", "died", "timeout", "memory", or "lost" with the worker."""

    how: str
    signal: int = 0
    printed: str = ""
    result: dict[str, Any] | None = None

    @property
    def words(self) -> str:
        """A clause for a stage that did not end by itself."""
        match self.how:
            case "timeout":
                return "it did not end within the time limit"
            case "memory":
                return "it needs more memory than the limit"
            case "lost":
                return "it ended the process that watches it"
            case _ if self.signal:
                return f"its process was ended by {signal.Signals(self.signal).name}"
            case _:
                last = [line.strip() for line in self.printed.splitlines() if line.strip()][-1:]
                return f"its process ended early ({last[0][:200]})" if last else "its process ended early"


class Worker:
    """A running worker; raises Broken where the interpreter cannot give one."""

    def __init__(self, python: Path, folder: Path) -> None:
        self.python = python
        descriptor, name = tempfile.mkstemp(".log", "worker-", folder)
        self._log = Path(name)
        with open(descriptor, "wb") as log:
            try:
                self._process = subprocess.Popen(
                    [str(python), str(WORKER)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    env=dict(sandbox.environment(python, folder)),
                    cwd=folder,
                    start_new_session=True,
                )
            except OSError as error:
                raise Broken(f"{python} cannot be run ({error.strerror}): {INSTALL}") from error
        try:
            with self._ended_after(GREETING_SECONDS):
                self.greeting = self._answer()
        except Lost as error:
            self.close()
            raise Broken(f"{python} ended before TensorFlow was imported{self._last_words()}: {INSTALL}") from error
        if not self.greeting.get("ready"):
            self.close()
            raise Broken(self._why_not_ready())

    def _why_not_ready(self) -> str:
        kind, words = self.greeting.get("type", ""), self.greeting.get("words", "")
        if kind == "ModuleNotFoundError" and words.endswith("'tensorflow'"):
            return f"{self.python} has no TensorFlow: {INSTALL}"
        return f"{self.python} cannot import its TensorFlow ({kind}: {words}): {INSTALL}"

    def _last_words(self) -> str:
        lines = [line.strip() for line in self._log.read_text("utf-8", "replace").splitlines() if line.strip()]
        return f" ({lines[-1][:200]})" if lines else ""

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, stage: str, folder: Path, seconds: float, memory_bytes: int, **more: Any) -> Ended:
        """Run one stage in a process of its own and wait for its end."""
        result = folder / f"{stage}.json"
        result.unlink(missing_ok=True)
        request = {"stage": stage, "seconds": seconds, "memory_bytes": memory_bytes, "result": str(result), **more}
        try:
            self._say(request)
            with self._ended_after(seconds + GRACE_SECONDS):
                answer = self._answer()
        except (BrokenPipeError, Lost):
            self.close()
            return Ended("lost", result=_load(result))
        return Ended(answer["ended"], answer["signal"], answer["printed"], _load(result))

    def _say(self, request: dict[str, Any]) -> None:
        if self._process.stdin is None:
            raise Lost("the worker was closed")
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()

    def _answer(self) -> dict[str, Any]:
        line = self._process.stdout.readline() if self._process.stdout is not None else b""
        try:
            answer = json.loads(line)
        except ValueError as error:
            raise Lost(repr(line[:200])) from error
        if not isinstance(answer, dict):
            raise Lost(repr(line[:200]))
        return answer

    @contextmanager
    def _ended_after(self, seconds: float) -> Iterator[None]:
        timer = threading.Timer(seconds, self._process.terminate)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def close(self) -> None:
        """End the worker and all that it started; what hangs is killed."""
        self._process.terminate()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                _close(pipe)


def _close(pipe: Any) -> None:
    try:
        pipe.close()
    except BrokenPipeError:
        return


def located(python: Path) -> Path:
    """An interpreter named without a folder is looked for on PATH; links stay, they may be an environment's."""
    if python.parent == Path() and not python.exists():
        found = shutil.which(str(python))
        return Path(found) if found else python
    return Path(os.path.abspath(python))


def _load(path: Path) -> dict[str, Any] | None:
    return json.loads(path.read_text()) if path.exists() else None
