"""A SavedModel without a training: variables that are only read become constants, the others get a value.

The graph is what the converter's own freezing would make of it (a constant under the variable's name, Identity for a
read), so its verdict is that of a trained export. Variables that the graph writes, or that a function body captures,
stay variables. Small constants are random; large ones repeat one value, so that a graph of 400 MB stays small.
"""

from __future__ import annotations

import zlib
from typing import Any

from .attempts import TAGS, Attempt
from .graphs import ancestors, signature_ops

VARIABLES = {"VarHandleOp", "Variable", "VariableV2"}
RESOURCE_READS = {"ReadVariableOp": "Identity", "ResourceGather": "GatherV2", "ResourceGatherNd": "GatherNd"}
RANDOM_ELEMENTS = 1 << 20
"""How many constant elements of one model are random; the largest variables beyond repeat one value."""


class Model:
    """A SavedModel on disk and the graph it was written from, with a session that holds its values."""

    def __init__(self, folder: str, session: Any, repeated: bool) -> None:
        self.folder = folder
        self.session = session
        self.repeated = repeated


def write(tried: Attempt, folder: str, shapes: dict[str, list[int]]) -> Model:
    """Write the SavedModel of a try that came through.

    `shapes`: of the variables, by name, whose value in the checkpoint has another shape than the graph says.
    """
    import tensorflow.compat.v1 as tf

    caught = tried.caught
    graph = caught.graph
    sides = [side for signature in caught.signatures.values() for side in (signature.inputs, signature.outputs)]
    infos = [info for side in sides for info in side.values()]
    roots = signature_ops(graph, infos) + [tensor.op for tensor in caught.assets]
    if caught.main_op is not None:
        roots.append(caught.main_op if isinstance(caught.main_op, tf.Operation) else caught.main_op.op)
    needed = ancestors(roots)
    frozen = {op for op in _frozen(needed) if op.name not in shapes}
    kept = [variable for variable in _all_variables(graph) if variable.op in needed and variable.op not in frozen]
    definitions = [(variable, variable.to_proto()) for variable in kept]
    needed |= ancestors(
        graph.as_graph_element(name.lstrip("^")) if ":" not in name else graph.as_graph_element(name).op
        for _, proto in definitions
        for name in (proto.initial_value_name, proto.initializer_name, proto.snapshot_name)
        if name
    )
    values, repeated = _values(graph, frozen)
    meta = tf.MetaGraphDef()
    meta.graph_def.CopyFrom(graph.as_graph_def())
    _rewrite(meta.graph_def, {op.name for op in needed}, {op.name: proto for op, proto in values.items()})
    _collect(meta, graph, definitions)
    with tf.Graph().as_default() as final:
        tf.train.import_meta_graph(meta)
        if frozen and not kept:
            # TF1's converter freezes, and cuts to the outputs, only where it finds a variable: a real export has some.
            resource = any(op.type == "VarHandleOp" for op in frozen)
            tf.get_variable("tflint_anchor", [], tf.float32, tf.ones_initializer(), use_resource=resource)
        session = tf.Session(graph=final, config=_plain_config())
        _initialize(session, tf.global_variables() + tf.local_variables(), shapes)
        main_op = final.get_operation_by_name(roots[-1].name) if caught.main_op is not None else None
        builder = tf.saved_model.Builder(folder)
        builder.add_meta_graph_and_variables(
            session,
            TAGS,
            signature_def_map=caught.signatures,
            assets_collection=tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS),
            main_op=main_op,
            strip_default_attrs=True,
        )
        builder.save()
        if main_op is not None:
            session.run(main_op)
    return Model(folder, session, repeated)


def _plain_config() -> Any:
    """No graph rewriting: it would spend seconds folding the constants that stand for weights."""
    import tensorflow.compat.v1 as tf

    config = tf.ConfigProto()
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    config.graph_options.optimizer_options.opt_level = -1
    return config


def _all_variables(graph: Any) -> list[Any]:
    import tensorflow.compat.v1 as tf

    with graph.as_default():
        return list({id(v): v for v in tf.global_variables() + tf.local_variables()}.values())


def _frozen(needed: set[Any]) -> set[Any]:
    """Variable ops of known shape whose every needed user only reads them."""
    frozen = set()
    for op in needed:
        if op.type in VARIABLES and _shape(op) is not None:
            users = [user for user in op.outputs[0].consumers() if user in needed]
            if all(_only_reads(user, op) for user in users):
                frozen.add(op)
    return frozen


def _only_reads(user: Any, variable: Any) -> bool:
    reads = set(RESOURCE_READS) if variable.type == "VarHandleOp" else {"Identity"}
    return user.type in reads and user.inputs[0].op is variable


def _shape(op: Any) -> list[int] | None:
    shape = op.get_attr("shape")
    dims = [dim.size for dim in shape.dim] if hasattr(shape, "dim") else shape.as_list()
    return None if getattr(shape, "unknown_rank", False) or any(dim is None or dim < 0 for dim in dims) else dims


def _values(graph: Any, frozen: set[Any]) -> tuple[dict[Any, Any], bool]:
    """A TensorProto for each frozen variable, and whether any repeats one value."""
    import numpy as np
    import tensorflow.compat.v1 as tf

    initial = _initial_values(graph, [op for op in frozen if not _is_float(op)])
    protos, spent, repeated = {}, 0, False
    for op in sorted(frozen, key=lambda op: (int(np.prod(_shape(op) or [1])), op.name)):
        shape = _shape(op) or []
        if op in initial:
            protos[op] = tf.make_tensor_proto(initial[op])
            continue
        dtype = tf.as_dtype(op.get_attr("dtype")).base_dtype
        spent += int(np.prod(shape))
        if spent <= RANDOM_ELEMENTS:
            protos[op] = tf.make_tensor_proto(_random(op.name, shape).astype(dtype.as_numpy_dtype), dtype, shape)
            continue
        repeated = True
        protos[op] = tf.make_tensor_proto(0.87 / max(1, int(np.prod(shape[:-1]))), dtype)
        protos[op].tensor_shape.CopyFrom(tf.TensorShape(shape).as_proto())
    return protos, repeated


