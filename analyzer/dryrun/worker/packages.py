"""Where a program's imports are looked up: beside it, and where the packages begin that it is a part of."""

from __future__ import annotations

import ast
import os
import sys


def place(path: str) -> tuple[str, str]:
    """The folder that the packages of a module lie in, and its dotted name from there."""
    folder, name = os.path.dirname(path), os.path.splitext(os.path.basename(path))[0]
    while os.path.exists(os.path.join(folder, "__init__.py")) and os.path.dirname(folder) != folder:
        name = os.path.basename(folder) + ("" if name == "__init__" else "." + name)
        folder = os.path.dirname(folder)
    return folder, name


def package(program: str, text: str | bytes) -> str:
    """The package that a program counts on being run in, as `python -m` does; "" where it would run as a script too."""
    inside = place(program)[1].rpartition(".")[0]
    return inside if inside and _imports_from(inside.partition(".")[0], text) else ""


def _imports_from(top: str, text: str | bytes) -> bool:
    """Whether a module imports relatively, or by the name of its own outermost package."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
            if node.level:
                return True
        else:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if any(name.partition(".")[0] == top for name in names):
            return True
    return False


def set_path(program: str, in_package: bool, roots: list[str]) -> None:
    """Let imports find what lies beside a program, in the folder of its packages and, after all else, in `roots`."""
    own, above = os.path.dirname(program), place(program)[0]
    sys.path[:0] = [above, own] if in_package else [own, above]
    sys.path += [root for root in roots if os.path.isdir(root) and root not in sys.path]
