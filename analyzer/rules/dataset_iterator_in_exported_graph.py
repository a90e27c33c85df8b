"""A `tf.data` iterator in model_fn or in the receiver: the exported model reads a dataset of its own.

What fails: the tensors of `make_one_shot_iterator().get_next()` come from the ops `OneShotIterator` (or `IteratorV2`)
and `IteratorGetNext`, those of `get_single_element` from `DatasetToSingleElement`. Every converter refuses them, with
Select TF ops too.

In `input_fn` a dataset is right; so is one in model_fn that feeds only the loss, a hook or a summary.

Bad:

    prior = tf.data.Dataset.from_tensors(PRIORS).repeat().make_one_shot_iterator().get_next()
    logits = tf.layers.dense(x, 3) + tf.log(prior)

Good:

    logits = tf.layers.dense(x, 3) + tf.log(tf.constant(PRIORS))

The dry run confirms it when the converter refuses an op of the iterator or the dataset made on this line.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.expectations import Refused
from analyzer.exportgraph.graph import Model
from analyzer.findings import Related, Suspicion
from analyzer.reading.datasets import ITERATOR, SINGLE
from analyzer.reading.record import ApiCall
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL403", "dataset-iterator-in-exported-graph", by_version("X", "X", "X"))

TAKES = frozenset({f"{ITERATOR}.get_next", f"{ITERATOR}.get_next_as_optional", SINGLE})
OPS = frozenset(
    "IteratorGetNext IteratorGetNextSync OneShotIterator Iterator IteratorV2 TensorDataset TensorSliceDataset "
    "IteratorGetNextAsOptional OptionalGetValue AnonymousIteratorV2 AnonymousIteratorV3 MakeIterator "
    "DatasetToSingleElement MapDataset FilterDataset RangeDataset RepeatDataset TakeDataset SkipDataset ShuffleDataset "
    "BatchDataset BatchDatasetV2 ConcatenateDataset ZipDataset PrefetchDataset FlatMapDataset CacheDatasetV2".split()
)


def check(model: Model) -> Iterator[Suspicion]:
    for call in model.exported(TAKES):
        made = [other for other in model.ancestors(call) if other.name.startswith("tensorflow.data.")]
        spans = tuple(dict.fromkeys([call.span, *(one.span for one in made)]))
        elsewhere = {
            one.span.line: Related(one.span, f"the {_kind(one)} is made here")
            for one in made
            if one.span.line != call.span.line
        }
        yield RULE.at(
            call.span,
            f"the exported model takes tensors from a tf.data {_kind(call)}; no converter does",
            expects=Refused(OPS, spans),
            certainty=call.certainty,
            fix="give the values with tf.constant or as a feature of the receiver, or move the dataset into input_fn",
            related=(*elsewhere.values(), *way(model, call)),
        )


def _kind(call: ApiCall) -> str:
    return "iterator" if call.name.startswith(ITERATOR) else "dataset"