def _is_float(op: Any) -> bool:
    import tensorflow.compat.v1 as tf

    return bool(tf.as_dtype(op.get_attr("dtype")).base_dtype.is_floating)


def _random(name: str, shape: list[int]) -> Any:
    """Around a unit of variance behind a matrix, and positive where it may be a variance itself."""
    import numpy as np

    random = np.random.RandomState(zlib.crc32(name.encode()))
    if len(shape) < 2:
        return random.uniform(0.5, 1.5, shape)
    return random.standard_normal(shape) / np.sqrt(max(1, int(np.prod(shape[:-1]))))


def _initial_values(graph: Any, ops: list[Any]) -> dict[Any, Any]:
    """What counters, indices and tables start from: they mean something, unlike weights."""
    import tensorflow.compat.v1 as tf

    wanted = {variable.op: variable.initial_value for variable in _all_variables(graph) if variable.op in ops}
    if not wanted:
        return {}
    with tf.Session(graph=graph, config=_plain_config()) as session:
        return dict(session.run(wanted))


def _rewrite(graph_def: Any, needed: set[str], values: dict[str, Any]) -> None:
    """Leave only what is needed, with constants for variables and plain ops for their reads."""
    kept: list[Any] = []
    axes: list[Any] = []
    for node in graph_def.node:
        if node.name not in needed:
            continue
        if node.name in values:
            _make_constant(node, values[node.name])
        elif node.input and node.op in RESOURCE_READS and node.input[0].split(":")[0] in values:
            _make_plain_read(node, axes)
        _forget_colocation(node, needed)
        kept.append(node)
    nodes = [type(node).FromString(node.SerializeToString()) for node in kept + axes]
    del graph_def.node[:]
    graph_def.node.extend(nodes)


def _make_constant(node: Any, value: Any) -> None:
    for key in [key for key in node.attr if key != "_class"]:
        del node.attr[key]
    node.op = "Const"
    node.attr["dtype"].type = value.dtype
    node.attr["value"].tensor.CopyFrom(value)


def _make_plain_read(node: Any, axes: list[Any]) -> None:
    plain = RESOURCE_READS[node.op]
    if plain == "Identity":
        kind = node.attr["dtype"].type
        del node.attr["dtype"]
        node.attr["T"].type = kind
    else:
        kind = node.attr["dtype"].type
        for key in [key for key in node.attr if key in ("dtype", "validate_indices")]:
            del node.attr[key]
        node.attr["Tparams"].type = kind
        if plain == "GatherV2":
            axes.append(_axis(node))
            node.attr["Taxis"].type = 3
            node.input.append(node.name + "/axis")
    node.op = plain


def _axis(node: Any) -> Any:
    import tensorflow.compat.v1 as tf

    axis = type(node)(name=node.name + "/axis", op="Const")
    batch_dims = node.attr["batch_dims"].i if "batch_dims" in node.attr else 0
    axis.attr["dtype"].type = 3
    axis.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(batch_dims, tf.int32))
    return axis


def _forget_colocation(node: Any, needed: set[str]) -> None:
    if "_class" in node.attr:
        places = [place for place in node.attr["_class"].list.s if place.decode().split("loc:@")[-1] in needed]
        del node.attr["_class"]
        if places:
            node.attr["_class"].list.s.extend(places)


def _collect(meta: Any, graph: Any, definitions: list[tuple[Any, Any]]) -> None:
    """The collections that the SavedModel needs: the variables that stayed, and assets."""
    import tensorflow.compat.v1 as tf

    for key in (tf.GraphKeys.GLOBAL_VARIABLES, tf.GraphKeys.LOCAL_VARIABLES):
        members = {id(variable) for variable in graph.get_collection(key)}
        chosen = [proto.SerializeToString() for variable, proto in definitions if id(variable) in members]
        meta.collection_def[key].bytes_list.value.extend(chosen)
    assets = [tensor.name for tensor in graph.get_collection(tf.GraphKeys.ASSET_FILEPATHS)]
    meta.collection_def[tf.GraphKeys.ASSET_FILEPATHS].node_list.value.extend(assets)


def _initialize(session: Any, variables: list[Any], shapes: dict[str, list[int]]) -> None:
    import tensorflow.compat.v1 as tf

    for variable in variables:
        name, kind = variable.op.name, variable.dtype.base_dtype
        if name in shapes:
            value = tf.placeholder(kind, None)
            # The variable's own initializer would hold the value against the shape that the graph says.
            assigned = tf.raw_ops.AssignVariableOp(resource=variable.handle, value=value)
            session.run(assigned, {value: _random(name, shapes[name]).astype(kind.as_numpy_dtype)})
            continue
        shape = variable.initial_value.shape
        if not kind.is_floating or not shape.is_fully_defined() or shape.num_elements() > RANDOM_ELEMENTS:
            session.run(variable.initializer)
            continue
        value = _random(name, shape.as_list()).astype(kind.as_numpy_dtype)
        session.run(variable.initializer, {variable.initializer.inputs[1]: value})
