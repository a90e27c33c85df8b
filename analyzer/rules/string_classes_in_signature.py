"""A classifier of TensorFlow's own answers with its classes as strings, made by AsString.

What fails: the 'predict' signature of DNN-, Linear- and BaselineClassifier (and of the heads behind them) holds
`classes`. Without `label_vocabulary` they are made by AsString, which 2.x converts only with Select TF ops. 1.15
converts neither: "Input_content string_val doesn't have the right dimensions", with a vocabulary "Unsupported data
type given to Tile op".

Bad:

    tf.estimator.DNNClassifier([8], columns, n_classes=3)

Good, for 2.x:

    tf.estimator.DNNClassifier([8], columns, n_classes=3, label_vocabulary=["a", "b", "c"])

Good, for all: a model_fn of your own that exports logits only. Regressors have no classes. The dry run confirms it when
the converter refuses AsString.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.expectations import Refused
from analyzer.exportgraph import heads
from analyzer.exportgraph.graph import Model
from analyzer.findings import Certainty, Span, Suspicion
from analyzer.reading.values import Arguments, Choice, Unknown, Value, is_none
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL407", "string-classes-in-signature", by_version("X", "F", "F"))

WITH_VOCABULARY = by_version("X", "B", "B")
OPS = frozenset({"AsString", "Tile"})
_PREFIX = r"^tensorflow\.(contrib\.)?estimator\.(experimental\.)?"
CLASSIFIERS = re.compile(_PREFIX + r"(?P<kind>DNNLinearCombined|DNN|Linear|Baseline|RNN)Classifier$")
HEADS = re.compile(_PREFIX + r"(BinaryClassHead|MultiClassHead|binary_classification_head|multi_class_head)$")
FIX = "export logits from a model_fn of your own"
VOCABULARY_AT = {"DNN": 5, "Linear": 4, "Baseline": 3, "DNNLinearCombined": 10}


def check(model: Model) -> Iterator[Suspicion]:
    for name, span, vocabulary, certainty in _sources(model):
        given = vocabulary is not None and not is_none(vocabulary)
        if given and isinstance(vocabulary, Unknown | Choice):
            certainty = Certainty.MAYBE
        yield RULE.at(
            span,
            f"`{name}` exports its classes as strings"
            + (": 1.15 refuses them" if given else " made by AsString: 1.15 refuses them, 2.x needs Select TF ops"),
            expects=Refused(OPS),
            certainty=certainty,
            outcomes=WITH_VOCABULARY if given and certainty is Certainty.CERTAIN else RULE.outcomes,
            fix=FIX if given else f"give label_vocabulary, or {FIX}",
            related=way(model),
        )


def _sources(model: Model) -> Iterator[tuple[str, Span, Value | None, Certainty]]:
    """(name, place, label_vocabulary, certainty) of the classifier, or of each head, that makes classes."""
    estimator = model.estimator
    match = CLASSIFIERS.match(estimator.name) if model.model_fn is None and estimator is not None else None
    if match is not None and estimator is not None and model.spec is None:
        vocabulary = _vocabulary(estimator.arguments, VOCABULARY_AT.get(match["kind"]))
        yield estimator.name.rpartition(".")[2], estimator.span, vocabulary, model.estimator_certainty
        return
    made, certainty = heads.head(model)
    for one in heads.members(made):
        if one.span is not None and HEADS.match(one.api):
            yield one.api.rpartition(".")[2], one.span, _vocabulary(one.arguments, None), certainty


def _vocabulary(arguments: Arguments, index: int | None) -> Value | None:
    given = arguments.get("label_vocabulary", index)
    return Unknown() if given is None and arguments.open else given
