"""The zygote: it imports TensorFlow and the stages once, and runs every request in a fork of itself.

One request a line comes in, one answer a line goes out. Nothing of the user's runs in this process, but a program may
end it; then the launcher, outside, ends the rest.
"""

from __future__ import annotations

import contextlib
import gc
import importlib.util
import json
import operator
import os
import select
import sys
import time
import traceback
from typing import Any, Callable, Dict

from . import processes
from .disk import empty
from .limits import RUNG, bind
from .opened import Opened, installed, made_of
from .watching import Watch

CHUNK = 1 << 16

Stages = Dict[str, Callable[[Dict[str, Any]], Any]]


def main(told: list[str]) -> int:
    """Import TensorFlow, say so, then answer requests until the other end closes."""
    requests, answers = Lines(os.dup(0)), os.fdopen(os.dup(1), "w")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(2, 1)
    processes.adopt_orphans()
    outside = processes.Outside.of(told)
    greeting = _import_tensorflow()
    stages = _stages() if greeting["ready"] else {}
    # What is there already will stay: a fork that collects garbage need neither look at it nor copy its pages.
    gc.collect()
    gc.freeze()
    _say(answers, greeting)
    request = requests.next() if greeting["ready"] else None
    while request is not None:
        # A cancellation that comes late finds its stage ended: there is nothing left to do.
        if "stage" in request:
            _say(answers, _run_apart(request, stages, requests, (requests.descriptor, answers.fileno()), outside))
        request = requests.next()
    return 0


class Lines:
    """Requests, read from a descriptor that is also looked at while a stage runs."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._read = b""

    def next(self) -> dict[str, Any] | None:
        """The next request; None when nobody will make any."""
        while b"\n" not in self._read:
            chunk = os.read(self.descriptor, CHUNK)
            if not chunk:
                return None
            self._read += chunk
        line, _, self._read = self._read.partition(b"\n")
        request: dict[str, Any] = json.loads(line)
        return request

    def has_cancelled(self, number: str) -> bool:
        """Whether the request that is being served was taken back, or nobody waits for it any more."""
        if not select.select([self.descriptor], [], [], 0)[0]:
            return False
        request = self.next()
        return request is None or request.get("cancel") == number


def _say(answers: Any, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


def _import_tensorflow() -> dict[str, Any]:
    greeting: dict[str, Any] = {"python": ".".join(map(str, sys.version_info[:3]))}
    greeting["legacy_keras"] = _prefer_tf_keras()
    try:
        import tensorflow
    except BaseException as error:
        greeting.update(ready=False, type=type(error).__name__, words=" ".join(str(error).split())[:500])
        return greeting
    version = getattr(tensorflow, "__version__", None)
    if version is None:
        return dict(greeting, ready=False, type="ImportError", words="the module tensorflow has no __version__")
    _import_what_is_lazy(tensorflow)
    held = processes.held_bytes([os.getpid()])
    return dict(greeting, ready=True, tensorflow=version, made_of=made_of(), installed=installed(), held_bytes=held)


def _import_what_is_lazy(tensorflow: Any) -> None:
    """What TensorFlow imports when it is first looked at, which nearly every program does."""
    for module, name in ((tensorflow, "estimator.Estimator"), (tensorflow.compat.v1, "layers.dense")):
        # Where it is gone or broken, the program says so that wants it.
        with contextlib.suppress(AttributeError, ImportError):
            operator.attrgetter(name)(module)


def _prefer_tf_keras() -> bool:
    """Take the Keras that still has `tf.layers` and the RNN cells, where it is installed beside Keras 3."""
    if importlib.util.find_spec("tf_keras") is None or os.environ.get("TF_USE_LEGACY_KERAS"):
        return False
    os.environ["TF_USE_LEGACY_KERAS"] = "1"
    return True


def _run_apart(
    request: dict[str, Any], stages: Stages, requests: Lines, own: tuple[int, ...], outside: processes.Outside
) -> dict[str, Any]:
    """Run one request in a forked child: how that ended. Its result is in a file."""
    reading, writing = os.pipe()
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        for descriptor in (reading, *own):
            os.close(descriptor)
        os.dup2(writing, 1)
        os.dup2(writing, 2)
        _stage(request, stages)
    os.close(writing)
    watch = Watch(child, reading, request)
    watch.until_end(lambda: requests.has_cancelled(request["number"]))
    processes.kill_below(os.getpid(), child, outside)
    os.close(reading)
    for folder in request["emptied"]:
        empty(folder)
    return {
        "number": request["number"],
        "ended": watch.how,
        "signal": watch.status & 127,
        "printed": watch.printed,
        "seconds": round(time.monotonic() - started, 3),
        "held_bytes": processes.held_bytes([os.getpid()]),
    }


def _stage(request: dict[str, Any], stages: Stages) -> None:
    """In the child: run the stage, leave its result in a file, never return."""
    status, own = 1, os.getpid()
    try:
        os.setpgid(0, 0)
        processes.die_with_parent()
        bind(request)
        opened = Opened()
        result = dict(stages[request["stage"]](request))
        result["opened"] = None if RUNG.is_set() else opened.paths()
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


def _stages() -> Stages:
    from . import building, converting, invoking, loading

    return {
        "build": building.run,
        "load": loading.run,
        "read": converting.read,
        "convert": converting.run,
        "invoke": invoking.run,
    }
