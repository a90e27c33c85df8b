"""Why a model was not followed to its end: sentences that name the place where it was lost."""

from __future__ import annotations

from astroid import nodes

from analyzer.findings import Span
from analyzer.reading.record import ApiCall
from analyzer.reading.values import Function

LONGEST = 60
"""Characters of source that are quoted."""


def model_fn(estimator: ApiCall | None) -> str:
    """The model_fn of an estimator is no function that was found."""
    given = (estimator.arguments.span("model_fn", 0) or estimator.span) if estimator is not None else None
    return f"model_fn could not be followed to a function of this project{_at(given)}"


def receiver(export: ApiCall | None) -> str:
    """A serving_input_receiver_fn gives no receiver that is known."""
    given = (export.arguments.span("serving_input_receiver_fn", 1) or export.span) if export is not None else None
    return f"the serving_input_receiver_fn could not be followed to a ServingInputReceiver{_at(given)}"


def spec(function: Function, raised: Span | None) -> str:
    """A model_fn raises for PREDICT, or returns something of which only its source is known."""
    if raised is not None:
        return f"for PREDICT model_fn raises an exception{_at(raised)}"
    what = "what model_fn returns for PREDICT could not be followed to an EstimatorSpec"
    node = function.node
    returned = [one for one in node.nodes_of_class(nodes.Return) if one.scope() is node and one.value is not None]
    if not returned:
        return f"{what}{_at(function.span)}"
    text = returned[-1].value.as_string().partition("\n")[0]
    quoted = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    return f"{what}: it returns `{quoted}`{_at(function.module.span(returned[-1]))}"


def predictions(span: Span) -> str:
    """A spec holds predictions of which nothing is known."""
    return f"the predictions of this EstimatorSpec could not be followed to the calls that make them{_at(span)}"


def _at(span: Span | None) -> str:
    return f" ({span.path.name}, line {span.line})" if span is not None else ""
