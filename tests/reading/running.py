"""Runs small programs in the abstract interpreter."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from analyzer.reading.expressions import look_up
from analyzer.reading.interpreter import Interpreter
from analyzer.reading.project import Project
from analyzer.reading.values import Const, Value

PATH = Path("/nowhere/program.py")


def run(text: str) -> Interpreter:
    """The interpreter after it ran a module of this text."""
    project = Project(overlay={PATH: dedent(text)})
    interpreter = Interpreter(project)
    interpreter.main = PATH
    interpreter.run_module(project.module(PATH))
    return interpreter


def value(text: str, name: str = "x") -> Value:
    """What a variable of the module is at its end."""
    interpreter = run(text)
    env = interpreter.run_module(interpreter.project.module(PATH))
    found = look_up(interpreter, name, env)
    assert found is not None, f"{name} was never assigned"
    return found


def constant(text: str, name: str = "x") -> object:
    """The constant that a variable is, a string that says so where it is none."""
    found = value(text, name)
    return found.value if isinstance(found, Const) else f"no constant: {type(found).__name__}"


def calls(text: str) -> list[str]:
    """The library calls that the module makes, in order."""
    return [call.name for call in run("import tensorflow as tf\n" + dedent(text)).record.calls]
