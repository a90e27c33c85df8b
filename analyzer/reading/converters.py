"""TFLiteConverter: the object that its `from_*` methods make, and what a program sets on it before it converts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from astroid import nodes

from analyzer.findings import Span
from analyzer.reading.record import Scope
from analyzer.reading.values import UNKNOWN, Api, Arguments, Choice, Const, Env, Function, Instance, Partial, Value

if TYPE_CHECKING:
    from analyzer.reading.interpreter import Interpreter

CONVERTER = "tensorflow.lite.TFLiteConverter"
CONVERTER_V1 = "tensorflow.compat.v1.lite.TFLiteConverter"
CONVERTER_V2 = "tensorflow.lite.TFLiteConverterV2"
"""On 1.x CONVERTER is the first of these, on 2.x the second."""
TARGET_SPEC = "tensorflow.lite.TargetSpec"
DATASET = "tensorflow.lite.RepresentativeDataset"
SETTABLE = frozenset({CONVERTER, TARGET_SPEC})
SETTING = "TFLiteConverter setting"
"""The name of the recorded call that stands for an assignment; its arguments: name, value, what a dataset yields."""
METHODS = (
    "from_saved_model",
    "from_session",
    "from_frozen_graph",
    "from_keras_model",
    "from_keras_model_file",
    "from_concrete_functions",
)
LOADERS = frozenset(
    f"{module}.{cls}.{method}"
    for module in ("tensorflow.lite", "tensorflow.contrib.lite", "tensorflow.lite.python.lite")
    for cls in ("TFLiteConverter", "TFLiteConverterV2", "TocoConverter")
    for method in METHODS
)


def load(run: Interpreter, callee: Api, arguments: Arguments, node: nodes.NodeNG, env: Env) -> Value:
    """`TFLiteConverter.from_*(...)`: a converter whose settings can be followed."""
    method = callee.name.rpartition(".")[2]
    old = callee.v1 or not callee.name.startswith(f"{CONVERTER}.")
    cls = CONVERTER_V2 if "ConverterV2." in callee.name else CONVERTER_V1 if old else CONVERTER
    made = run.add_call(f"{cls}.{method}", callee.spelled, arguments, env.module.span(node))
    deps = frozenset({made.id})
    spec = Instance(TARGET_SPEC, made.id, Arguments(), deps)
    return Instance(CONVERTER, made.id, Arguments(), deps, made.span, attributes={"target_spec": spec})


def note_setting(run: Interpreter, owner: Instance, target: nodes.AssignAttr, value: Value, env: Env) -> None:
    """Records `converter.name = value`, also of its target_spec; a representative dataset is run for what it yields."""
    name = target.attrname if owner.api == CONVERTER else f"target_spec.{target.attrname}"
    given: tuple[Value, ...] = (Const(name), value)
    if name == "representative_dataset":
        given = (*given, _yielded(run, value, target, env))
    parent = target.parent if isinstance(target.parent, nodes.Assign) else None
    spans: dict[int | str, Span] = {1: env.module.span(parent.value)} if parent is not None else {}
    run.add_call(SETTING, "", Arguments(given, spans=spans), env.module.span(parent or target), owner=owner)
    if name == "target_spec" and isinstance(value, Instance):
        value.attributes |= {key: item for key, item in value.arguments.keywords.items() if key not in value.attributes}


def _yielded(run: Interpreter, value: Value, node: nodes.NodeNG, env: Env) -> Value:
    if isinstance(value, Instance) and value.api == DATASET:
        value = value.arguments.get("input_gen", 0) or UNKNOWN
    if isinstance(value, Choice) or not isinstance(value, (Function, Partial)):
        return UNKNOWN
    with run.within(Scope.INPUT_PIPELINE):
        return run.call(value, Arguments(), node, env)
