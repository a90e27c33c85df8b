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

from analyzer.exportgraph.graph import Model
from analyzer.findings import Certainty, Refused, Span, Suspicion
from analyzer.reading.values import Arguments, Choice, Instance, Unknown, Value, is_none
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
    found = _source(model)
    if found is None:
        return
    name, span, vocabulary, certainty = found
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


def _source(model: Model) -> tuple[str, Span, Value | None, Certainty] | None:
    """(name, place, label_vocabulary, certainty) of the classifier or the head that makes the signatures."""
    estimator, spec = model.estimator, model.spec
    if spec is not None and spec.name.endswith(".create_estimator_spec"):
        return _head(spec.owner, spec.certainty)
    if model.model_fn is not None or estimator is None:
        return None
    match = CLASSIFIERS.match(estimator.name)
    if match is not None:
        vocabulary = _vocabulary(estimator.arguments, VOCABULARY_AT.get(match["kind"]))
        return estimator.name.rpartition(".")[2], estimator.span, vocabulary, model.estimator_certainty
    return _head(estimator.arguments.get("head", 0), model.estimator_certainty)


def _head(value: Value | None, certainty: Certainty) -> tuple[str, Span, Value | None, Certainty] | None:
    if not isinstance(value, Instance) or value.span is None or not HEADS.match(value.api):
        return None
    return value.api.rpartition(".")[2], value.span, _vocabulary(value.arguments, None), certainty


def _vocabulary(arguments: Arguments, index: int | None) -> Value | None:
    given = arguments.get("label_vocabulary", index)
    return Unknown() if given is None and arguments.open else given
