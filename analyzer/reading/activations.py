"""The function that a layer is told to apply to its result: a call of its own, or one of the project's functions."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from astroid import nodes

from analyzer.reading.values import Api, Arguments, Const, Env, Function, Partial, Tensor, Value
from analyzer.tfapi.names import canonical

if TYPE_CHECKING:
    from analyzer.reading.interpreter import Interpreter

POSITIONS = {"tensorflow.layers.dense": 2, "tensorflow.layers.conv1d": 7, "tensorflow.layers.conv2d": 7} | {
    "tensorflow.layers.Dense": 1,
    "tensorflow.keras.layers.Dense": 1,
    "tensorflow.keras.layers.Activation": 0,
}
"""Where `activation` stands among the positional arguments."""
LAYERS_OF_KERAS = ("tensorflow.keras.", "tensorflow.layers.")
"""Their layers apply it while they are called; those of contrib do so afterwards."""
RECURRENT = ("RNN", "LSTM", "GRU", "Cell", "LSTM2D")
"""Layers that apply theirs inside their loop."""


def applied(run: Interpreter, layer: str, given: Arguments, value: Value, node: nodes.NodeNG, env: Env) -> Value:
    """What the layer returns: its activation applied to what it computes."""
    if not isinstance(value, Tensor) or ".layers." not in layer or layer.endswith(RECURRENT):
        return value
    chosen = given.get("activation", POSITIONS.get(layer)) or given.get("activation_fn")
    match chosen:
        case Const(value=str(name)):
            chosen = Api(canonical(f"tensorflow.nn.{name}"))
        case Api() | Function() | Partial():
            pass
        case _:
            return value
    with run.calling_layer() if layer.startswith(LAYERS_OF_KERAS) else nullcontext():
        result = run.call(chosen, Arguments((value,)), node, env)
    return result if isinstance(result, Tensor) else value
