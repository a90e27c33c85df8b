"""Which lines of a stack are the user's own."""

from __future__ import annotations

import functools
import inspect
import os
import sys
from typing import Any, Dict

HERE = os.path.dirname(os.path.abspath(__file__))
FOREIGN = ("site-packages", "dist-packages")

Frame = Dict[str, Any]
"""{"path": str, "line": int, "function": str}."""


class Project:
    """The folder whose files count as the user's; environments inside it do not."""

    def __init__(self, folder: str, program: str) -> None:
        self.folder = os.path.realpath(folder)
        self.program = os.path.realpath(program)
        self._known: dict[str, str | None] = {}

    def own(self, path: str) -> str | None:
        """The absolute path of a file of the user's, None for any other."""
        if path not in self._known:
            self._known[path] = self._judge(path)
        return self._known[path]

    def _judge(self, path: str) -> str | None:
        if path.startswith("<"):
            return None
        real = os.path.realpath(path)
        if real == self.program:
            return os.path.abspath(path)
        if not real.startswith(self.folder + os.sep) or real.startswith((HERE + os.sep, _environment(self.folder))):
            return None
        return None if any(part in FOREIGN for part in real.split(os.sep)) else os.path.abspath(path)

    def relative(self, path: str) -> str:
        """How a message names a file."""
        real = os.path.realpath(path)
        inside = real.startswith(self.folder + os.sep)
        return os.path.relpath(real, self.folder) if inside else os.path.basename(path)

    def place(self, frames: list[Frame]) -> str:
        """The innermost of `frames` as "model.py:19", "" where there is none."""
        return "%s:%d" % (self.relative(frames[-1]["path"]), frames[-1]["line"]) if frames else ""

    def sentence(self, error: dict[str, Any]) -> str:
        """An exception in one line: "KeyError: 'x' (model.py:19)"."""
        where = self.place(error["frames"])
        words = " ".join(error["words"].split())[:300]
        return str(error["type"]) + (": " + words if words else "") + (" (%s)" % where if where else "")

    def of_traceback(self, traceback: Any) -> list[Frame]:
        """The user's frames of an exception, outermost first."""
        found = []
        while traceback is not None:
            code = traceback.tb_frame.f_code
            found.append((code.co_filename, traceback.tb_lineno, code.co_name))
            traceback = traceback.tb_next
        return self._select(found)

    def of_stack(self) -> list[Frame]:
        """The user's frames that are running now, outermost first."""
        found = []
        frame = sys._getframe(1)
        while frame is not None:
            found.append((frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name))
            frame = frame.f_back  # type: ignore[assignment]
        return self._select(found[::-1])

    def of_op(self, op: Any) -> list[Frame]:
        """The user's frames that made an operation, outermost first."""
        return self._select([_entry(entry) for entry in op.traceback or ()])

    def _select(self, entries: list[tuple[str, int, str]]) -> list[Frame]:
        selected = []
        for path, line, function in entries:
            own = self.own(path)
            if own is not None:
                selected.append({"path": own, "line": line, "function": function})
        return selected

    def of_callable(self, function: Any) -> Frame | None:
        """Where a function, method, partial or callable object is defined, if the user wrote it."""
        function = undecorated(function)
        code = getattr(function, "__code__", None)
        own = self.own(code.co_filename) if code is not None else None
        if code is None or own is None:
            return None
        return {"path": own, "line": code.co_firstlineno, "function": function.__name__}

    def of_wrapped(self, function: Any, argument: str, depth: int = 3) -> Frame | None:
        """Like `of_callable`, but a function of TensorFlow's may hold the user's, known by an argument it takes."""
        place = self.of_callable(function)
        if place is not None or depth == 0:
            return place
        for cell in getattr(undecorated(function), "__closure__", None) or ():
            inner = getattr(undecorated(cell.cell_contents), "__code__", None) if callable(cell.cell_contents) else None
            if inner is not None and argument in inner.co_varnames[: inner.co_argcount]:
                place = self.of_wrapped(cell.cell_contents, argument, depth - 1)
                if place is not None:
                    return place
        return None


def undecorated(function: Any) -> Any:
    """The plain function behind partials, methods, wrappers and callable objects."""
    while True:
        if isinstance(function, functools.partial):
            function = function.func
        elif inspect.ismethod(function):
            function = function.__func__
        elif hasattr(function, "__wrapped__"):
            function = function.__wrapped__
        elif not hasattr(function, "__code__") and not isinstance(function, type) and callable(function):
            call = type(function).__call__
            if not hasattr(call, "__code__"):
                return function
            function = call
        else:
            return function


def _environment(folder: str) -> str:
    """A prefix no user file has: the running environment, where it lies inside the project."""
    prefix = os.path.realpath(sys.prefix)
    return prefix + os.sep if prefix.startswith(folder + os.sep) else os.sep + "\0"


def _entry(entry: Any) -> tuple[str, int, str]:
    if isinstance(entry, tuple):
        return entry[0], entry[1], entry[2]
    return entry.filename, entry.lineno, entry.name


def raised(error: BaseException, project: Project) -> dict[str, Any]:
    """An exception as the protocol tells it; a syntax error's place counts as its innermost frame."""
    frames = project.of_traceback(error.__traceback__)
    words = str(error)
    if isinstance(error, SyntaxError) and error.filename and project.own(error.filename) and error.lineno:
        frames.append({"path": os.path.abspath(error.filename), "line": error.lineno, "function": "<module>"})
        words = error.msg or words
    return {"type": type(error).__name__, "words": words[:4000], "frames": frames}
