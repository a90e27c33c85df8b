"""Edits to the program's own calls of the converter."""

from __future__ import annotations

from analyzer.editing.calls import argument, with_argument, written
from analyzer.editing.scopes import tensorflow_at
from analyzer.exportgraph.graph import Model
from analyzer.findings import Edit
from analyzer.reading.record import ApiCall

NAMED_BY = {1: ("signature_key", 5), 2: ("signature_keys", 1)}
"""The argument that names the signature, and its position, in the converter of each API version."""


def naming(model: Model, version: int, key: str) -> tuple[Edit, ...] | None:
    """The signature named in every conversion of a SavedModel that names none.

    None unless each of them certainly calls the converter of this API version.
    """
    name, index = NAMED_BY[version]
    edits: list[Edit] = []
    for call in (conversion.load for conversion in model.conversions):
        if not call.name.endswith(".from_saved_model"):
            continue
        found = written(model.modules, call)
        if found is None or version_of(model, call) != version:
            return None
        if argument(found[1], name, index) is None:
            added = with_argument(*found, name, key, index)
            if added is None:
                return None
            edits += added
    return tuple(edits)


def version_of(model: Model, call: ApiCall) -> int | None:
    """The API version of the converter that a call is of; None where it depends on the TensorFlow installed."""
    found = written(model.modules, call)
    if found is None:
        return None
    if ".compat.v1." in f".{call.spelled}.":
        return 1
    if ".compat.v2." in f".{call.spelled}.":
        return 2
    spelled = tensorflow_at(*found)
    return spelled.version if spelled is not None and call.spelled.startswith(f"{spelled.name}.lite.") else None
