"""Library calls: what they return, and which of the functions given to them they run.

A call of TensorFlow is recorded; everything not described here returns a tensor that came from its arguments.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from astroid import nodes

from analyzer.findings import Span
from analyzer.reading import (
    activations,
    arrays,
    autograph,
    calls,
    commandline,
    controlflow,
    converters,
    datasets,
    expressions,
    kerasmodels,
    namespaces,
    pythonlib,
    shapes,
    tensorarrays,
)
from analyzer.reading.dtypes import dtype_of
from analyzer.reading.values import (
    NONE,
    UNKNOWN,
    Api,
    Arguments,
    Array,
    Builtin,
    Const,
    Env,
    Function,
    Instance,
    Mapping,
    Partial,
    Sequence,
    Tensor,
    Unknown,
    Value,
    constant,
    deps_of,
    is_none,
    truth,
)
from analyzer.tfapi.names import canonical

if TYPE_CHECKING:
    from analyzer.reading.interpreter import Interpreter

TAKES_STRUCTURES = (
    "tensorflow.feature_column.",
    "tensorflow.contrib.feature_column.",
    "tensorflow.contrib.estimator.",
    "tensorflow.contrib.layers.input_from_feature_columns",
    "tensorflow.estimator.",
    "tensorflow.nest.",
    "tensorflow.contrib.framework.nest.",
    "tensorflow.data.",
    "tensorflow.logging.",
    "tensorflow.contrib.tpu.",
    "tensorflow.contrib.training.",
    "tensorflow.keras.Model",
    "tensorflow.keras.Sequential",
    "tensorflow.keras.models.",
    "tensorflow.keras.layers.DenseFeatures",
    "tensorflow_",
)
"""Calls that take a dict of features, or labels that are None, as they are."""

INSTANCE_FUNCTIONS = frozenset(
    {
        "tensorflow.Graph.as_default",
        "tensorflow.control_dependencies",
        "tensorflow.contrib.framework.arg_scope",
        "tensorflow.variable_scope",
        "tensorflow.estimator.export.build_raw_serving_input_receiver_fn",
        "tensorflow.estimator.export.build_parsing_serving_input_receiver_fn",
        "tensorflow.keras.estimator.model_to_estimator",
        "tensorflow.estimator.inputs.numpy_input_fn",
        "tensorflow.estimator.inputs.pandas_input_fn",
    }
)
"""Functions whose result is an object to be asked about later, not a tensor."""

RAGGED = "tensorflow.RaggedTensor"
MAKES_RAGGED = tuple(
    f"tensorflow.{name}"
    for name in "ragged. RaggedTensor.from_ strings.split strings.bytes_split strings.unicode_ strings.ngrams".split()
)
"""Calls that return a RaggedTensor, the sparse results that `strings.split` of 1.x has by default aside."""

KEEPS_FUNCTION = frozenset(
    {
        "tensorflow.function",
        "tensorflow.custom_gradient",
        "tensorflow.recompute_grad",
        "tensorflow.contrib.eager.defun",
        "tensorflow.contrib.framework.add_arg_scope",
        "tensorflow.autograph.to_graph",
        "tensorflow.autograph.experimental.do_not_convert",
    }
)


MAY_BE_NONE = frozenset(
    f"tensorflow.{name}"
    for name in (
        "train.get_global_step",
        "contrib.framework.get_global_step",
        "get_static_value",
        "train.latest_checkpoint",
        "train.get_checkpoint_state",
    )
)
"""Functions of which it depends on the run whether they give anything."""


_LISTS = {"list": ",", "spaceseplist": None}
"""What separates the parts of flags that are lists; None: spaces."""


@cache
def makes_instance(name: str) -> bool:
    """Whether a call of this API makes an object rather than a tensor."""
    last = name.rpartition(".")[2]
    return (
        last[:1].isupper()
        or name in INSTANCE_FUNCTIONS
        or (name.startswith(("tensorflow.feature_column.", "tensorflow.contrib.feature_column.")) and "_column" in last)
        or (last.endswith("head") and "estimator" in name)
        or (".lookup" in name and "_table_from_" in last)
    ) and name not in ("tensorflow.Print", "tensorflow.keras.Input", "tensorflow.Assert")


def call(run: Interpreter, callee: Api, arguments: Arguments, node: nodes.NodeNG, env: Env) -> Value:
    """A call of a library's function or class."""
    name = callee.name
    if (kept := pythonlib.library(run, callee, arguments, node, env)) is not None:
        return kept
    if ".flags.DEFINE_" in name:
        return _define_flag(run, name.rpartition("DEFINE_")[2], arguments)
    if name == commandline.PARSER:
        return commandline.parser(arguments)
    if name == commandline.NAMESPACE:
        return commandline.namespace(dict(arguments.keywords))
    if name.startswith("numpy."):
        return arrays.call(name, arguments, env.module.span(node))
    if not name.startswith("tensorflow"):
        deps = calls.argument_deps(arguments)
        return Tensor(deps) if deps else UNKNOWN
    if run.scoped_defaults:
        arguments = with_scoped_defaults(run, name, arguments)
    if (special := _SPECIAL.get(name)) is not None:
        return special(run, callee, arguments, node, env)
    if name.startswith("tensorflow.data.") or name in datasets.FACTORIES | datasets.SINGLES:
        return datasets.make(run, callee, arguments, node, env)
    if not name.startswith(TAKES_STRUCTURES):
        calls.note_tagged(run, callee.spelled or name, arguments, node, env)
        arguments = calls.mended(arguments)
    made = run.add_call(name, callee.spelled, arguments, env.module.span(node))
    if name.startswith(MAKES_RAGGED) and constant(arguments.get("result_type")) != "SparseTensor":
        return Instance(RAGGED, made.id, arguments, frozenset({made.id}), made.span)
    if makes_instance(name):
        return Instance(name, made.id, arguments, frozenset({made.id}), made.span)
    if name in MAY_BE_NONE or not name.startswith("tensorflow."):
        return Unknown(frozenset({made.id}))
    result = shapes.result(made, frozenset({made.id}))
    if name.startswith("tensorflow.contrib.layers."):
        result = _normalized(run, result, arguments, node, env)
    return activations.applied(run, name, arguments, result, node, env)


