"""A bucketized or indicator column: TensorFlow 1.15 cannot convert it, 2.x can where its categories need no hashing.

What fails on 1.15: "custom implementations: Bucketize" and "SparseToDense, still does not have a known data type"; over
identity ids it converts and fails at any batch but 1. On 2.x an indicator over hash buckets, crossed or weighted
columns, out-of-vocabulary buckets or a vocabulary of integers needs Select TF ops (StringToHashBucketFast, SparseCross,
SparseReorder, HashTableV2); over identity ids, buckets or a vocabulary of strings it is fine.

Bad, for 1.15:

    tf.feature_column.bucketized_column(distance, boundaries=[1.0, 3.0, 8.0])

Good:

    tf.feature_column.numeric_column("band")            # the caller sorts into bands

The dry run confirms it when the converter refuses these ops.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.expectations import Refused
from analyzer.exportgraph.columns import Column, used
from analyzer.exportgraph.graph import Model
from analyzer.findings import Related, Suspicion
from analyzer.reading.values import Const, Sequence, constant
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL406", "bucketized-or-indicator-column", by_version("X", "B", "B"))

OVER_IDS = by_version("R", "B", "B")
HASHED = by_version("X", "F", "F")
OPS = frozenset("Bucketize SparseToDense HashTableV2 LookupTableFindV2 LookupTableImportV2".split())
HASHING = frozenset("StringToHashBucketFast SparseCross SparseReorder SparseSlice AsString".split())
"""Ops of hashed columns alone: a classifier makes an AsString of its own."""


def check(model: Model) -> Iterator[Suspicion]:
    for one in used(model):
        column = one.column
        if column.kind != "indicator_column" and not (column.kind == "bucketized_column" and one.part == "deep"):
            continue
        hashed = next((source for source in column.walk() if _is_hashed(source)), None)
        ids = [source.kind for source in column.walk()] == ["indicator_column", "categorical_column_with_identity"]
        also = f"; over `{hashed.name}` 2.x needs Select TF ops" if hashed is not None else "; 2.x converts it"
        yield RULE.at(
            column.span,
            f"`{column.name}`: 1.15 {'freezes its batch to 1' if ids else 'cannot convert it'}{also}",
            expects=Refused(OPS | HASHING if hashed is not None else OPS),
            certainty=one.certainty,
            outcomes=HASHED if hashed is not None else OVER_IDS if ids else RULE.outcomes,
            fix="let the caller give the bucket or the one-hot vector as a numeric feature",
            related=(Related(one.span, f"computed by {one.by}"), *way(model, one.layer)),
        )


def _is_hashed(column: Column) -> bool:
    """Whether 2.x's builtins do not cover how the column makes ids."""
    if column.kind in ("crossed_column", "weighted_categorical_column", "categorical_column_with_hash_bucket"):
        return True
    if not column.kind.startswith("categorical_column_with_vocabulary"):
        return False
    buckets = constant(column.arguments.get("num_oov_buckets"))
    words = column.arguments.get("vocabulary_list", 1)
    first = words.items[0] if isinstance(words, Sequence) and words.items else words
    return bool(buckets) or (isinstance(first, Const) and isinstance(first.value, int))
