"""The worker process of one interpreter: started once, asked for stages, ended with all that it started."""

from __future__ import annotations

import json
import os
import secrets
import select
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from analyzer.dryrun import environment
from analyzer.dryrun.launcher.confining import Confinement

HERE = Path(__file__).parent
LAUNCHER, WORKER = HERE / "launcher" / "main.py", HERE / "worker" / "main.py"
GREETING_SECONDS = 120.0
GRACE_SECONDS = 30.0
CLOSING_SECONDS = 20.0
STEP_SECONDS = 0.05
MOST_ANSWER_BYTES = 1 << 20
MOST_RESULT_BYTES = 1 << 28
CREEP_BYTES = 512 << 20
"""What a worker may have grown by, before it is started anew."""
INSTALL = "install tensorflow-cpu==2.15.1 there (Python 3.9 to 3.11) or name another interpreter with --python"


class Broken(Exception):
    """The interpreter cannot serve; the message is one sentence for the user."""


class Lost(Exception):
    """The worker ended, or said what no worker says."""


class Cancelled(Exception):
    """Nobody wants the outcome any more."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one stage may use; `processes`, `memory_bytes` and `disk_bytes` are of all that it starts together."""

    seconds: float
    memory_bytes: int
    disk_bytes: int
    processes: int


@dataclass(frozen=True, slots=True)
class Ended:
    """How a stage ended and what it left; `how`: "done", "died", "lost" with the worker, or the limit it broke."""

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
            case "disk":
                return "it wrote more to disk than the limit"
            case "processes":
                return "it started more processes than the limit"
            case "lost":
                return "it ended the process that watches it"
            case _ if self.signal:
                return f"its process was ended by {signal.Signals(self.signal).name}"
            case _:
                last = [line.strip() for line in self.printed.splitlines() if line.strip()][-1:]
                return f"its process ended early ({last[0][:200]})" if last else "its process ended early"