def _define_flag(run: Interpreter, kind: str, arguments: Arguments) -> Value:
    name, default = constant(arguments.get("name", 0)), arguments.get("default", 1)
    match default:
        case Const(value=str() as words) if kind in _LISTS and isinstance(name, str):
            parts = [part.strip() for part in words.split(_LISTS[kind])]
            run.flags[name] = Sequence("list", [Const(part) for part in parts if part])
        case Sequence() if isinstance(name, str):
            run.flags[name] = default
        case Const() if isinstance(name, str) and default.value is not None:
            run.flags[name] = default
    return UNKNOWN


def with_scoped_defaults(run: Interpreter, name: object, arguments: Arguments) -> Arguments:
    """Arguments as the scopes around the call complete them; the innermost scope wins."""
    scoped: dict[str, Value] = {}
    spans: dict[int | str, Span] = {}
    for names, defaults in run.scoped_defaults:
        scoped |= defaults.keywords if name in names else {}
        spans |= defaults.spans if name in names else {}
    keywords = {**scoped, **arguments.keywords}
    return Arguments(arguments.positional, keywords, arguments.open, {**spans, **arguments.spans})


def _normalized(run: Interpreter, value: Value, arguments: Arguments, node: nodes.NodeNG, env: Env) -> Value:
    """A layer of contrib applies its normalizer_fn itself, with that function's own scoped defaults."""
    normalizer = arguments.get("normalizer_fn")
    if not isinstance(normalizer, (Api, Function, Partial)) or not isinstance(value, Tensor):
        return value
    given = arguments.get("normalizer_params")
    keywords = {str(key): item for key, item in given.entries.items()} if isinstance(given, Mapping) else {}
    is_open = given is not None and (not isinstance(given, Mapping) or not given.complete) and not is_none(given)
    start = len(run.record.calls)
    result = run.call(normalizer, Arguments((value,), keywords, is_open), node, env)
    chosen_at, here = arguments.span("normalizer_fn"), env.module.span(node)
    if chosen_at is None or here.covers_line(chosen_at.path, chosen_at.line):
        return result
    run.record.calls[start:] = [replace(made, chosen_at=chosen_at) for made in run.record.calls[start:]]
    return result


