"""Names as a program spells them, and their canonical ones (`tensorflow.compat.v1.log` is `tensorflow.math.log`)."""

from __future__ import annotations

from functools import lru_cache

from analyzer.tfapi.names import canonical

LIBRARIES = frozenset(
    "absl keras numpy six tensorflow tensorflow_estimator tensorflow_hub tensorflow_probability tf_keras "
    "tf_slim".split()
)
"""Packages that are never looked for among the project's own files."""

_ELSEWHERE = {
    "tf_slim": "tensorflow.contrib.slim",
    "tf_keras": "tensorflow.keras",
    "tensorflow.contrib.slim.arg_scope": "tensorflow.contrib.framework.arg_scope",
    "tensorflow.contrib.framework.python.ops.arg_scope": "tensorflow.contrib.framework.arg_scope",
}


@lru_cache(maxsize=16384)
def external(dotted: str) -> str | None:
    """The canonical name of a library's symbol; None for a name that may be the project's own."""
    top, _, rest = dotted.partition(".")
    if top not in LIBRARIES:
        return None
    if top in _ELSEWHERE:
        dotted = f"{_ELSEWHERE[top]}.{rest}" if rest else _ELSEWHERE[top]
    return _ELSEWHERE.get(name := canonical(dotted), name)


def is_v1(dotted: str) -> bool:
    """Whether a library's symbol is spelled as the 1.x API's, which 2.x keeps under `tensorflow.compat.v1`."""
    return f"{dotted}.".startswith("tensorflow.compat.v1.")


def short(name: str) -> str:
    """A canonical name as people write it ("tf.nn.relu")."""
    return name.replace("tensorflow.", "tf.", 1)
