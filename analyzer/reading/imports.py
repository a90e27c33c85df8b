"""Imports: library names are canonical API names, the project's own files are read when a name of theirs is used."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from astroid import nodes

from analyzer.reading.names import external, is_v1
from analyzer.reading.project import Module, Project
from analyzer.reading.values import UNKNOWN, Api, Deferred, Env, ModuleValue, Value

if TYPE_CHECKING:
    from analyzer.reading.interpreter import Interpreter


def plain(run: Interpreter, node: nodes.Import, env: Env) -> None:
    """`import a.b.c`, `import a.b.c as d`."""
    for name, alias in node.names:
        bound = name if alias else name.split(".")[0]
        target = alias or bound
        canonical = external(bound)
        own = None if canonical else run.project.locate(env.module.path, bound)
        env.assign(target, Deferred(own) if own else Api(canonical or bound, target, v1=is_v1(bound)))


def members(run: Interpreter, node: nodes.ImportFrom, env: Env) -> bool:
    """`from a.b import c`; False for a relative import of what is not there."""
    level = node.level or 0
    canonical = None if level else external(node.modname)
    path = None if canonical else run.project.locate(env.module.path, node.modname, level)
    for name, alias in node.names:
        if name == "*":
            module = run.project.readable(path) if path is not None else None
            if module is not None:
                found = run.run_module(module).variables
                env.variables |= {key: value for key, value in found.items() if not key.startswith("_")}
            continue
        dotted = f"{node.modname}.{name}" if node.modname else name
        submodule = None if canonical else run.project.locate(env.module.path, dotted, level)
        if submodule is not None:
            env.assign(alias or name, Deferred(submodule))
        elif path is not None:
            env.assign(alias or name, Deferred(path, name))
        elif level:
            return False
        else:
            full = f"{canonical or node.modname}.{name}"
            v1 = is_v1(f"{node.modname}.{name}")
            env.assign(alias or name, Api(external(full) or full, alias or name, v1=v1))
    return True


def imported_files(project: Project, module: Module) -> Iterator[Path]:
    """The project's own files that a module imports directly."""
    for node in module.tree.nodes_of_class((nodes.Import, nodes.ImportFrom)):
        level = getattr(node, "level", None) or 0
        base = node.modname if isinstance(node, nodes.ImportFrom) else ""
        for name, _ in node.names:
            dotted = f"{base}.{name}" if base else name
            if not level and external(dotted):
                continue
            for candidate in (dotted, base):
                path = project.locate(module.path, candidate, level) if candidate or level else None
                if path is not None:
                    yield path


def resolve(run: Interpreter, deferred: Deferred) -> Value:
    """What an imported name stands for, now that it is used."""
    module = run.project.readable(deferred.path)
    if module is None:
        return UNKNOWN
    scope = run.run_module(module)
    if not deferred.name:
        return ModuleValue(module, scope)
    value = scope.variables.get(deferred.name, UNKNOWN)
    return resolve(run, value) if isinstance(value, Deferred) and value != deferred else value


def member(run: Interpreter, owner: ModuleValue, name: str) -> Value:
    """`module.name`: a variable of the module, or a module of its package."""
    value = owner.env.variables.get(name)
    if value is None and owner.module.path.stem == "__init__":
        path = run.project.locate(owner.module.path, name, 1)
        value = Deferred(path) if path is not None else None
    if isinstance(value, Deferred):
        value = owner.env.variables[name] = resolve(run, value)
    return value if value is not None else UNKNOWN
