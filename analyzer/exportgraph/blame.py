"""Of a helper that is called from several places, the place whose call makes it do harm."""

from __future__ import annotations

from collections.abc import Callable

from analyzer.exportgraph.graph import Model
from analyzer.exportgraph.passing import passed_from
from analyzer.findings import Span
from analyzer.reading.record import ApiCall


def switched_at(
    model: Model, call: ApiCall, switch: tuple[str, int] | None, is_harmful: Callable[[ApiCall], bool]
) -> Span:
    """Where a switch (its name and position) was set that makes a call do harm; without one, as `culprit` says."""
    if elsewhere := call.chosen_at or call.called_at:
        return elsewhere
    written = passed_from(model, call, *switch) if switch is not None else None
    return written or culprit(model, call, is_harmful)


def culprit(model: Model, call: ApiCall, is_harmful: Callable[[ApiCall], bool]) -> Span:
    """Where a harmful call was asked for.

    That is its own line, unless other ways lead to that line that do no harm: of an argument that is right there, or
    only in TRAIN. Then it is the innermost call on the way that none of them takes.
    """
    harmless = {step.span for other in _harmless(model, call, is_harmful) for step in other.trail}
    if not harmless:
        return call.span
    return next((step.span for step in reversed(call.trail) if step.span not in harmless), call.span)


def _harmless(model: Model, call: ApiCall, is_harmful: Callable[[ApiCall], bool]) -> list[ApiCall]:
    same = [other for other in model.calls if other.name == call.name and other.span == call.span]
    exported = {other.trail for other in same}
    training = model.training.calls if model.training is not None else ()
    gated = [
        other
        for other in training
        if other.name == call.name and other.span == call.span and other.trail not in exported
    ]
    return [other for other in same if not is_harmful(other)] + gated


def via(call: ApiCall, place: Span) -> str:
    """How a message names the helper's line, where the finding stands at the call of the helper."""
    if place == call.span:
        return ""
    where = f"line {call.span.line}" if call.span.path == place.path else f"{call.span.path.name}:{call.span.line}"
    return f" ({where}, by this call)"
