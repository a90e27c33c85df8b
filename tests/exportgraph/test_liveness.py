"""What certainly feeds an output, what may, and what does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.findings import Certainty
from tests.exportgraph.test_entrypoints import EXPORT, MODEL_FN, models

KEEP = """
def keep(given):
    kept = {}
    for key in given:
        kept[key] = given[key]
    return kept
"""


def certainties(folder: Path, receiver: str, name: str) -> list[Certainty]:
    """How certainly the calls of an API that `receiver` makes are exported; `x` is its placeholder, `y` what it gives."""
    body = "".join(f"    {line}\n" for line in receiver.splitlines())
    text = MODEL_FN.replace("    return tf.estimator.export", body + "    return tf.estimator.export")
    text = text.replace('({"x": x}, ', '({"x": y}, ') + KEEP + EXPORT
    (model,) = models(folder, text)
    return [call.certainty for call in model.exported({name})]


@pytest.mark.parametrize(
    "receiver",
    [
        "d = {'x': x}\nd['n'] = tf.cond(c, f, g)\ny = d['x']",
        "d = dict(load())\nd['n'] = tf.cond(c, f, g)\ny = tf.exp(d['x'])",
        "y = x\ntf.cond(c, f, g)",
    ],
)
def test_another_entry_of_a_dict_feeds_nothing(tmp_path: Path, receiver: str) -> None:
    assert certainties(tmp_path, receiver, "tensorflow.cond") == []


def test_one_of_several_entries_may_feed(tmp_path: Path) -> None:
    receiver = "d = keep({**load(), 'x': tf.sqrt(x), 'n': tf.cond(c, f, g)})\ny = d['x']"
    assert certainties(tmp_path, receiver, "tensorflow.cond") == [Certainty.MAYBE]


@pytest.mark.parametrize(
    "receiver",
    [
        "d = {'n': tf.cond(c, f, g)}\ny = d['n']",
        "d = tf.io.parse_example(x, load(tf.cond(c, f, g)))\ny = d['x'] * tf.cond(c, f, g)",
        "d = {}\nfor k in load():\n    d[k] = tf.cond(c, f, g)\ny = d['x']",
    ],
)
def test_what_certainly_feeds(tmp_path: Path, receiver: str) -> None:
    assert Certainty.CERTAIN in certainties(tmp_path, receiver, "tensorflow.cond")
