"""`input_fn` trains on another dtype than the serving input receiver gives: the checkpoint will not restore.

What fails: the dtype of the features decides the dtype of the variables. NumPy's default is float64: a model trained on
it has float64 variables, the export builds float32 ones for its float32 placeholder, and restoring dies
("tensor_name = dense/kernel; expected dtype float does not equal original dtype double").

Bad:

    data = np.array([[1.0, 2.0], [3.0, 4.0]])                    # float64
    ... tf.placeholder(tf.float32, [None, 2]) in the receiver

Good:

    data = np.array([[1.0, 2.0], [3.0, 4.0]], dtype=np.float32)

The dry run confirms it by building the TRAIN graph too, on placeholders of input_fn's element_spec, and comparing its
variables with those of PREDICT.
"""

from __future__ import annotations

from collections.abc import Iterator

from astroid import nodes

from analyzer.editing.calls import with_argument
from analyzer.editing.scopes import numpy_dtype
from analyzer.editing.text import find, insert
from analyzer.expectations import VariablesDiffer
from analyzer.exportgraph.graph import Model, Pipeline, Receiver
from analyzer.findings import Patch, Related, Span, Suspicion
from analyzer.reading.arrays import DTYPE_AT
from analyzer.reading.dtypes import dtype_of
from analyzer.reading.record import ApiCall
from analyzer.reading.values import Mapping, Sequence, Tensor, Value
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL102", "training-dtype-differs-from-receiver", by_version("E", "E", "n/a"))

FLOATS = frozenset({"float16", "float32", "float64"})

SOURCES = frozenset(f"tensorflow.data.Dataset.{name}" for name in ("from_tensor_slices", "from_tensors"))
DRAWN = frozenset(
    "rand randn uniform normal random random_sample standard_normal gamma beta exponential eye identity".split()
)
"""Those whose result is cast."""


def check(model: Model) -> Iterator[Suspicion]:
    if model.receiver is None or not _makes_variables(model):
        return
    served = _dtypes(model.receiver.features)
    seen: set[Span] = set()
    for pipeline in model.pipelines:
        for key, (dtype, origin) in _trained(pipeline.features).items():
            given = served.get(key) or (next(iter(served.values())) if len(served) == 1 else None)
            if given is None or {dtype, given[0]} - FLOATS or dtype == given[0] or origin is None or origin in seen:
                continue
            seen.add(origin)
            place = _place(model.receiver, key)
            related = (Related(place, f"the receiver gives {given[0]}"),) if place is not None else ()
            yield RULE.at(
                _of_training(model, pipeline, origin),
                f"training features are {dtype} here, the receiver gives {given[0]}: "
                "the checkpoint's variables cannot be restored at export",
                expects=VariablesDiffer(frozenset({"dtype"})),
                fix=f"make the training data {given[0]} (dtype=np.{given[0]}), or cast in model_fn",
                related=(*related, *way(model)),
                patch=_patch(model, origin, given[0]),
            )


def _of_training(model: Model, pipeline: Pipeline, origin: Span) -> Span:
    """Where the array is made; of one that a helper makes, the dataset that takes it."""
    made = find(model.modules, origin, nodes.NodeNG)
    scope = made[1].scope() if made is not None else None
    for call in pipeline.calls:
        taken = find(model.modules, call.span, nodes.Call) if call.name in SOURCES else None
        if taken is not None and isinstance(scope, nodes.FunctionDef) and taken[1].scope() is not scope:
            return call.span
    return origin


def _patch(model: Model, origin: Span, dtype: str) -> Patch | None:
    """The array made in the receiver's dtype. What else is computed from it changes too: not safe."""
    found = find(model.modules, origin, nodes.Call)
    if found is None:
        return None
    module, node = found
    name = getattr(node.func, "attrname", "")
    spelled = numpy_dtype(node, dtype)
    if name in DTYPE_AT or name == "astype":
        edits = with_argument(module, node, "dtype", spelled, DTYPE_AT.get(name, 0))
    elif name in DRAWN:
        edits = (insert(module, origin.end_line, origin.end_column, f".astype({spelled})"),)
    else:
        edits = None
    return Patch(edits, safe=False) if edits else None


def _place(receiver: Receiver, key: str) -> Span | None:
    """Where the receiver gives a feature; where it is made as a whole, if that is all that is known."""
    features = receiver.features
    spans = features.spans if isinstance(features, Mapping) else {}
    only = next(iter(spans.values())) if len(spans) == 1 else receiver.span
    return spans.get(key, only)


def _makes_variables(model: Model) -> bool:
    """Whether a layer takes its dtype from a feature that was not cast before it."""
    if _dtypes_of_variables(model.calls) != _dtypes_of_variables(
        model.training.calls if model.training else model.calls
    ):
        return True
    cast = any(call.name == "tensorflow.dtypes.cast" or call.name.startswith("tensorflow.to_") for call in model.calls)
    return not cast and any(
        ".layers." in call.name or call.name.startswith(("tensorflow.layers.", "tensorflow.nn.dynamic_rnn"))
        for call in model.calls
    )


def _dtypes_of_variables(calls: tuple[ApiCall, ...]) -> dict[Span, str]:
    """The dtypes that `tf.get_variable` is told, where they are known."""
    told = {
        call.span: dtype_of(call.arguments.get("dtype", 2)) for call in calls if call.name == "tensorflow.get_variable"
    }
    return {span: dtype for span, dtype in told.items() if dtype is not None}


def _dtypes(features: Value) -> dict[str, tuple[str, Span | None]]:
    match features:
        case Mapping():
            found = {
                str(key): (value.dtype, value.origin)
                for key, value in features.entries.items()
                if isinstance(value, Tensor)
            }
            return {key: (dtype, origin) for key, (dtype, origin) in found.items() if dtype is not None}
        case Tensor() if features.dtype is not None:
            return {"": (features.dtype, features.origin)}
        case _:
            return {}


def _trained(features: Value) -> dict[str, tuple[str, Span | None]]:
    return _dtypes(features.items[0] if isinstance(features, Sequence) and features.items else features)
