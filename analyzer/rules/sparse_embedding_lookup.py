"""`tf.nn.embedding_lookup_sparse` in the exported graph needs ops that builtins do not have.

What fails: it becomes SparseSegmentSum and its relatives, and the safe variant SparseReshape and SparseFillEmptyRows
too: Select TF ops on 2.x, an abort of 1.15's converter or interpreter.

Bad:

    tf.nn.embedding_lookup_sparse(table, ids, None)

Good:

    tf.nn.embedding_lookup(table, dense_ids)

Dense ids, padded to one length, convert on every version. The dry run confirms it when the converter refuses these ops.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.expectations import Refused
from analyzer.exportgraph.graph import Model
from analyzer.findings import Suspicion
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL409", "sparse-embedding-lookup", by_version("X", "F", "F"))

LOOKUPS = frozenset(
    f"tensorflow.{name}"
    for name in (
        "nn.embedding_lookup_sparse",
        "nn.safe_embedding_lookup_sparse",
        "contrib.layers.safe_embedding_lookup_sparse",
    )
)
OPS = frozenset(
    "SparseSegmentMean SparseSegmentSum SparseSegmentSqrtN SparseFillEmptyRows SparseReshape Unique SegmentSum".split()
)


def check(model: Model) -> Iterator[Suspicion]:
    for call in model.exported(LOOKUPS):
        yield RULE.at(
            call.span,
            f"`{call.spelled}` is exported as sparse ops: 1.15 cannot run them, 2.x needs Select TF ops",
            expects=Refused(OPS, (call.span,)),
            certainty=call.certainty,
            fix="look dense ids up with tf.nn.embedding_lookup",
            related=way(model, call),
        )
