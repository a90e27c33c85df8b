"""Follows one model on the PREDICT path: receiver, then model_fn with mode "infer", then back from its outputs."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence as Several
from dataclasses import replace

from analyzer.exportgraph import entrypoints, receivers, unfollowed
from analyzer.exportgraph.calling import call_model_fn
from analyzer.exportgraph.conversions import Conversion, conversions, linked
from analyzer.exportgraph.graph import ExportGraph, Model, Pipeline, Receiver
from analyzer.exportgraph.training import with_training
from analyzer.exportgraph.wiring import PLACEHOLDERS, SPARSE
from analyzer.findings import Certainty
from analyzer.reading import kerasmodels
from analyzer.reading.controlflow import as_tensors
from analyzer.reading.datasets import batched, sliced
from analyzer.reading.dialect import names_of_v1
from analyzer.reading.interpreter import Interpreter
from analyzer.reading.project import Module, Project
from analyzer.reading.record import ONE_OF, ApiCall, Scope
from analyzer.reading.values import (
    NONE,
    UNKNOWN,
    Arguments,
    Choice,
    Const,
    Deps,
    Env,
    Function,
    Instance,
    Mapping,
    Partial,
    Sequence,
    Unknown,
    UserObject,
    Value,
    deps_of,
)

SPECS = ("EstimatorSpec", "TPUEstimatorSpec")
MOST_STEPS = 200_000
V1_SWITCHES = frozenset(
    {"tensorflow.disable_v2_behavior", "tensorflow.disable_control_flow_v2", "tensorflow.disable_v2_control_flow"}
)


def follow(project: Project, module: Module) -> ExportGraph:
    """The export graph of a program whose main file is `module`."""
    run = Interpreter(project)
    run.main = module.path
    entries = entrypoints.find(run, module)
    env = run.run_module(module)
    nothing: list[tuple[ApiCall | None, Value | None]] = [(None, None)]
    models: list[tuple[entrypoints.EntryPoint, Model]] = []
    told = entrypoints.all_told(entries)
    for entry in entries:
        if entry.estimator is None and (told or _is_reached(run, entry.model_fn)):
            continue
        pairs = [*entry.exports] or nothing
        models += ((entry, _model(run, entry, export, receiver, env)) for export, receiver in pairs)
    exported = {model.model_fn for _, model in models if model.export is not None}
    models = [
        (entry, model) for entry, model in models if model.export is not None or model.model_fn not in exported - {None}
    ]
    calls, limits = tuple(run.record.calls), tuple(run.record.limits)
    followed = [with_training(run, entry, model, env) for entry, model in models]
    modules = {one.path: one for one in run.modules}
    trained = tuple(replace(model, modules=modules) for model in followed)
    unfollowed = () if models else tuple(entrypoints.export_lines(module, env))
    converted = tuple(conversions(calls, v1_program=any(names_of_v1(module) for module in run.modules)))
    of_models, alone = _with_conversions(trained, converted)
    return ExportGraph(module.path, of_models, calls, limits, unfollowed, alone)


def _with_conversions(
    models: Several[Model], converted: Several[Conversion]
) -> tuple[tuple[Model, ...], tuple[Conversion, ...]]:
    """The models, each with the conversions of its export, and the conversions of none."""
    exports = [model.export for model in models if model.export is not None]
    found: list[Model] = []
    taken: list[Conversion] = []
    for model in models:
        own = [
            replace(conversion, link=link)
            for conversion in converted
            if model.export is not None and (link := linked(conversion, model.export, exports)) is not None
        ]
        taken += own
        found.append(replace(model, conversions=tuple(own)))
    known = {id(conversion.load) for conversion in taken}
    return tuple(found), tuple(conversion for conversion in converted if id(conversion.load) not in known)


def _is_reached(run: Interpreter, value: Value | None) -> bool:
    """Whether another model has run this function already: then it is a part of that, not a model of its own."""
    function = entrypoints.function_of(value)
    return function is not None and id(function.node) in run.reached


def _written(function: Function) -> Function:
    """The function that another passes for."""
    while function.wraps is not None:
        function = function.wraps
    return function


def _model(
    run: Interpreter, entry: entrypoints.EntryPoint, export: ApiCall | None, receiver_fn: Value | None, env: Env
) -> Model:
    record = run.record
    start, reads, uses = len(record.calls), len(record.reads), len(record.uses)
    run.steps_left = max(run.steps_left, MOST_STEPS)
    with record.limited() as limits:
        receiver = receivers.evaluate(run, receiver_fn, export, env)
        if receiver is not None and receiver.kind == "unknown":
            record.limit(unfollowed.receiver(export))
        features = receiver.features if receiver is not None else Unknown(tag="features")
        spec = None
        if entry.model_fn is not None:
            labels = Const(None, tag="labels")
            spec = call_model_fn(run, entry, features, labels, "infer", Scope.MODEL, env)
        target = entrypoints.function_of(entry.model_fn)
        if (given := _of_keras_model(run, entry, export, features, env)) is not None:
            predictions, outputs, spec_call, roots = given, None, None, deps_of(given)
        else:
            predictions, outputs, spec_call, roots = _outputs(run, spec, receiver, target)
        stop = len(record.calls)
    live = _live(record.calls, roots, receiver)
    doubtful = live - _live(record.calls, roots, receiver, past_doubt=False)
    pipelines = tuple(_pipeline(run, input_fn, env) for input_fn in entry.input_fns)
    return Model(
        found_by=entry.found_by,
        estimator=entry.estimator,
        model_fn=receivers.place_of(entry.model_fn),
        model_fn_span=_written(target).span if target else None,
        export=export,
        receiver=receiver,
        pipelines=pipelines,
        calls=tuple(_doubted(call) if call.id in doubtful else call for call in record.calls[start:stop]),
        live=live,
        reads=tuple(record.reads[reads:]),
        uses=tuple(record.uses[uses:]),
        predictions=predictions,
        export_outputs=outputs,
        spec=spec_call,
        control_flow_v2=not _v1_behaviour(run),
        limits=tuple(limits),
        returned=spec,
    )


def _of_keras_model(
    run: Interpreter, entry: entrypoints.EntryPoint, export: ApiCall | None, features: Value, env: Env
) -> Value | None:
    """What a Keras model that became an Estimator predicts; None where there is none, or its layers are not known."""
    called = export or entry.estimator
    if called is None or not isinstance(entry.keras_model, Instance):
        return None
    with run.within(Scope.MODEL):
        return kerasmodels.of_estimator(run, entry.keras_model, features, called.span, env)


def _outputs(
    run: Interpreter, spec: Value | None, receiver: Receiver | None, function: Function | None
) -> tuple[Value, Value | None, ApiCall | None, Deps]:
    """predictions, export_outputs, the call that made the EstimatorSpec, and the calls that the outputs came from."""
    if spec is None:
        return UNKNOWN, None, None, deps_of(receiver.features) if receiver else NONE
    if isinstance(spec, Choice):
        options = [_outputs(run, option, receiver, function) for option in spec.options]
        options = [option for option in options if option[2] is not None] or options
        return *options[0][:3], frozenset().union(*(option[3] for option in options))
    if isinstance(spec, UserObject) and spec.made is not None:
        spec = spec.made
    if not isinstance(spec, Instance):
        known = isinstance(spec, Const) or _is_made_by_head(_call(run, deps_of(spec)))
        if function is not None and not known and run.steps_left > 0:
            run.record.limit(unfollowed.spec(function, run.record.raised.get(id(function.node))))
        return UNKNOWN, None, _call(run, deps_of(spec)), _spec_roots(run, deps_of(spec))
    call = next((call for call in run.record.calls if call.id == spec.call), None)
    predictions = spec.arguments.get("predictions", 1) or UNKNOWN
    outputs = spec.arguments.get("export_outputs", 5)
    if not spec.api.endswith(SPECS):
        return predictions, outputs, call, spec.deps
    roots = deps_of(predictions) | deps_of(outputs)
    is_given = spec.arguments.open or spec.arguments.get("predictions", 1) is not None
    if call is not None and is_given and not roots and isinstance(predictions, Unknown):
        run.record.limit(unfollowed.predictions(call.span))
    return predictions, outputs, call, roots


def _is_made_by_head(call: ApiCall | None) -> bool:
    return call is not None and call.name.endswith("estimator_spec")


def _call(run: Interpreter, deps: Deps) -> ApiCall | None:
    return run.record.calls[max(deps)] if deps else None


def _spec_roots(run: Interpreter, deps: Deps) -> Deps:
    """For `head.create_estimator_spec(...)`: its logits; else everything the value came from."""
    call = _call(run, deps)
    if call is not None and call.name.endswith(".create_estimator_spec"):
        return deps_of(call.arguments.get("logits", 2)) | deps_of(call.owner)
    if call is not None and call.name.endswith(".as_estimator_spec") and isinstance(call.owner, Instance):
        owner = call.owner
        return deps_of(owner.arguments.get("predictions")) | deps_of(owner.arguments.get("export_outputs"))
    return deps


def _doubted(call: ApiCall) -> ApiCall:
    return replace(call, certainty=Certainty.MAYBE)


def _live(
    calls: list[ApiCall], roots: Iterable[int], receiver: Receiver | None, past_doubt: bool = True
) -> frozenset[int]:
    """The calls that feed an output; what lies before a receiver tensor is cut off, as the export cuts it.

    Without `past_doubt` those that certainly do.
    """
    borders: set[int] = set()
    for tensor in receiver.tensors.values() if receiver else ():
        borders |= deps_of(tensor)
    cut = {number for number in borders if calls[number].name not in PLACEHOLDERS | SPARSE}
    pending, live = list(roots), set(roots)
    while pending:
        call = calls[pending.pop()]
        if call.id in borders or (call.name == ONE_OF and not past_doubt):
            continue
        for dep in call.deps - live:
            live.add(dep)
            pending.append(dep)
        for dep in call.inner:
            if dep not in live and calls[dep].scope is call.scope and dep in call.deps:
                live.add(dep)
                pending.append(dep)
    return frozenset(live - cut) | (cut & live & _used_beside(receiver))


def _used_beside(receiver: Receiver | None) -> Deps:
    """What features came from that are not themselves receiver tensors: the other outputs of an op, say."""
    if receiver is None:
        return NONE
    given = receiver.features
    features = given.entries.values() if isinstance(given, Mapping) else [given]
    fed = {id(tensor) for tensor in receiver.tensors.values()}
    return NONE.union(*(deps_of(feature) for feature in features if id(feature) not in fed))


def _pipeline(run: Interpreter, input_fn: Value, env: Env) -> Pipeline:
    """What a training input_fn yields."""
    start = len(run.record.calls)
    element: Value = UNKNOWN
    if isinstance(input_fn, (Function, Partial)):
        with run.within(Scope.INPUT_PIPELINE):
            node = input_fn.node if isinstance(input_fn, Function) else env.module.tree
            element = run.call(input_fn, Arguments(), node, env)
    elif isinstance(input_fn, Instance) and input_fn.api.endswith(".numpy_input_fn"):
        arrays = [input_fn.arguments.get(name, index) for index, name in enumerate(("x", "y"))]
        element = Sequence("tuple", [batched(sliced(as_tensors(array), NONE)) for array in arrays if array is not None])
    if isinstance(element, Instance) and element.element is not None:
        element = element.element
    return Pipeline(receivers.place_of(input_fn), element, tuple(run.record.calls[start:]))


def _v1_behaviour(run: Interpreter) -> bool:
    """Whether control flow v2 is off: switched off by the program, or with everything a 1.x program is shown as."""
    switched = any(call.name in V1_SWITCHES for call in run.record.calls)
    return switched or any(names_of_v1(module) for module in run.modules)
