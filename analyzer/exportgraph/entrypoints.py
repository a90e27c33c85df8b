"""Where a program makes and exports its models: Estimators, export calls, exporters, and model_fns without either."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from astroid import nodes

from analyzer.findings import Certainty
from analyzer.reading import classes
from analyzer.reading.interpreter import Interpreter
from analyzer.reading.project import Module
from analyzer.reading.record import ApiCall
from analyzer.reading.values import (
    Api,
    Arguments,
    Choice,
    Deferred,
    Env,
    Function,
    Instance,
    Mapping,
    ModuleValue,
    Partial,
    Sequence,
    UserClass,
    UserObject,
    Value,
)

ESTIMATORS = frozenset(
    {
        "tensorflow.estimator.Estimator",
        "tensorflow.estimator.tpu.TPUEstimator",
        "tensorflow.contrib.tpu.TPUEstimator",
        "tensorflow.contrib.learn.Estimator",
    }
)
CANNED = re.compile(
    r"^tensorflow\.(contrib\.)?estimator\.(experimental\.)?"
    r"((DNN|Linear|Baseline|BoostedTrees|RNN)\w*(Classifier|Regressor|Estimator)|KMeans\w*)$"
    r"|^tensorflow\.contrib\.factorization\.KMeansClustering$"
)
EXPORTS = frozenset({"export_saved_model", "export_savedmodel", "experimental_export_all_saved_models"})
EXPORTERS = frozenset(f"tensorflow.estimator.{name}Exporter" for name in ("Final", "Latest", "Best", "Steps"))
_MENTIONS = re.compile(
    r"Estimator\(|Classifier\(|Regressor\(|export_saved|train_and_evaluate|EvalSpec\(|model_to_estimator"
    r"|TFLiteConverter|TocoConverter"
)
_REQUIRED = {"features", "mode"}
_ALLOWED = _REQUIRED | {"labels", "params", "config", "self", "cls"}


@dataclass(slots=True)
class EntryPoint:
    """An estimator with what is done with it."""

    estimator: ApiCall | None
    model_fn: Value | None
    exports: list[tuple[ApiCall, Value | None]] = field(default_factory=list)
    input_fns: list[Value] = field(default_factory=list)
    found_by: str = "entry point"

    @property
    def keras_model(self) -> Value | None:
        """The model that `model_to_estimator` is given."""
        made = self.estimator is not None and self.estimator.name.endswith(".model_to_estimator")
        return self.estimator.arguments.get("keras_model", 0) if made and self.estimator is not None else None

    @property
    def is_maybe(self) -> bool:
        """Whether flags at their defaults do not make this estimator, or that cannot be told."""
        return self.estimator is not None and self.estimator.certainty is Certainty.MAYBE


def export_lines(module: Module, env: Env) -> Iterator[int]:
    """The lines on which an estimator seems to be exported, whatever it is."""
    for call in module.tree.nodes_of_class(nodes.Call):
        name = call.func.attrname if isinstance(call.func, nodes.Attribute) else getattr(call.func, "name", "")
        if name == "train_and_evaluate" or (name in EXPORTS and not _is_of_module(call.func, env)):
            yield call.lineno or 1


def _is_of_module(callee: nodes.NodeNG, env: Env) -> bool:
    """Whether a function of that name is called rather than the method of an estimator."""
    while isinstance(callee, nodes.Attribute) and not isinstance(callee.expr, nodes.Name):
        callee = callee.expr
    if not isinstance(callee, nodes.Attribute):
        return isinstance(callee, nodes.Name)
    owner = env.variables.get(callee.expr.name)
    return isinstance(owner, (Api, ModuleValue)) or (isinstance(owner, Deferred) and not owner.name)


def is_estimator(name: str) -> bool:
    return name in ESTIMATORS or bool(CANNED.match(name)) or name.endswith(".model_to_estimator")


def find(run: Interpreter, module: Module) -> list[EntryPoint]:
    """Runs a module, and what of it nothing calls, and lists the estimators it makes: exported, certain ones first."""
    env = run.run_module(module)
    _run_unreached(run, module, env)
    entries = _from_calls(run.record.calls)
    given = [function_of(entry.model_fn) for entry in entries]
    known = {id(function.node) for function in given if function is not None}
    for function in _orphans(run, module, env, known):
        entries.append(EntryPoint(None, function))
    return sorted(entries, key=lambda entry: (not entry.exports, entry.is_maybe))


def all_told(entries: list[EntryPoint]) -> bool:
    """Whether the program exports, and every model_fn it does that with is known: any other is then dead."""
    made = [entry for entry in entries if entry.estimator is not None]
    followed = all(
        isinstance(entry.model_fn, (Function, Partial)) or (entry.estimator and entry.estimator.name not in ESTIMATORS)
        for entry in made
    )
    return followed and any(entry.exports for entry in made)


def _from_calls(calls: list[ApiCall]) -> list[EntryPoint]:
    entries: dict[int, EntryPoint] = {}
    for call in list(calls):
        if is_estimator(call.name):
            model_fn = classes.as_function(call.arguments.get("model_fn", 0)) if call.name in ESTIMATORS else None
            entries[call.id] = EntryPoint(call, model_fn, found_by="estimator")
        elif call.name.endswith(".train_and_evaluate"):
            _train_and_evaluate(call, entries)
        elif isinstance(call.owner, Instance) and call.owner.call in entries:
            entry, method = entries[call.owner.call], call.name.rpartition(".")[2]
            if method in EXPORTS:
                entry.exports.append((call, classes.as_function(_receiver_argument(call, method))))
                entry.found_by = "export call"
            elif method == "train" and (input_fn := classes.as_function(call.arguments.get("input_fn", 0))) is not None:
                entry.input_fns.append(input_fn)
    return list(entries.values())


def _receiver_argument(call: ApiCall, method: str) -> Value | None:
    if method == "experimental_export_all_saved_models":
        given = call.arguments.get("input_receiver_fn_map", 1)
        return given.entries.get("infer") if isinstance(given, Mapping) else None
    return call.arguments.get("serving_input_receiver_fn", 1) or call.arguments.get("serving_input_fn")


def _train_and_evaluate(call: ApiCall, entries: dict[int, EntryPoint]) -> None:
    estimator = call.arguments.get("estimator", 0)
    if isinstance(estimator, Choice):
        for option in estimator.options:
            usual = estimator.usual and option is estimator.options[0]
            _evaluated(call, option, call.certainty if usual else Certainty.MAYBE, entries)
    elif estimator is not None:
        _evaluated(call, estimator, call.certainty, entries)


def _evaluated(call: ApiCall, estimator: Value, certainty: Certainty, entries: dict[int, EntryPoint]) -> None:
    if isinstance(estimator, UserObject) and estimator.made is not None:
        estimator = estimator.made
    entry = entries.get(estimator.call) if isinstance(estimator, Instance) else None
    if entry is None:
        return
    train_spec, eval_spec = call.arguments.get("train_spec", 1), call.arguments.get("eval_spec", 2)
    if isinstance(train_spec, Instance) and (input_fn := train_spec.arguments.get("input_fn", 0)) is not None:
        entry.input_fns.append(input_fn)
    exporters = eval_spec.arguments.get("exporters", 4) if isinstance(eval_spec, Instance) else None
    for exporter in exporters.items if isinstance(exporters, Sequence) else [exporters]:
        if isinstance(exporter, Instance) and exporter.api in EXPORTERS:
            receiver = exporter.arguments.get("serving_input_receiver_fn", 1)
            made = ApiCall(
                -1, exporter.api, exporter.api.rpartition(".")[2], exporter.span or call.span, exporter.arguments,
                exporter.deps, certainty, call.scope, call.trail,
            )  # fmt: skip
            entry.exports.append((made, receiver))
            entry.found_by = "export call"


def _run_unreached(run: Interpreter, module: Module, env: Env) -> None:
    """Runs functions that nothing in the program calls and that make or export an estimator, on unknown arguments."""
    lines = module.parsed.source.lines
    for function in _functions(module, env, run):
        node = function.node
        text = "\n".join(lines[(node.fromlineno or 1) - 1 : node.end_lineno])
        if id(node) not in run.reached and _MENTIONS.search(text):
            run.call(function, Arguments(open=True), node, env)
    for cls in _estimator_classes(module, env):
        initializer = classes.member(cls, "__init__")
        if isinstance(initializer, Function) and id(initializer.node) not in run.reached:
            classes.instantiate(run, cls, Arguments(open=True), cls.node, env)


def _estimator_classes(module: Module, env: Env) -> Iterator[UserClass]:
    """The classes of a module that derive from an Estimator of TensorFlow's."""
    for node in module.tree.body:
        value = env.variables.get(node.name) if isinstance(node, nodes.ClassDef) else None
        if isinstance(value, UserClass) and (base := classes.library_base(value)) and is_estimator(base.name):
            yield value


