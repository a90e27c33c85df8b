"""The representative dataset is not a function that yields lists of arrays of the types that the model takes.

What fails: a list or a generator that was called already is "not callable"; an array that is yielded bare is refused
("You need to provide either a dictionary ... or an array with input values", on 1.15 "expected input to be a list");
NumPy's float64 is refused where the model takes float32 ("Got value of type FLOAT64 but expected type FLOAT32"), and so
is an item with fewer arrays than the model has inputs. A dict of input names is taken by 2.x only. 2.x calls the
function only where `optimizations` is set, 1.15 also for TFLITE_BUILTINS_INT8.

Bad:

    def samples():
        for _ in range(100):
            yield np.random.rand(1, 4)

Good:

    def samples():
        for row in rows[:100]:
            yield [row[np.newaxis].astype(np.float32)]

The dry run does the conversion as the script does it, with what the function yields, and confirms these words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from analyzer.expectations import AsCalled
from analyzer.exportgraph.conversions import Conversion, Setting
from analyzer.exportgraph.graph import Model
from analyzer.findings import Certainty, Outcome, Suspicion, Target
from analyzer.reading.values import Array, Const, Sequence, Tensor, Value
from analyzer.reading.values import Mapping as Dict
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL607", "unusable-representative-dataset", by_version("X", "X", "X"))

SAYS = (
    "object is not callable",
    "You need to provide either a dictionary",
    "expected input to be a list",
    "Cannot set tensor",
    "Invalid input shapes",
    "Invalid input size",
)


def check_conversion(conversion: Conversion, model: Model | None) -> Iterator[Suspicion]:
    data = conversion.settings.get("representative_dataset")
    called = _called(conversion)
    if data is None or not any(called.values()):
        return
    found = _fault(data, _takes_float32(model))
    if found is None:
        return
    what, fix, versions = found
    fatal = {target for target in versions if called[target]}
    outcomes = {target: Outcome.NEVER if target in fatal else Outcome.BUILTINS for target in Target}
    certainties = (conversion.certainty_of("representative_dataset", "optimizations"), conversion.link)
    yield RULE.at(
        data.span,
        what,
        expects=AsCalled(conversion.places, says=SAYS),
        certainty=Certainty.MAYBE if Certainty.MAYBE in certainties else Certainty.CERTAIN,
        outcomes=outcomes,
        fix=fix,
        related=way(model) if model is not None else (),
    )


def _called(conversion: Conversion) -> Mapping[Target, bool]:
    """On which versions the converter asks for data at all."""
    optimized = bool(conversion.items("optimizations"))
    int8 = "TFLITE_BUILTINS_INT8" in (conversion.items("target_spec.supported_ops") or ())
    return {Target.V1_15: optimized or int8, Target.V2_15: optimized, Target.V2_21: optimized}


def _takes_float32(model: Model | None) -> bool:
    """Whether every input of the model is certainly a float32."""
    if model is None or model.receiver is None or not model.receiver.all_tensors:
        return False
    tensors = model.receiver.tensors.values()
    return bool(tensors) and all(isinstance(tensor, Tensor) and tensor.dtype == "float32" for tensor in tensors)


def _fault(data: Setting, float32: bool) -> tuple[str, str, tuple[Target, ...]] | None:
    """What is wrong with a dataset, what to do, and on which versions."""
    every = tuple(Target)
    if isinstance(data.value, Sequence):
        kind = "a list" if not _was_generator(data.value) else "a generator that runs already"
        return f"is {kind}, and the converter calls it", "give the function itself, without calling it", every
    if isinstance(data.value, Array | Dict) or (isinstance(data.value, Const) and data.value.value is not None):
        return "is no function, and the converter calls it", "give a function that yields lists of arrays", every
    items = data.yields.items if isinstance(data.yields, Sequence) else []
    for item in items:
        if isinstance(item, Array):
            return "yields an array, not a list with one array for each input", "yield [array]", every
        if isinstance(item, Dict) and item.entries:
            return "yields a dict, which 1.15 refuses", "yield a list of arrays in the order of the inputs", every[:1]
        if float32 and isinstance(item, Sequence) and any(_is_float64(one) for one in item.items):
            fix = "yield [array.astype(np.float32)]"
            return "yields float64 arrays, and the model takes float32", fix, every
    return None


def _was_generator(value: Sequence) -> bool:
    """What a call of a generator function left: its items are not all known."""
    return not value.complete


def _is_float64(value: Value) -> bool:
    return isinstance(value, Array) and value.dtype == "float64"
