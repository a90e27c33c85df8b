"""`embedding_lookup` in a partitioned variable: the shards are put together with ops that TensorFlow Lite lacks.

What fails: 1.15 refuses `DynamicPartition` and `DynamicStitch`, 2.15 and 2.21 need Select TF ops for `DynamicPartition`
and `ParallelDynamicStitch`. A partitioned variable that is only multiplied is concatenated, which converts everywhere.

Bad:

    table = tf.get_variable("table", [10000, 64], partitioner=tf.fixed_size_partitioner(4))
    x = tf.nn.embedding_lookup(table, ids)

Good:

    partitioner = tf.fixed_size_partitioner(4) if mode == tf.estimator.ModeKeys.TRAIN else None
    # the saver joins the shards of a checkpoint

The dry run confirms it when the converter refuses such an op made on this line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from analyzer.exportgraph.graph import Model
from analyzer.findings import Outcome, Refused, Related, Suspicion, Target
from analyzer.reading.record import ApiCall
from analyzer.reading.values import Sequence, Tensor, constant, is_none
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL411", "partitioned-variable-in-exported-graph", by_version("X", "F", "F"))

LOOKUPS = frozenset({"tensorflow.nn.embedding_lookup"})
OPS = frozenset({"DynamicPartition", "DynamicStitch", "ParallelDynamicStitch", "FloorDiv"})


def check(model: Model) -> Iterator[Suspicion]:
    made = {call.id: call for call in model.calls if call.name == "tensorflow.get_variable"}
    for call in model.exported(LOOKUPS):
        table = call.arguments.get("params", 0)
        shards = isinstance(table, Sequence) and len(table.items) > 1
        variables = [made[dep] for dep in (table.deps if isinstance(table, Tensor) else ()) if dep in made]
        partitioned = [variable for variable in variables if _is_partitioned(variable)]
        if not shards and not partitioned:
            continue
        yield RULE.at(
            call.span,
            "this lookup goes to the shards of a partitioned table: 1.15 refuses it, 2.15 and 2.21 need Select TF ops",
            expects=Refused(OPS, (call.span,)),
            certainty=call.certainty,
            outcomes=_outcomes(call) if shards else None,
            fix="make the table without a partitioner when mode is PREDICT; the checkpoint's shards are joined",
            related=(*(Related(one.span, "the table is made here") for one in partitioned), *way(model, call)),
        )


def _is_partitioned(variable: ApiCall) -> bool:
    given = variable.arguments.get("partitioner", 8)
    return given is not None and not is_none(given)


def _outcomes(call: ApiCall) -> Mapping[Target, Outcome]:
    """1.15 converts a plain list of tables with the default strategy."""
    strategy = constant(call.arguments.get("partition_strategy", 2), "mod")
    return by_version("B", "F", "F") if strategy == "mod" else RULE.outcomes
