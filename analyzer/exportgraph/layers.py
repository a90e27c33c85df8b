"""The ops of a Keras model's layer are made on the line that calls the model, not on the line that makes the layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from analyzer.expectations import AnyOf, BatchNormTrains, InExportedSlice, NotExported, Raises, Refused
from analyzer.exportgraph.graph import Model
from analyzer.findings import Span, Suspicion

Calls = Mapping[Span, tuple[Span, ...]]


def called_at(model: Model) -> Calls:
    """The calls of models by the lines that make their layers."""
    found: dict[Span, tuple[Span, ...]] = {}
    for call in model.calls:
        if call.called_at is not None:
            found[call.span] = (*found.get(call.span, ()), call.called_at)
    return found


def seen_there(suspicion: Suspicion, calls: Calls) -> Suspicion:
    """The suspicion, settled by what a dry run sees on the line that calls its layer too."""
    return replace(suspicion, expectation=_widened(suspicion.expectation, calls)) if calls else suspicion


def _widened(expectation: Any, calls: Calls) -> Any:
    match expectation:
        case AnyOf(of=options):
            return AnyOf(tuple(_widened(option, calls) for option in options))
        case Refused() | Raises() | InExportedSlice() | BatchNormTrains() | NotExported():
            return replace(
                expectation, at=(*expectation.at, *(at for span in expectation.at for at in calls.get(span, ())))
            )
        case _:
            return expectation
