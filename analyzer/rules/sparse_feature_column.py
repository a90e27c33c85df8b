"""An embedding column, or a categorical column in a linear model, is looked up with sparse ops.

What fails: `embedding_column` and `shared_embeddings` over any categorical column, and every categorical, crossed or
bucketized column of a linear model, become SparseFillEmptyRows, SparseReshape and SparseSegmentSum. 2.x needs Select TF
ops for them; 1.15's converter aborts without naming them ("Check failed: dims_.size() > i", "Multidimensional gather
not supported").

Bad:

    tf.feature_column.embedding_column(movie, dimension=8)

Good:

    table = tf.get_variable("movie", [MOVIES, 8])                    # in a model_fn, over dense ids
    tf.nn.embedding_lookup(table, features["movie"])

Columns that no exported model computes are no fault. The dry run confirms it when the converter refuses these ops.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.expectations import Refused
from analyzer.exportgraph.columns import Column, Used, used
from analyzer.exportgraph.graph import Model
from analyzer.findings import Related, Suspicion
from analyzer.reading.dtypes import dtype_of
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL405", "sparse-feature-column", by_version("X", "F", "F"))

EMBEDDINGS = frozenset({"embedding_column", "shared_embeddings", "shared_embedding_columns"})
OPS = frozenset(
    "SparseFillEmptyRows SparseReshape SparseSegmentMean SparseSegmentSum SparseSegmentSqrtN SparseCross "
    "StringToHashBucketFast".split()
)

AS_TEXT = frozenset({"AsString"})
"""What hashing makes of numbers first; a classifier makes one of its classes, too."""


def check(model: Model) -> Iterator[Suspicion]:
    for one in used(model):
        what = _what(one)
        if what is None:
            continue
        related = way(model, one.layer)
        yield RULE.at(
            one.column.span,
            f"{what} becomes sparse lookups in the exported graph: 1.15 aborts, 2.x needs Select TF ops",
            expects=Refused(OPS | AS_TEXT if _hashes_numbers(one.column) else OPS),
            certainty=one.certainty,
            fix="look dense ids up with tf.nn.embedding_lookup, or use indicator_column (builtins on 2.x)",
            related=(Related(one.span, f"computed by {one.by}"), *related),
        )


def _what(one: Used) -> str | None:
    column = one.column
    if column.kind in EMBEDDINGS:
        return f"`{column.name}`"
    if one.part == "linear" and (column.is_categorical or column.kind == "bucketized_column"):
        return f"`{column.name}` in a linear model"
    return None


def _hashes_numbers(column: Column) -> bool:
    return any(
        source.kind == "categorical_column_with_hash_bucket"
        and dtype_of(source.arguments.get("dtype", 2)) not in (None, "string")
        for source in column.walk()
    )
