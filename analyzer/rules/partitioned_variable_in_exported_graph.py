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

from analyzer.editing.calls import argument, written
from analyzer.editing.scopes import in_mode
from analyzer.editing.text import append
from analyzer.expectations import Refused
from analyzer.exportgraph.graph import Model
from analyzer.findings import Edit, Outcome, Patch, Related, Suspicion, Target
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
            patch=_patch(model, partitioned) if not shards else None,
        )


def _patch(model: Model, variables: list[ApiCall]) -> Patch | None:
    """No partitioner for PREDICT; training and its checkpoints stay as they are."""
    edits: list[Edit] = []
    for variable in variables:
        found = written(model.modules, variable)
        given = argument(found[1], "partitioner", 8) if found is not None else None
        if found is None or given is None:
            return None
        test = in_mode(model, found[0], given, variable.trail, "!= PREDICT")
        if test is None:
            return None
        edits += append(found[0], given, f" if {test} else None")
    return Patch(tuple(edits), safe=True) if edits else None


def _is_partitioned(variable: ApiCall) -> bool:
    given = variable.arguments.get("partitioner", 8)
    return given is not None and not is_none(given)


def _outcomes(call: ApiCall) -> Mapping[Target, Outcome]:
    """1.15 converts a plain list of tables with the default strategy."""
    strategy = constant(call.arguments.get("partition_strategy", 2), "mod")
    return by_version("B", "F", "F") if strategy == "mod" else RULE.outcomes
