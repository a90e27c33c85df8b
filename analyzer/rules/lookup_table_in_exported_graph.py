"""A lookup table on the exported path: fatal for TensorFlow 1.15's converter, and for 2.x where it is not string/int64.

What fails: 1.15 has no kernel for tables at all ("custom implementations: HashTableV2, LookupTableFindV2"), and refuses
a SavedModel with a vocabulary file ("assets/ directory are not supported"). 2.15 and 2.21 convert a table from
strings to int64 or back, also one of a vocabulary file, with `from_saved_model` and v2 behaviour on; every
other pair of dtypes, a mutable table, and out-of-vocabulary buckets (`StringToHashBucketFast`) need Select TF ops.

Bad (for 1.15; on 2.x because of the buckets):

    table = tf.lookup.StaticVocabularyTable(init, num_oov_buckets=2)

Good:

    table = tf.lookup.StaticHashTable(init, default_value=-1)        # 2.x; for 1.15 let the device send ids

The dry run confirms it when the converter refuses an op of the table made on these lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from analyzer.expectations import Refused
from analyzer.exportgraph.graph import Model
from analyzer.findings import Outcome, Suspicion, Target
from analyzer.reading.dtypes import dtype_of
from analyzer.reading.record import ApiCall
from analyzer.reading.shapes import dtype_of_content
from analyzer.reading.values import Instance, Value, constant, is_none
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL410", "lookup-table-in-exported-graph", by_version("X", "B", "B"))

FROM_INITIALIZER = frozenset({"StaticHashTable", "StaticHashTableV1", "HashTable", "StaticVocabularyTable"})
TO_IDS = frozenset({"index_table_from_tensor", "index_table_from_file", "string_to_index_table_from_tensor"})
TO_STRINGS = frozenset({"index_to_string_table_from_tensor", "index_to_string_table_from_file"})
MUTABLE = frozenset({"MutableHashTable", "MutableDenseHashTable", "DenseHashTable"})
TABLES = frozenset(
    f"tensorflow.{package}{name}"
    for package in ("lookup.", "lookup.experimental.", "contrib.lookup.", "python.ops.lookup_ops.")
    for name in FROM_INITIALIZER | TO_IDS | TO_STRINGS | MUTABLE | {"IdTableWithHashBuckets"}
)
OPS = frozenset(
    "HashTable HashTableV2 LookupTableFind LookupTableFindV2 LookupTableImport LookupTableImportV2 LookupTableSizeV2 "
    "InitializeTableV2 InitializeTableFromTextFileV2 StringToHashBucketFast StringToHashBucketStrong AsString "
    "MutableHashTableV2 MutableDenseHashTableV2 LookupTableInsertV2 LookupTableExportV2".split()
)
CONVERTED = frozenset({("string", "int64"), ("int64", "string")})


def check(model: Model) -> Iterator[Suspicion]:
    for call in model.exported(TABLES):
        short = call.name.rpartition(".")[2]
        outcomes, why = _outcomes(call, short)
        lookups = [other.span for other in model.calls if call.id in other.deps and other.name.endswith(".lookup")]
        yield RULE.at(
            call.span,
            f"`{short}` is a table in the exported graph: 1.15's converter refuses every table, 2.15 and 2.21 "
            + (f"need Select TF ops for {why}" if why else "convert one from strings to int64 or back"),
            expects=Refused(OPS, tuple(dict.fromkeys([call.span, *lookups]))),
            certainty=call.certainty,
            outcomes=outcomes,
            fix="look ids up on the device and give the model numbers"
            + (", or use a table without buckets" if "bucket" in why else ""),
            related=way(model, call),
        )


def _outcomes(call: ApiCall, short: str) -> tuple[Mapping[Target, Outcome], str]:
    """What each converter does with this table, and what 2.x needs Select TF ops for."""
    select = dict(RULE.outcomes) | {Target.V2_15: Outcome.SELECT, Target.V2_21: Outcome.SELECT}
    if short in MUTABLE:
        return select, "a mutable table"
    if _has_buckets(call, short):
        return select, "its out-of-vocabulary buckets"
    if short not in FROM_INITIALIZER:
        return RULE.outcomes, ""
    kinds = _kinds(call.arguments.get("initializer", 0))
    if None in kinds or kinds in CONVERTED:
        return RULE.outcomes, ""
    return select, f"{kinds[0]} to {kinds[1]}"


def _has_buckets(call: ApiCall, short: str) -> bool:
    if short in ("StaticVocabularyTable", "IdTableWithHashBuckets"):
        return bool(constant(call.arguments.get("num_oov_buckets", 1)) != 0)
    buckets = call.arguments.get("num_oov_buckets", 1) if short in TO_IDS else None
    return buckets is not None and bool(constant(buckets, 0) != 0)


def _kinds(initializer: Value | None) -> tuple[str | None, str | None]:
    """Dtypes of keys and values."""
    if not isinstance(initializer, Instance):
        return None, None
    given = initializer.arguments
    if initializer.api.endswith("KeyValueTensorInitializer"):
        return _kind(given.get("keys", 0), given.get("key_dtype", 2)), _kind(
            given.get("values", 1), given.get("value_dtype", 3)
        )
    if initializer.api.endswith("TextFileInitializer"):
        return dtype_of(given.get("key_dtype", 1)), dtype_of(given.get("value_dtype", 3))
    return None, None


def _kind(content: Value | None, dtype: Value | None) -> str | None:
    return dtype_of_content(content) if dtype is None or is_none(dtype) else dtype_of(dtype)
