"""A `dataset.map` in `input_fn` computes features that the device will have to compute itself.

What happens: nothing fails. `input_fn` is never exported, so whatever `map` does there (a lambda, a named function, a
partial or a method) cannot break a conversion, against much advice on the web. But the exported model expects its
features *after* that computation: a device that feeds raw values gets wrong answers (training/serving skew).

Bad (silently, on the device):

    ds = ds.map(lambda x, y: ({"x": x / 255.0}, y))         # and the receiver takes "x" as it is

Good: divide in model_fn or in the serving_input_receiver_fn, or do the same on the device and say so in its docs.

A map that only rearranges is not reported, nor one whose computation the receiver or model_fn runs too; of one that
only augments (adds noise, flips at random) it says that no device has to repeat it. The dry run confirms it when no op
of the exported graph was made on these lines.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.expectations import NotExported
from analyzer.exportgraph.graph import Model, Pipeline
from analyzer.findings import Related, Severity, Span, Suspicion
from analyzer.reading.names import short
from analyzer.reading.record import ApiCall
from analyzer.reading.values import Function, Partial, Value, deps_of
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL101", "dataset-map-not-exported", by_version("B", "B", "B"))

MAPS = frozenset({"tensorflow.data.Dataset.map", "tensorflow.data.Dataset.map_with_legacy_function"})
REARRANGES = frozenset(
    f"tensorflow.{name}"
    for name in """reshape expand_dims squeeze identity ensure_shape stack concat transpose shape unstack split size
    rank constant convert_to_tensor debugging.Assert dtypes.cast data.Dataset zeros ones""".split()
) | {"operator.getitem"}


AUGMENTS = ("tensorflow.random.", "tensorflow.image.random_", "tensorflow.image.stateless_random_")
"""Random changes are for training alone; no device has to repeat them."""


def check(model: Model) -> Iterator[Suspicion]:
    exported = {_place(call.span) for call in model.calls if model.is_exported(call)}
    for pipeline in model.pipelines:
        fed = _feeds_features(pipeline)
        for call in pipeline.calls:
            if call.name not in MAPS:
                continue
            inside = [other for other in _inside(pipeline, call) if other.id in fed]
            random = [other for other in inside if other.name.startswith(AUGMENTS)]
            noise = {other.id for other in random}
            computing = [other for other in inside if _computes(other) and not noise & {other.id, *other.deps}]
            missing = [other for other in computing if _place(other.span) not in exported]
            if not missing and not random:
                continue
            said = (
                f"computes {_listed(missing)}: not in the exported graph, so the device must do it"
                if missing
                else f"augments with {_listed(random)}: not in the exported graph, and nothing for the device to repeat"
            )
            yield RULE.at(
                call.span,
                f"{_what(call)} {said}",
                expects=NotExported(tuple(dict.fromkeys([call.span, *(other.span for other in missing or random)]))),
                certainty=call.certainty,
                fix="do it in model_fn or in the serving_input_receiver_fn too, or on the device" if missing else "",
                related=_related(model, pipeline),
                ceiling=Severity.INFO,
            )


def _inside(pipeline: Pipeline, call: ApiCall) -> list[ApiCall]:
    return [other for other in pipeline.calls if other.id in call.inner and other is not call]


def _feeds_features(pipeline: Pipeline) -> frozenset[int]:
    """The calls that the features came from; labels are the training's own affair."""
    by_id = {call.id: call for call in pipeline.calls}
    pending = list(deps_of(pipeline.features)) or list(deps_of(pipeline.element))
    seen = set(pending)
    while pending:
        call = by_id.get(pending.pop())
        if call is None or call.name in MAPS or call.name.startswith("tensorflow.data.Dataset"):
            continue
        pending += call.deps - seen
        seen |= call.deps
    return frozenset(seen)


def _computes(call: ApiCall) -> bool:
    return call.name not in REARRANGES and not call.name.startswith("tensorflow.data.")


def _place(span: Span) -> tuple[object, int, int]:
    return span.path, span.line, span.column


def _what(call: ApiCall) -> str:
    function: Value | None = call.arguments.get("map_func", 0)
    while isinstance(function, Partial):
        function = function.target
    if isinstance(function, Function) and function.name != "<lambda>":
        return f"`{function.name}` in `dataset.map`"
    return "this `dataset.map`"


def _listed(calls: list[ApiCall]) -> str:
    names = list(
        dict.fromkeys(
            f"`{call.spelled}`" if call.name.startswith("operator.") else f"`{short(call.name)}`" for call in calls
        )
    )
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def _related(model: Model, pipeline: Pipeline) -> tuple[Related, ...]:
    span = model.receiver.span if model.receiver else None
    return (*((Related(span, "the receiver gives features without it"),) if span else ()), *way(model))
