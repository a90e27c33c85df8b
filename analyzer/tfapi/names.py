"""The names of the TensorFlow API: one canonical spelling for each symbol, and the versions that lack a spelling."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from analyzer.findings import Target

_ROOT = "tensorflow."
_FOLDER = Path(__file__).parent
_TREES = ("", "compat.v1.", "compat.v2.")
_SPELLINGS_OF_A_TREE = (
    ("_api.v1.compat.v1.", 1),
    ("_api.v1.compat.v2.", 2),
    ("_api.v1.v1.", 1),
    ("_api.v1.", 1),
    ("_api.v2.compat.v1.", 1),
    ("_api.v2.compat.v2.", 2),
    ("_api.v2.v2.", 2),
    ("_api.v2.", 2),
    ("compat.v1.", 1),
    ("compat.v2.", 2),
)
_OTHER_PACKAGES = (
    ("tensorflow_core.", ""),
    ("keras.api.", "keras."),
    ("tf_keras.", "keras."),
    ("tf_slim.", "contrib.slim."),
)
_INTERNAL = ("python.", "contrib.")
_ORDER = tuple(Target)


@cache
def _names() -> dict[str, str]:
    """`{name below tensorflow: "presence canonical"}`; the canonical is left out where it is the name itself."""
    rows: dict[str, str] = json.loads((_FOLDER / "names.json").read_text(encoding="utf-8"))
    return rows


@cache
def _internal_names() -> dict[str, dict[str, str]]:
    """`{module of TensorFlow's own code: {attribute: canonical name below tensorflow}}`."""
    rows: dict[str, dict[str, str]] = json.loads((_FOLDER / "internal_names.json").read_text(encoding="utf-8"))
    return rows


@cache
def _canonicals() -> frozenset[str]:
    return frozenset(row.partition(" ")[2] or name for name, row in _names().items())


def _tree_and_rest(below: str) -> tuple[int, str]:
    """Which API tree a name below `tensorflow.` was spelled in (0: the package itself), and the name without it."""
    tree = 0
    while True:
        for prefix, number in _SPELLINGS_OF_A_TREE:
            if below.startswith(prefix):
                below, tree = below[len(prefix) :], tree or number
                break
            if below == prefix[:-1]:
                return tree or number, ""
        else:
            return tree, below


def _below_tensorflow(dotted: str) -> str | None:
    """The name below `tensorflow.`, None for what is no TensorFlow name."""
    for package, replacement in _OTHER_PACKAGES:
        if dotted.startswith(package):
            return replacement + dotted[len(package) :]
    if dotted.startswith(_ROOT):
        return dotted[len(_ROOT) :]
    return dotted if dotted.startswith("keras.") else None


def _from_internal(dotted: str, below: str) -> str | None:
    """The public name of what one of TensorFlow's own modules gives, with what follows it."""
    module, _, attribute = dotted.rpartition(".")
    rest = ""
    while module.count("."):
        public = _internal_names().get(module, {}).get(attribute)
        if public is not None:
            return public + rest
        module, _, last = module.rpartition(".")
        rest, attribute = f".{attribute}{rest}", last
    return "keras." + below.removeprefix("python.keras.") if below.startswith("python.keras.") else None


@cache
def canonical(dotted: str) -> str:
    """The one spelling that all spellings of a symbol fold to; a name that is not known keeps all but its tree."""
    if dotted.startswith(("tensorflow_core.", "tensorflow_estimator.")):
        dotted = dotted.replace("tensorflow_core.", _ROOT, 1)
    below = _below_tensorflow(dotted)
    if below is None and not dotted.startswith("tensorflow_estimator."):
        return dotted
    rest = _tree_and_rest(below or "")[1]
    if below is not None and not rest:
        return "tensorflow"
    if below is None or rest.startswith(("python.", "keras.src.")) or ".python." in rest:
        home = dotted if dotted.startswith(("tensorflow_estimator.", "keras.")) else _ROOT + rest
        rest = _from_internal(home, rest) or rest
        if not rest:
            return dotted
    names = _names()
    known, tail = rest, ""
    while known:
        row = names.get(known)
        if row is not None:
            return _ROOT + (row.partition(" ")[2] or known) + tail
        known, _, last = known.rpartition(".")
        tail = f".{last}{tail}"
    return _ROOT + rest


def is_known(dotted: str) -> bool:
    """Whether this canonical name is a symbol of a measured TensorFlow."""
    return dotted.startswith(_ROOT) and dotted[len(_ROOT) :] in _canonicals()


def missing_from(target: Target, dotted: str) -> bool:
    """Whether this spelling, as written, was looked for in that TensorFlow and is not there.

    A name that no measured TensorFlow has is not missing: it may be the user's own attribute, or newer than the tables.
    """
    if not dotted.startswith(_ROOT):
        return False
    tree, name = _tree_and_rest(dotted[len(_ROOT) :])
    bit = 1 << (3 * _ORDER.index(target) + tree)
    names = _names()
    parts = name.split(".")
    return any(
        not int(row.partition(" ")[0], 16) & bit
        for row in (names.get(".".join(parts[:count])) for count in range(1, len(parts) + 1))
        if row is not None
    )