class Worker:
    """A running worker; raises Broken where the interpreter cannot give one, Cancelled while it starts."""

    def __init__(
        self, python: Path, log: Path, confinement: Confinement, cancelled: threading.Event | None = None
    ) -> None:
        self.python = python
        self.confinement = confinement
        self._log = log
        self._cancelled = cancelled or threading.Event()
        self._read = b""
        if not os.access(python, os.X_OK):
            why = "it may not be executed" if python.exists() else "there is no such file"
            raise Broken(f"{python} cannot be run ({why}): {INSTALL}")
        told = json.dumps({"confinement": asdict(confinement), "command": [str(python), str(WORKER)]})
        with log.open("wb") as written:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(LAUNCHER), told],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=written,
                env=dict(environment.of_worker(python, Path(confinement.writable))),
                cwd=confinement.writable,
                start_new_session=True,
            )
        try:
            self.greeting = self._answer(GREETING_SECONDS)
        except Lost as error:
            self.close()
            raise Broken(self._why_not_started()) from error
        except BaseException:
            self.close()
            raise
        if not self.greeting.get("ready"):
            self.close()
            raise Broken(self._why_not_ready())
        self._held_bytes = self._held_first = int(self.greeting["held_bytes"])
        self._made_of = self._stamps()

    def _why_not_started(self) -> str:
        return f"{self.python} ended before TensorFlow was imported{self._last_words()}: {INSTALL}"

    def _why_not_ready(self) -> str:
        kind, words = self.greeting.get("type", ""), self.greeting.get("words", "")
        if kind == "ModuleNotFoundError" and words.endswith("'tensorflow'"):
            return f"{self.python} has no TensorFlow: {INSTALL}"
        return f"{self.python} cannot import its TensorFlow ({kind}: {words}): {INSTALL}"

    def _last_words(self) -> str:
        lines = [line.strip() for line in self._log.read_text("utf-8", "replace").splitlines() if line.strip()]
        return f" ({lines[-1][:200]})" if lines else ""

    def serves(self, confinement: Confinement) -> bool:
        """Whether it is fresh, and hides nothing that a sandbox like this would show."""
        shows = confinement.has_private_tmp or not self.confinement.has_private_tmp
        return shows and self.is_fresh

    @property
    def is_fresh(self) -> bool:
        """Whether it runs, is silent, has not grown, and its interpreter and TensorFlow are those it was made of."""
        has_grown = self._held_bytes > self._held_first + CREEP_BYTES
        return self._process.poll() is None and not self._speaks() and not has_grown and self._stamps() == self._made_of

    def _speaks(self) -> bool:
        """Whether there is an answer although nothing was asked: a program can forge one."""
        reading = self._process.stdout
        return bool(self._read) or reading is None or bool(select.select([reading], [], [], 0)[0])

    def _stamps(self) -> tuple[tuple[int, int, int], ...]:
        stamps = []
        for path in (self.python, *map(Path, self.greeting["made_of"])):
            try:
                known = path.stat()
            except OSError:
                stamps.append((0, 0, 0))
            else:
                stamps.append((known.st_ino, known.st_size, known.st_mtime_ns))
        return tuple(stamps)

    def ask(
        self, stage: str, result: Path, limits: Limits, cancelled: threading.Event | None = None, **more: Any
    ) -> Ended:
        """Run one stage in a process of its own and wait for its end; `result`, a new file, is what it leaves.

        Raises Cancelled when the event is set; the worker stays.
        """
        number = secrets.token_hex(8)
        private = ("/tmp", "/dev/shm") if self.confinement.has_private_tmp else ("/dev/shm",)
        request = {
            "number": number,
            "stage": stage,
            "result": str(result),
            "measured": [self.confinement.writable],
            "emptied": private if self.confinement.bubblewrap is not None else (),
            **asdict(limits),
            **more,
        }
        self._cancelled = cancelled or threading.Event()
        try:
            self._say(request)
            answer = self._answered(number, limits.seconds + GRACE_SECONDS)
        except (BrokenPipeError, Lost):
            self.close()
            return Ended("lost", result=_load(result))
        self._held_bytes = answer["held_bytes"]
        return Ended(answer["ended"], answer["signal"], answer["printed"], _load(result))

    def _answered(self, number: str, seconds: float) -> dict[str, Any]:
        try:
            answer = self._answer(seconds)
        except Cancelled:
            self._say({"cancel": number})
            self._cancelled = threading.Event()
            self._answer(GRACE_SECONDS)
            raise
        if answer.get("number") != number:
            raise Lost("an answer to another question")
        return answer

    def _say(self, request: dict[str, Any]) -> None:
        if self._process.stdin is None:
            raise Lost("the worker was closed")
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()

    def _answer(self, seconds: float) -> dict[str, Any]:
        try:
            answer = json.loads(self._line(time.monotonic() + seconds))
        except ValueError as error:
            raise Lost("no answer") from error
        if not isinstance(answer, dict):
            raise Lost("no answer")
        return answer

    def _line(self, deadline: float) -> bytes:
        if self._process.stdout is None:
            raise Lost("the worker was closed")
        reading = self._process.stdout.fileno()
        while b"\n" not in self._read:
            if self._cancelled.is_set():
                raise Cancelled
            if time.monotonic() > deadline or len(self._read) > MOST_ANSWER_BYTES:
                raise Lost("no answer")
            if select.select([reading], [], [], STEP_SECONDS)[0]:
                chunk = os.read(reading, 1 << 16)
                if not chunk:
                    raise Lost("it ended")
                self._read += chunk
        line, _, self._read = self._read.partition(b"\n")
        return line

    def close(self) -> None:
        """End the worker and all that it started; what hangs is killed."""
        self._process.terminate()
        try:
            self._process.wait(timeout=CLOSING_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                _close(pipe)


def _close(pipe: IO[bytes]) -> None:
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
    """The JSON object in a file that a program could have put anything in the place of; None where it is none."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        known = os.fstat(descriptor)
        if not stat.S_ISREG(known.st_mode) or known.st_size > MOST_RESULT_BYTES:
            return None
        with open(descriptor, "rb", closefd=False) as file:
            result = json.loads(file.read(MOST_RESULT_BYTES))
    except (ValueError, RecursionError):
        return None
    finally:
        os.close(descriptor)
    return result if isinstance(result, dict) else None