def call_method(
    run: Interpreter, owner: Value, method: str, arguments: Arguments, node: nodes.NodeNG, env: Env
) -> Value:
    """A call of a method of a library object."""
    match owner:
        case Instance():
            return _instance_method(run, owner, method, arguments, node, env)
        case Tensor():
            return _tensor_method(run, owner, method, arguments, node, env)
        case Array():
            return arrays.method(owner, method, arguments, env.module.span(node))
        case _:
            deps = deps_of(owner) | calls.argument_deps(arguments)
            return Tensor(deps) if deps else UNKNOWN


def _instance_method(
    run: Interpreter, owner: Instance, method: str, arguments: Arguments, node: nodes.NodeNG, env: Env
) -> Value:
    if owner.api == commandline.PARSER:
        return commandline.method(owner, method, arguments)
    if (kept := namespaces.method(owner, method, arguments)) is not None:
        return kept
    if tensorarrays.is_array(owner):
        after = tensorarrays.method(run, owner, method, arguments, node, env)
        return after if after is not None else owner if method == "identity" else UNKNOWN
    if owner.api.startswith("numpy."):
        return arrays.random_method(method, arguments, env.module.span(node))
    if owner.api in datasets.DATASETS or owner.api == datasets.ITERATOR:
        return datasets.method(run, owner, method, arguments, node, env)
    if not owner.api.startswith("tensorflow"):
        return Unknown(deps_of(owner) | calls.argument_deps(arguments))
    method = "__call__" if method == "apply" and ".layers." in owner.api else method
    if method == "__call__":
        if owner.api.startswith("tensorflow.estimator.export.build_"):
            return owner
        if (answer := kerasmodels.called(run, owner, arguments, node, env)) is not None:
            return answer
        if owner.api == kerasmodels.LAMBDA and (function := owner.arguments.get("function", 0)):
            with run.calling_layer():
                return run.call(function, arguments, node, env)
    elif owner.api.endswith(".Sequential") and method == "add" and arguments.positional:
        added = owner.attributes.setdefault("added", Sequence("list", []))
        if isinstance(added, Sequence):
            added.items.append(arguments.positional[0])
        return Const(None)
    if method == "_replace":
        made = run.add_call(owner.api, "", calls.merged(owner.arguments, arguments), env.module.span(node), owner=owner)
        return Instance(owner.api, made.id, made.arguments, frozenset({made.id}), made.span)
    if not owner.api.startswith(TAKES_STRUCTURES) and not method.endswith("estimator_spec"):
        calls.note_tagged(run, f"{owner.api.rpartition('.')[2]}(...)", arguments, node, env)
        arguments = calls.mended(arguments)
    train_op_fn = arguments.get("train_op_fn") if method == "create_estimator_spec" else None
    steps = NONE
    if isinstance(train_op_fn, (Function, Partial)) and constant(arguments.get("mode", 1)) == "train":
        steps = deps_of(run.call(train_op_fn, Arguments((Tensor(NONE),)), node, env))
    made = run.add_call(f"{owner.api}.{method}", "", arguments, env.module.span(node), owner=owner, extra=steps)
    deps = frozenset({made.id})
    if method == "__call__":
        result = shapes.layer_result(owner.api, owner.arguments, made, deps)
        return activations.applied(run, owner.api, owner.arguments, result, node, env)
    if makes_instance(f"{owner.api}.{method}"):
        return Instance(f"{owner.api}.{method}", made.id, arguments, deps, made.span)
    return shapes.result(made, deps) if owner.api.startswith("tensorflow.") else Unknown(deps)


