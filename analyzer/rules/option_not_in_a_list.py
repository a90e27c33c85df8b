"""An option of the converter that is a list is given one thing without a list around it.

What fails: `optimizations` and `target_spec.supported_ops` are gone through one by one. A bare
`tf.lite.Optimize.DEFAULT` or `tf.lite.OpsSet.TFLITE_BUILTINS` stops every version: "argument of type 'Optimize' is not
iterable", "'OpsSet' object is not iterable". Nor can one append to them before they are assigned: 2.x begins with a
set ("'set' object has no attribute 'append'"), 1.15 with a list.

Bad:

    converter.optimizations = tf.lite.Optimize.DEFAULT

Good:

    converter.optimizations = [tf.lite.Optimize.DEFAULT]

The dry run does the conversion as the script does it, and confirms these words.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.expectations import AsCalled
from analyzer.exportgraph.conversions import APPENDED, Conversion, Setting
from analyzer.exportgraph.graph import Model
from analyzer.findings import Edit, Patch, Span, Suspicion
from analyzer.reading.values import Api, Sequence
from analyzer.rules.rule import Rule, by_version, way

RULE = Rule("TFL613", "option-not-in-a-list", by_version("X", "X", "X"))

OPTIONS = {"optimizations": ".Optimize.", "target_spec.supported_ops": ".OpsSet."}


def check_conversion(conversion: Conversion, model: Model | None) -> Iterator[Suspicion]:
    for name, kind in OPTIONS.items():
        setting = conversion.settings.get(name)
        match setting.value if setting is not None else None:
            case Api(name=dotted, spelled=spelled) if kind in dotted:
                what, fix = f"`{name}` is a list: the converter cannot go through `{spelled}`", f"[{spelled}]"
                outcomes = RULE.outcomes
            case Sequence(kind=kept) if kept == APPENDED:
                what, fix = f"`{name}` is a set on 2.x until it is assigned, and has no `append`", "assign a list"
                outcomes = by_version("B", "X", "X")
            case _:
                continue
        if setting is not None:
            yield RULE.at(
                setting.span,
                what,
                expects=AsCalled(conversion.places, says=("is not iterable", "has no attribute 'append'")),
                certainty=conversion.certainty_of(name),
                outcomes=outcomes,
                fix=fix,
                related=way(model) if model is not None else (),
                patch=_listed(setting),
            )


def _listed(setting: Setting) -> Patch | None:
    at = setting.written
    if at is None:
        return None
    start = Span(at.path, at.line, at.column, at.line, at.column)
    end = Span(at.path, at.end_line, at.end_column, at.end_line, at.end_column)
    return Patch((Edit(start, "["), Edit(end, "]")), safe=True)
