"""List every public name of the TensorFlow that runs this file, as JSON on the path given.

Run by `measure_tfapi_names.py`, in the interpreter that is measured: Python 3.7 or newer, the standard library and
TensorFlow only.
"""

from __future__ import annotations

import importlib
import json
import sys
import types
from typing import Any

TREES = ("", "compat.v1", "compat.v2")
# These hang below the package for the import system only; nobody calls them as API.
NOT_API = {"python", "core", "compiler", "tools", "include", "compat", "dtensor", "distribute_lib", "tsl"}
NOT_API |= {"pywrap_tensorflow", "absolute_import", "division", "print_function"}
MEMBERS_OF = ("data.", "estimator.")
# Modules that re-export for their importers; anywhere else a public object is a bystander unless defined there.
GATHERING = (
    "tensorflow.python.ops.nn",
    "tensorflow.python.ops.rnn_cell",
    "tensorflow.python.ops.standard_ops",
    "tensorflow.python.layers.layers",
    "tensorflow.python.training.training",
    "tensorflow.python.platform.",
    "tensorflow.python.estimator.",
    "tensorflow_estimator.python.estimator.",
    "tensorflow.contrib.framework.python.ops",
    "tensorflow.contrib.layers.python.layers",
    "tensorflow.python.saved_model.",
    "tensorflow.python.keras.",
)
INTERNAL = (
    "tensorflow.python.",
    "tensorflow_core.python.",
    "tensorflow_estimator.python.",
    "tensorflow.contrib.",
    "tensorflow_core.contrib.",
    "keras.src.",
)


def api_names(thing: Any, attribute: str) -> list[str]:
    """The endpoints that `tf_export` wrote on this object itself (a subclass inherits the attribute, not the name)."""
    found = getattr(thing, "__dict__", {}).get(attribute, ())
    return [name for name in found if isinstance(name, str)]


def kind_of(thing: Any) -> str:
    if isinstance(thing, types.ModuleType):
        return "module"
    if isinstance(thing, type):
        return "class"
    return "function" if callable(thing) else "constant"


def unwrapped(thing: Any) -> Any:
    """TF 1.15 wraps deprecated functions for each endpoint; the decorated target is what aliases share."""
    while True:
        decorator = getattr(thing, "__dict__", {}).get("_tf_decorator")
        target = getattr(decorator, "_decorated_target", None)
        if target is None:
            return thing
        if not callable(target) or isinstance(target, type):
            return thing
        thing = target


def read(module: Any, name: str) -> Any:
    """The attribute, or None where this TensorFlow lists it but does not have it."""
    try:
        return getattr(module, name)
    except (AttributeError, ImportError, NotImplementedError, RuntimeError):
        return None


class Listing:
    """Names found, and the objects behind them."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}
        self.objects: dict[int, str] = {}
        self.alive: list[Any] = []

    def add(self, spelling: str, thing: Any) -> None:
        row: dict[str, Any] = {"kind": kind_of(thing)}
        if row["kind"] in ("class", "function") or type(thing).__name__ == "DType":
            target = unwrapped(thing)
            self.alive.append(target)
            row["id"] = id(target)
            self.objects.setdefault(id(target), spelling)
            for attribute in ("_tf_api_names", "_tf_api_names_v1", "_keras_api_names", "_estimator_api_names"):
                names = api_names(thing, attribute) or api_names(target, attribute)
                if names:
                    row[attribute] = names
        self.rows[spelling] = row

    def walk(self, spelling: str, module: Any, seen: frozenset[int]) -> None:
        """List `module` and what lies below it; a module inside itself is listed once."""
        if id(module) in seen or spelling.count(".") > 7:
            return
        inner = seen | {id(module)}
        for name in sorted(set(dir(module))):
            if name.startswith("_") or name in NOT_API:
                continue
            thing = read(module, name)
            if thing is None or type(thing).__name__ == "_Feature":
                continue
            below = f"{spelling}.{name}"
            if isinstance(thing, types.ModuleType):
                if public_module(below, read(thing, "__name__") or ""):
                    read(thing, "__doc__")
                    self.rows[below] = {"kind": "module"}
                    self.walk(below, thing, inner)
                continue
            if ".contrib" in below and bystander(thing, read(module, "__name__") or "", spelling):
                continue
            self.add(below, thing)
            if isinstance(thing, type) and any(part in below for part in MEMBERS_OF) and ".contrib." not in below:
                for member in dir(thing):
                    if not member.startswith("_"):
                        self.rows[f"{below}.{member}"] = {"kind": "member"}


def bystander(thing: Any, module: str, spelling: str) -> bool:
    """Whether a contrib module merely imported this: contrib's plain modules hide nothing of what they use."""
    home = getattr(thing, "__module__", None)
    if home is None:
        return False
    if spelling.count(".") == 3 and ".python." in module:
        return str(home) != module
    return not str(home).startswith(("tensorflow", "tensorflow_core", "tensorflow_estimator"))


def public_module(spelling: str, real: str) -> bool:
    if ".contrib" in spelling:
        return real.startswith(("tensorflow.contrib", "tensorflow_core.contrib")) and spelling.count(".") <= 3
    if real.split(".")[0] not in ("tensorflow", "tensorflow_core", "keras", "tensorflow_estimator"):
        return False
    return "._api" in real or ".api" in real or ".compat" in real or ".python." not in real or spelling.count(".") <= 3


def internal_names(listing: Listing) -> dict[str, str]:
    """Where else in TensorFlow's own modules the public objects can be imported from."""
    found: dict[str, str] = {}
    for name, module in sorted(sys.modules.items()):
        if not name.startswith(INTERNAL) or module is None or "._api" in name or ".api." in name:
            continue
        for attribute, thing in sorted(vars(module).items()):
            if attribute.startswith("_") or kind_of(thing) not in ("class", "function"):
                continue
            target = unwrapped(thing)
            public = listing.objects.get(id(target))
            plain = name.replace("tensorflow_core.", "tensorflow.")
            home = getattr(target, "__module__", None) or ""
            generated = home.rpartition(".")[2].startswith("gen_") and ".python.ops." in name
            if public is not None and (home == name or generated or plain.startswith(GATHERING)):
                found[f"{plain}.{attribute}"] = public
    return found


def main(path: str) -> None:
    """Write the listing."""
    import tensorflow as tf

    listing = Listing()
    for tree in TREES:
        root = tf
        for part in tree.split(".") if tree else ():
            root = getattr(root, part)
        listing.walk("tensorflow." + tree if tree else "tensorflow", root, frozenset())
    missing: list[str] = []
    try:
        contrib = importlib.import_module("tensorflow.contrib")
    except ImportError as error:
        missing.append(str(error))
    else:
        listing.rows["tensorflow.contrib"] = {"kind": "module"}
        listing.walk("tensorflow.contrib", contrib, frozenset())
    with open(path, "w") as out:
        json.dump(
            {
                "version": tf.__version__,
                "missing": missing,
                "rows": listing.rows,
                "internal": internal_names(listing),
            },
            out,
        )


main(sys.argv[1])
