"""experimental_export_all_saved_models without PREDICT."""

from __future__ import annotations

import pytest

from tests.rules.asking import letters, lines, suspicions
from tests.rules.exporting import custom

CODE = "TFL218"
SPEC = "predictions={'y': y}"
ALL = "est.experimental_export_all_saved_models('out', {})"


@pytest.mark.parametrize(
    "export",
    [
        "est.export_saved_model('out', serve)",
        ALL.format("{tf.estimator.ModeKeys.PREDICT: serve}"),
        ALL.format("{'eval': other, 'infer': serve}"),
        ALL.format("receivers()"),
        ALL.format("{MODE: serve}"),
        ALL.format("dict(infer=serve)"),
    ],
)
def test_silent(export: str) -> None:
    assert lines(custom(SPEC, export=export), CODE) == []


@pytest.mark.parametrize(
    "modes", ["{tf.estimator.ModeKeys.EVAL: serve}", "{'train': serve, 'eval': serve}", "dict(eval=serve)"]
)
def test_only_other_modes(modes: str) -> None:
    text = custom(SPEC, export=ALL.format(modes))
    (found,) = suspicions(text, CODE)
    assert letters(found) == "X X X"
    assert text.splitlines()[found.span.line - 1] == ALL.format(modes)
