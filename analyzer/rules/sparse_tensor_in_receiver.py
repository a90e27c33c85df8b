"""A receiver tensor is a SparseTensor: no converter takes one as an input.

What fails: "The name '' looks like an (invalid) Operation name, not a Tensor", on 2.x also "Only dense tensor is
supported, but got encoding case 4".

Bad:

    seen = tf.sparse_placeholder(tf.float32, shape=[None, 6])
    return ServingInputReceiver({"seen": seen}, {"seen": seen})

Good:

    seen = tf.placeholder(tf.float32, [None, 6])

A sparse_placeholder that is no receiver tensor is another matter. The dry run confirms it by the converter's words.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.expectations import ConverterSays
from analyzer.exportgraph.graph import Model
from analyzer.exportgraph.wiring import SPARSE
from analyzer.findings import Suspicion
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL215", "sparse-tensor-in-receiver", by_version("X", "X", "X"))

PHRASES = ("looks like an (invalid) Operation name", "Only dense tensor is supported", "RET_CHECK failure")


def check(model: Model) -> Iterator[Suspicion]:
    receiver = model.receiver
    if receiver is None or receiver.kind not in ("serving", "tensor"):
        return
    for key, call in receiver.made_by.items():
        if call.name in SPARSE:
            yield RULE.at(
                call.span,
                f"receiver tensor {key!r} is a SparseTensor: no converter takes one as an input",
                expects=ConverterSays(PHRASES),
                certainty=call.certainty,
                fix="receive a dense tensor, or indices and values in placeholders of their own",
                related=way(model, call),
            )