def _functions(module: Module, env: Env, run: Interpreter) -> Iterator[Function]:
    """The functions of a module and the methods of its classes, in the order they are written."""
    for node in module.tree.body:
        value = env.variables.get(node.name) if isinstance(node, (nodes.FunctionDef, nodes.ClassDef)) else None
        if isinstance(value, Function):
            yield value
        elif isinstance(value, UserClass):
            yield from _methods(value, run, env)


def _methods(cls: UserClass, run: Interpreter, env: Env) -> Iterator[Function]:
    unreached = [value for value in cls.members.variables.values() if isinstance(value, Function)]
    unreached = [value for value in unreached if id(value.node) not in run.reached and value.name != "__init__"]
    if unreached:
        made = classes.instantiate(run, cls, Arguments(open=True), cls.node, env)
        for method in unreached:
            yield Function(method.node, method.env, method.name, made, method.defaults)


def function_of(value: Value | None) -> Function | None:
    """The function of the project behind a model_fn."""
    match value:
        case Function():
            return value
        case Partial():
            return function_of(value.target)
        case Choice(options=(first, *_)):
            return function_of(first)
        case _:
            return None


def looks_like_model_fn(value: Value | None) -> bool:
    """Whether tf.estimator would take a function for a model_fn, and it makes an EstimatorSpec.

    A function of other parameters too (`logits` of a head) is refused there: it is a part of some model_fn.
    """
    given: set[str] = set()
    taken = 0
    while isinstance(value, Partial):
        given |= set(value.arguments.keywords)
        taken += len(value.arguments.positional)
        value = value.target
    if not isinstance(value, Function) or not isinstance(value.node, nodes.FunctionDef):
        return False
    declared = [*(value.node.args.args or [])[taken:], *(value.node.args.kwonlyargs or [])]
    names = {parameter.name for parameter in declared} - given
    lines = value.module.parsed.source.lines[(value.node.fromlineno or 1) - 1 : value.node.end_lineno]
    return _REQUIRED <= names <= _ALLOWED and any("Spec" in line for line in lines)


def _orphans(run: Interpreter, module: Module, env: Env, known: set[int]) -> Iterator[Value]:
    """model_fns that no estimator of the program is given: plain, methods, or made by a builder."""
    for function in _functions(module, env, run):
        if id(function.node) in known or id(function.node) in run.reached:
            continue
        if looks_like_model_fn(function):
            known.add(id(function.node))
            yield function
            continue
        lines = module.parsed.source.lines[(function.node.fromlineno or 1) - 1 : function.node.end_lineno]
        if not any("Spec(" in line for line in lines):
            continue
        made = run.call(function, Arguments(open=True), function.node, env)
        for option in made.options if isinstance(made, Choice) else (made,):
            target = function_of(option)
            if target is not None and looks_like_model_fn(option) and id(target.node) not in known:
                known.add(id(target.node))
                yield option
