"""Running the user's files: the program as `__main__`, and modules by path."""

from __future__ import annotations

import ast
import asyncio
import importlib
import importlib.util
import inspect
import os
import sys
import types
from typing import Any

from . import packages
from .frames import Project
from .interactive import names, stand_in_for_ipython
from .overlay import Overlay


def fresh_main(program: str, interactive: bool, package: str) -> dict[str, Any]:
    """The namespace of a new `__main__`, part of a package or of none (""); it stays readable when the program dies."""
    module = types.ModuleType("__main__")
    if interactive:
        module.__dict__.update(names())
        stand_in_for_ipython()
    else:
        module.__file__ = program
        module.__package__ = package or None
    module.__builtins__ = __builtins__  # type: ignore[attr-defined]
    sys.modules["__main__"] = module
    return module.__dict__


def execute(program: str, namespace: dict[str, Any], overlay: Overlay, interactive: bool) -> None:
    """Run a file in a namespace; one that awaits at its top, as a notebook may, to its end."""
    flags = getattr(ast, "PyCF_ALLOW_TOP_LEVEL_AWAIT", 0) if interactive else 0
    code = compile(overlay.read(program), program, "exec", flags, dont_inherit=True)
    if code.co_flags & inspect.CO_COROUTINE:
        asyncio.run(types.FunctionType(code, namespace)())
    else:
        exec(code, namespace)


def main_lines(text: str | bytes) -> set[int]:
    """The lines below `if __name__ == "__main__":`."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return set()
    guarded = [
        statement
        for guard in tree.body
        if isinstance(guard, ast.If) and any(getattr(one, "id", "") == "__name__" for one in ast.walk(guard.test))
        for statement in guard.body
    ]
    return {node.lineno for statement in guarded for node in ast.walk(statement) if hasattr(node, "lineno")}


def import_by_path(path: str, project: Project, overlay: Overlay) -> dict[str, Any]:
    """The namespace of a module given by its file, under the dotted name it has on the import path."""
    if not path.endswith(".py"):
        raise ImportError("it is no module, and the run of it did not get that far")
    folder, name = packages.place(path)
    for module in list(sys.modules.values()):
        known = getattr(module, "__file__", None)
        if known and module.__name__ != "__main__" and os.path.realpath(known) == os.path.realpath(path):
            return vars(module)
    if folder not in sys.path:
        sys.path.insert(1, folder)
    known = sys.modules.get(name)
    if known is None:
        return vars(importlib.import_module(name))
    # Another module already has this name: load the file under one of its own.
    spec = importlib.util.spec_from_file_location("_tflint_" + name.replace(".", "_"), path)
    if spec is None or spec.loader is None:
        raise ImportError("cannot import " + path)
    module = importlib.util.module_from_spec(overlay.of_spec(spec))
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return vars(module)


def sources(project: Project, program: str) -> list[str]:
    """The files of the user's that were loaded, the program first."""
    loaded = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    own = {project.own(path) for path in loaded if path and path.endswith(".py")}
    return [program, *sorted(path for path in own if path is not None and path != program)]