def _tensor_method(
    run: Interpreter, owner: Tensor, method: str, arguments: Arguments, node: nodes.NodeNG, env: Env
) -> Value:
    match method:
        case "get_shape" | "shape":
            return shapes.as_value(owner.shape)
        case "set_shape":
            run.add_call("tensorflow.Tensor.set_shape", method, arguments, env.module.span(node), owner=owner)
            return Const(None)
        case method if method.startswith(("assign", "scatter_")):
            made = run.add_call(f"tensorflow.Variable.{method}", method, arguments, env.module.span(node), owner=owner)
            return Tensor(frozenset({made.id}), owner.dtype, owner.shape)
        case "value" | "read_value" | "initialized_value":
            return owner
        case _:
            return Tensor(owner.deps | calls.argument_deps(arguments))


def _run_main(run: Interpreter, callee: Api, arguments: Arguments, node: nodes.NodeNG, env: Env) -> Value:
    main = arguments.get("main", 0) or expressions.look_up(run, "main", env)
    return run.call(main, Arguments((UNKNOWN,)), node, env) if isinstance(main, (Function, Partial)) else UNKNOWN


def _learning_phase(run: Interpreter, callee: Api, arguments: Arguments, node: nodes.NodeNG, env: Env) -> Value:
    """`set_learning_phase`: it holds for the graph that is being built."""
    told, here = arguments.get("value", 0), env.module.span(node)
    run.learning_phase = Arguments((), {"training": told}, spans={"training": here}) if told is not None else None
    return Const(None)


def _output_all_intermediates(
    run: Interpreter, callee: Api, arguments: Arguments, node: nodes.NodeNG, env: Env
) -> Value:
    """The switch of conds and loops in Keras layers; `None` is their default."""
    state = arguments.get("state", 0)
    run.intermediates = state is None or is_none(state) or truth(state) is not False
    return Const(None)


def _keep_function(run: Interpreter, callee: Api, arguments: Arguments, node: nodes.NodeNG, env: Env) -> Value:
    traces = callee.name in autograph.TRACERS
    if not arguments.positional:
        return Builtin("tf.function" if traces else "decorator")
    return autograph.traced(arguments.positional[0]) if traces else arguments.positional[0]


def _template(run: Interpreter, callee: Api, arguments: Arguments, node: nodes.NodeNG, env: Env) -> Value:
    function = arguments.get("func_", 1)
    keywords = {key: value for key, value in arguments.keywords.items() if not key.endswith("_")}
    return Partial(function, Arguments((), keywords)) if function is not None else UNKNOWN


def _parse_example(run: Interpreter, callee: Api, arguments: Arguments, node: nodes.NodeNG, env: Env) -> Value:
    """tf.io.parse_example: a dict with one tensor for each key of the feature spec."""
    made = run.add_call(callee.name, callee.spelled, arguments, env.module.span(node))
    spec = arguments.get("features", 1)
    deps = frozenset({made.id})
    if not isinstance(spec, Mapping):
        return Mapping({}, complete=False, deps=deps)
    entries: dict[object, Value] = {}
    for key, feature in spec.entries.items():
        given = feature.arguments if isinstance(feature, Instance) else Arguments()
        shape = shapes.from_value(given.get("shape", 0))
        entries[key] = Tensor(deps, dtype_of(given.get("dtype", 1)), None if shape is None else (None, *shape))
    return Mapping(entries, spec.complete, deps)


def _shared_columns(run: Interpreter, callee: Api, arguments: Arguments, node: nodes.NodeNG, env: Env) -> Value:
    """`shared_embeddings([a, b], 8)`: a list with one column for each column given."""
    made = run.add_call(callee.name, callee.spelled, arguments, env.module.span(node))
    given = arguments.get("categorical_columns", 0)
    count = len(given.items) if isinstance(given, Sequence) and given.complete else None
    deps = frozenset({made.id})
    columns: list[Value] = [Instance(callee.name, made.id, arguments, deps, made.span) for _ in range(count or 1)]
    return Sequence("list", columns, count is not None, deps)


