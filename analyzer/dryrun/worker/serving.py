"""The two processes that outlive a stage: a guard that cleans up, and the zygote that imports TensorFlow and forks.

The guard never runs foreign code, so it survives a program that kills its parent, and ends all that is left. The
zygote reads one request a line, runs each in a child of its own with limits, and answers with one line.
"""

from __future__ import annotations

import importlib.util
import json
import os
import select
import signal
import sys
import time
import traceback
from typing import Any, Callable

from . import processes

TAIL = 8000
NOTICED = {signal.SIGCHLD, signal.SIGTERM}


def main() -> int:
    """Guard the zygote until it ends or nobody waits for it any more."""
    client = os.getppid()
    processes.adopt_orphans()
    signal.pthread_sigmask(signal.SIG_BLOCK, NOTICED)
    zygote = os.fork()
    if zygote == 0:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, NOTICED)
        processes.die_with_parent()
        serve()
        os._exit(0)
    os.close(0)
    os.close(1)
    while os.getppid() == client:
        ended, status = os.waitpid(zygote, os.WNOHANG)
        if ended:
            processes.kill_below(os.getpid())
            return 128 + (status & 127) if status & 127 else status >> 8
        if _told_to_end():
            break
    os.kill(zygote, signal.SIGKILL)
    processes.kill_below(os.getpid())
    return 1


def _told_to_end() -> bool:
    """Wait a little for a child's end or a SIGTERM; whether it was the latter."""
    if hasattr(signal, "sigtimedwait"):
        noticed = signal.sigtimedwait(NOTICED, 0.5)
        return noticed is not None and noticed.si_signo == signal.SIGTERM
    time.sleep(0.05)
    return signal.SIGTERM in signal.sigpending()


def serve() -> None:
    """Import TensorFlow, say so, then answer requests until the other end closes."""
    requests, answers = os.fdopen(os.dup(0), "r"), os.fdopen(os.dup(1), "w")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(2, 1)
    processes.adopt_orphans()
    greeting = _import_tensorflow()
    _say(answers, greeting)
    if not greeting["ready"]:
        return
    for line in iter(requests.readline, ""):
        _say(answers, _run_apart(json.loads(line), (requests.fileno(), answers.fileno())))


def _say(answers: Any, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


def _import_tensorflow() -> dict[str, Any]:
    greeting: dict[str, Any] = {"python": ".".join(map(str, sys.version_info[:3])), "not_enforced": _not_enforced()}
    greeting["legacy_keras"] = _prefer_tf_keras()
    try:
        import tensorflow
    except BaseException as error:
        greeting.update(ready=False, type=type(error).__name__, words=" ".join(str(error).split())[:500])
        return greeting
    version = getattr(tensorflow, "__version__", None)
    if version is None:
        return dict(greeting, ready=False, type="ImportError", words="the module tensorflow has no __version__")
    return dict(greeting, ready=True, tensorflow=version)


def _prefer_tf_keras() -> bool:
    """Take the Keras that still has `tf.layers` and the RNN cells, where it is installed beside Keras 3."""
    if importlib.util.find_spec("tf_keras") is None or os.environ.get("TF_USE_LEGACY_KERAS"):
        return False
    os.environ["TF_USE_LEGACY_KERAS"] = "1"
    return True


def _not_enforced() -> list[str]:
    missing = [
        "files outside the working folder and files too large to be copied into it can be written",
        "the network can be reached",
    ]
    if not processes.HAS_PROC:
        missing += ["memory is not limited", "processes that leave their process group are not ended"]
    return missing


def _run_apart(request: dict[str, Any], inherited: tuple[int, ...]) -> dict[str, Any]:
    """Run one request in a forked child: its result, and how the child ended."""
    reading, writing = os.pipe()
    started = time.time()
    child = os.fork()
    if child == 0:
        for descriptor in (reading, *inherited):
            os.close(descriptor)
        os.dup2(writing, 1)
        os.dup2(writing, 2)
        _stage(request)
    os.close(writing)
    ended, status, printed = _watch(child, reading, request["seconds"], request["memory_bytes"])
    processes.kill_below(os.getpid(), child)
    os.close(reading)
    answer: dict[str, Any] = {"ended": ended, "signal": status & 127, "printed": printed}
    answer["seconds"] = round(time.time() - started, 3)
    return answer


def _watch(child: int, reading: int, seconds: float, memory_bytes: int) -> tuple[str, int, str]:
    deadline = time.time() + seconds
    look = time.time()
    tail, open_ = b"", True
    while True:
        if open_ and select.select([reading], [], [], 0.02)[0]:
            chunk = os.read(reading, 1 << 16)
            open_ = bool(chunk)
            tail = (tail + chunk)[-TAIL:]
        elif not open_:
            time.sleep(0.02)
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return ("done" if status == 0 else "died"), status, tail.decode("utf-8", "replace")
        now = time.time()
        if now > deadline:
            return "timeout", 0, tail.decode("utf-8", "replace")
        if now > look and processes.HAS_PROC:
            look = now + 0.2
            if processes.resident_bytes(processes.descendants(os.getpid())) > memory_bytes:
                return "memory", 0, tail.decode("utf-8", "replace")


def _stage(request: dict[str, Any]) -> None:
    """In the child: run the stage, leave its result in a file, never return."""
    status, own = 1, os.getpid()
    try:
        os.setpgid(0, 0)
        processes.die_with_parent()
        result = _stages()[request["stage"]](request)
        # A program that forks comes back here twice; only the first may speak.
        if os.getpid() == own:
            save(result, request["result"])
        status = 0
    except BaseException:
        os.write(2, traceback.format_exc().encode("utf-8", "replace"))
    finally:
        os._exit(status)


def save(result: Any, path: str) -> None:
    """Write `result` so that a reader sees either all of it or the version before."""
    with open(path + ".part", "w") as out:
        out.write(json.dumps(result))
    os.replace(path + ".part", path)


def _stages() -> dict[str, Callable[[dict[str, Any]], Any]]:
    from . import building, converting, invoking

    return {"build": building.run, "read": converting.read, "convert": converting.run, "invoke": invoking.run}
