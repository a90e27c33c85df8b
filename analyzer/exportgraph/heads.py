"""The heads of TensorFlow's own that make an export's outputs: a canned estimator's, or the one in model_fn."""

from __future__ import annotations

import re

from analyzer.exportgraph.graph import Model
from analyzer.findings import Certainty
from analyzer.reading.values import Instance, Sequence, Value, constant

_PREFIX = r"tensorflow\.(contrib\.)?estimator\.(experimental\.)?"
HEADED = re.compile(_PREFIX + r"(DNN|Linear|Baseline|BoostedTrees|RNN)\w*(Classifier|Regressor|Estimator)$")
"""Estimators whose signatures a head makes."""
SEVERAL = re.compile(_PREFIX + r"(MultiHead|multi_head)$")


def uses_head(model: Model) -> bool:
    """Whether a head makes the signatures: a canned estimator's, or `head.create_estimator_spec` in model_fn."""
    if model.model_fn is None and model.estimator is not None and model.spec is None:
        return bool(HEADED.match(model.estimator.name))
    return model.spec is not None and model.spec.name.endswith(".create_estimator_spec")


def head(model: Model) -> tuple[Value | None, Certainty]:
    """The head that a program makes itself, None where there is none, and how certain its use is."""
    estimator, spec = model.estimator, model.spec
    if spec is not None and spec.name.endswith(".create_estimator_spec"):
        return spec.owner, spec.certainty
    if model.model_fn is not None or estimator is None:
        return None, Certainty.CERTAIN
    return estimator.arguments.get("head", 0), model.estimator_certainty


def members(value: Value | None) -> tuple[Instance, ...]:
    """The heads that are one: those of a MultiHead, as far as they are known, else the head itself."""
    if not isinstance(value, Instance):
        return ()
    if not SEVERAL.match(value.api):
        return (value,)
    given = value.arguments.get("heads", 0)
    return tuple(one for one in given.items if isinstance(one, Instance)) if isinstance(given, Sequence) else ()


def names_of_several(model: Model) -> list[str] | None:
    """The names of a MultiHead's heads, None where it is none or they are not all known."""
    made, _ = head(model)
    if not isinstance(made, Instance) or not SEVERAL.match(made.api):
        return None
    given = made.arguments.get("heads", 0)
    if not isinstance(given, Sequence) or not given.complete:
        return None
    names = [constant(one.arguments.get("name")) if isinstance(one, Instance) else None for one in given.items]
    return [name for name in names if isinstance(name, str)] if all(isinstance(name, str) for name in names) else None
