"""A SavedModel cut down to some of its operations: what they give to the rest becomes the output of its signature."""

from __future__ import annotations

import os
import shutil
from typing import Any

NEVER_OUTPUTS = {"Const", "Placeholder", "PlaceholderV2", "VarHandleOp", "Variable", "VariableV2", "NoOp"}


class NothingLeft(Exception):
    """The operations that are kept compute nothing."""


def cut(path: str, signature: str, kept: list[str], folder: str) -> str:
    """The path of a SavedModel whose `signature` ends where `kept` ends; `path` holds the whole one."""
    import tensorflow.compat.v1 as tf
    from tensorflow.python.saved_model import loader_impl

    model = loader_impl.parse_saved_model(path)
    meta = model.meta_graphs[0]
    with tf.Graph().as_default() as graph:
        tf.train.import_meta_graph(meta)
        outputs = list(_ends(graph, meta.signature_def[signature], set(kept)))
        if not outputs:
            raise NothingLeft("nothing is computed by %s" % ", ".join(kept[-3:]))
        definition = meta.signature_def[signature]
        definition.outputs.clear()
        for number, tensor in enumerate(outputs):
            definition.outputs["end%d" % number].CopyFrom(tf.saved_model.utils.build_tensor_info(tensor))
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(path, folder)
    with open(os.path.join(folder, "saved_model.pb"), "wb") as out:
        out.write(model.SerializeToString())
    return folder


def _ends(graph: Any, signature: Any, kept: set[str]) -> Any:
    """The tensors of kept operations that others need, or that are outputs already."""
    wanted = {info.name for info in signature.outputs.values()}
    for op in graph.get_operations():
        if op.name not in kept or op.type in NEVER_OUTPUTS:
            continue
        for tensor in op.outputs:
            outside = any(reader.name not in kept for reader in tensor.consumers())
            if tensor.name in wanted or outside or not tensor.consumers():
                yield tensor