def _same_estimator(run: Interpreter, callee: Api, arguments: Arguments, node: nodes.NodeNG, env: Env) -> Value:
    """`tf.estimator.add_metrics(estimator, ...)` and its like: for the export the estimator it was given."""
    run.add_call(callee.name, callee.spelled, arguments, env.module.span(node))
    return arguments.get("estimator", 0) or UNKNOWN


def _hparams(run: Interpreter, callee: Api, arguments: Arguments, node: nodes.NodeNG, env: Env) -> Value:
    made = run.add_call(callee.name, callee.spelled, arguments, env.module.span(node))
    return Instance(callee.name, made.id, arguments, NONE, made.span, attributes=dict(arguments.keywords))


def _smart_cond(run: Interpreter, callee: Api, arguments: Arguments, node: nodes.NodeNG, env: Env) -> Value:
    """A cond that is decided while the graph is built, where its predicate is a constant."""
    answer = constant(arguments.get("pred", 0))
    if answer is None:
        return controlflow.cond(run, callee, arguments, node, env)
    names = ("true_fn", "fn1") if answer else ("false_fn", "fn2")
    chosen = arguments.get(names[0], 1 if answer else 2) or arguments.get(names[1])
    return run.call(chosen, Arguments(), node, env) if chosen is not None else UNKNOWN


def _without_scope(run: Interpreter, callee: Api, arguments: Arguments, node: nodes.NodeNG, env: Env) -> Value:
    """A host call whose function runs outside the graph: it is recorded, its function is not followed."""
    note = Arguments(arguments.positional[1:], arguments.keywords, arguments.open)
    calls.note_tagged(run, callee.spelled or callee.name, note, node, env)
    made = run.add_call(callee.name, callee.spelled, arguments, env.module.span(node))
    kinds = arguments.get("Tout", 2)
    deps = frozenset({made.id})
    if isinstance(kinds, Sequence) and len(kinds.items) > 1:
        return Sequence("list", [Tensor(deps) for _ in kinds.items], deps=deps)
    single = kinds.items[0] if isinstance(kinds, Sequence) and kinds.items else kinds
    result = Tensor(deps, dtype_of(single))
    return Sequence("list", [result], deps=deps) if isinstance(kinds, Sequence) else result


_Special = Callable[["Interpreter", Api, Arguments, nodes.NodeNG, Env], Value]
_WHOLE: dict[str, _Special] = {
    **dict.fromkeys(KEEPS_FUNCTION, _keep_function),
    **dict.fromkeys(converters.LOADERS, converters.load),
}
_SPECIAL: dict[str, _Special] = {
    canonical(f"tensorflow.{name}"): handler
    for names, handler in (
        ("while_loop", controlflow.while_loop),
        ("cond", controlflow.cond),
        ("case switch_case", controlflow.case),
        ("map_fn vectorized_map", controlflow.map_fn),
        ("scan foldl foldr", controlflow.fold),
        ("contrib.framework.smart_cond contrib.layers.utils.smart_cond layers.utils.smart_cond", _smart_cond),
        ("app.run compat.v1.app.run", _run_main),
        ("keras.backend.set_learning_phase", _learning_phase),
        ("experimental.output_all_intermediates", _output_all_intermediates),
        ("make_template", _template),
        ("io.parse_example io.parse_single_example", _parse_example),
        ("contrib.training.HParams", _hparams),
        ("feature_column.shared_embeddings feature_column.shared_embedding_columns", _shared_columns),
        ("estimator.add_metrics contrib.estimator.add_metrics contrib.estimator.forward_features", _same_estimator),
        ("py_func py_function numpy_function contrib.eager.py_func", _without_scope),
    )
    for name in names.split()
} | _WHOLE
