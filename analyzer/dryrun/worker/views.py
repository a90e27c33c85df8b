"""TensorFlow 1 programs on TensorFlow 2: whether they need the compat.v1 view, and how to give it."""

from __future__ import annotations

import ast
import re
import sys
from typing import Any

MISSING = re.compile(r"module '(tensorflow[\w.]*)' has no attribute '(\w+)'")
NOT_EAGER = re.compile(r"not compatible with eager|not supported (?:in|when) eager|eager execution is (?:not|enabled)")
API_PREFIX = re.compile(r"^tensorflow(\._api\.v2)?(\.v2)?\.?")


def present_as_v1() -> None:
    """Let `import tensorflow` mean compat.v1 with TensorFlow 2 behaviour off, in this process for good."""
    import tensorflow.compat.v1 as v1

    v1.disable_v2_behavior()
    sys.modules["tensorflow"] = v1


def calls_for_v1(words: str) -> str | None:
    """The name whose absence these words tell of and compat.v1 would mend ("" for eager execution), else None."""
    import tensorflow

    if tensorflow.__version__.startswith("1."):
        return None
    missing = MISSING.search(words)
    if missing:
        path = (API_PREFIX.sub("", missing.group(1)) + "." + missing.group(2)).strip(".")
        return "tf." + path if _has(tensorflow.compat.v1, path.split(".")) else None
    return "" if NOT_EAGER.search(words) else None


def v1_names(sources: list[str | bytes]) -> list[str]:
    """The TensorFlow names these sources use that only compat.v1 has ("tf.layers"), sorted."""
    import tensorflow

    found: set[str] = set()
    for source in sources:
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError):
            continue
        for chain in _chains(tree):
            for end in range(1, len(chain) + 1):
                if not _has(tensorflow, chain[:end]):
                    if _has(tensorflow.compat.v1, chain[:end]):
                        found.add("tf." + ".".join(chain[:end]))
                    break
    return sorted(found)


def _chains(tree: ast.AST) -> list[list[str]]:
    """Attribute chains on names bound to the module tensorflow, without that name."""
    bound = {
        alias.asname or "tensorflow"
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name == "tensorflow"
    }
    chains = []
    for node in ast.walk(tree):
        names: list[str] = []
        while isinstance(node, ast.Attribute):
            names.insert(0, node.attr)
            node = node.value
        if names and isinstance(node, ast.Name) and node.id in bound:
            chains.append(names)
    return chains


def _has(module: Any, names: list[str]) -> bool:
    for name in names:
        if not hasattr(module, name):
            return False
        module = getattr(module, name)
    return True
