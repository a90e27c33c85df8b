"""TRAIN and PREDICT build different variables: the export restores weights that are missing, or are another layer's.

What fails: a layer that is built in one mode only moves the automatic names of those after it (`dense`, `dense_1`), and
a size that depends on the mode changes a shape. The export dies ("Key dense_1/kernel not found in checkpoint", "Assign
requires shapes of both tensors to match"); where shapes happen to agree it restores another layer's weights silently.

Bad:

    if mode == tf.estimator.ModeKeys.TRAIN:
        x = tf.layers.dense(x, 4)                           # "dense" when training
    height = tf.layers.dense(x, 1)                          # "dense_1" when training, "dense" in the export

Good:

    height = tf.layers.dense(x, 1, name="height")           # and the same layers in every mode

The dry run confirms it when it builds the TRAIN graph and its variables are not those of PREDICT.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from analyzer.expectations import VariablesDiffer
from analyzer.exportgraph.graph import Model
from analyzer.findings import Certainty, Related, Span, Suspicion
from analyzer.reading.record import ApiCall, Scope
from analyzer.reading.values import Instance, constant
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL103", "variables-depend-on-mode", by_version("E", "E", "W"))

LAYERS = re.compile(
    r"^tensorflow\.((?:keras\.|contrib\.)?layers)\.(dense|conv[123]d|conv2d_transpose|separable_conv2d|batch_normalization"
    r"|fully_connected|batch_norm|Dense|Conv[123]D|Conv2DTranspose|SeparableConv2D|BatchNormalization|Embedding)(\.__call__)?$"
)


@dataclass(frozen=True, slots=True)
class Made:
    """A call that makes variables: where it stands (which time it is run), the name it gets, and how wide it is."""

    site: tuple[Span, tuple[Span, ...], int]
    family: tuple[str, ...]
    name: str
    size: object
    call: ApiCall


def check(model: Model) -> Iterator[Suspicion]:
    if model.training is None or not model.training.complete or model.limits:
        return
    serving = _made(call for call in model.calls if call.scope is Scope.MODEL)
    trained = _made(model.training.calls)
    if not serving or not trained:
        return
    by_site = {made.site: made for made in trained}
    names = {made.name for made in trained}
    for made in serving:
        same = by_site.get(made.site)
        if same is not None and same.name == made.name:
            if isinstance(made.size, int) and isinstance(same.size, int) and made.size != same.size:
                why = f"`{made.name}` has {same.size} units when training and {made.size} in the export"
                yield _suspicion(model, made.call, why, [made, same], ())
                return
            continue
        if same is None and made.name in names:
            continue
        extra = _extra(made, serving, trained)
        culprit = extra.call if extra is not None else made.call
        mode = "TRAIN" if extra is not None and extra in trained else "PREDICT"
        if same is not None:
            why = f"this layer is built in {mode} only: `{made.name}` of the export is `{same.name}` in the checkpoint"
        else:
            why = f"`{made.name}` is built in {mode} only, so no checkpoint has it"
        family = [one for one in (*serving, *trained) if one.family == made.family]
        related = (Related(made.call.span, "its name depends on the mode"),) if culprit is not made.call else ()
        yield _suspicion(model, culprit, why, family, related)
        return


def _suspicion(model: Model, call: ApiCall, why: str, rests_on: list[Made], related: tuple[Related, ...]) -> Suspicion:
    certain = all(one.call.certainty is Certainty.CERTAIN and "?" not in one.family for one in rests_on)
    return RULE.at(
        call.span,
        why,
        expects=VariablesDiffer(frozenset({"name", "shape", "place"})),
        certainty=Certainty.CERTAIN if certain else Certainty.MAYBE,
        fix="build the same layers in every mode, and give each a name",
        related=(*related, *way(model)),
    )


def _extra(made: Made, serving: list[Made], trained: list[Made]) -> Made | None:
    """The layer of the same family that only one of the modes builds."""
    in_both = {one.site for one in serving} & {one.site for one in trained}
    found = [one for one in (*trained, *serving) if one.family == made.family and one.site not in in_both]
    return found[0] if found else None


def _made(calls: Iterable[ApiCall]) -> list[Made]:
    """What makes variables, in order, with the names that TensorFlow gives."""
    found: list[Made] = []
    unnamed: Counter[tuple[str, ...]] = Counter()
    runs: Counter[tuple[Span, tuple[Span, ...]]] = Counter()
    built: set[int] = set()
    for call in calls:
        layer = LAYERS.match(call.name)
        if layer is None or (layer[3] is None and layer[2][0].isupper()):
            continue
        owner = call.owner if isinstance(call.owner, Instance) else None
        if owner is not None and owner.call in built:
            continue
        built |= {owner.call} if owner is not None else set()
        given = owner.arguments if owner is not None else call.arguments
        named = constant(given.get("name") or given.get("scope"))
        if given.get("reuse") is not None and named is None:
            return []
        kind = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", layer[2]).lower().replace("_1d", "1d").replace("_2d", "2d")
        family = (layer[1], *call.scopes, str(named) if named is not None else kind)
        name = str(named) if named is not None else kind + (f"_{unnamed[family]}" if unnamed[family] else "")
        unnamed[family] += named is None
        place = (call.span, tuple(step.span for step in call.trail))
        size = constant(
            given.get("units", 0 if owner is not None else 1) or given.get("filters", 0 if owner is not None else 1)
        )
        found.append(Made((*place, runs[place]), family, "/".join((*call.scopes, name)), size, call))
        runs[place] += 1
    return found
