"""Flags: a default names the thing that a table holds, and decides no test."""

from __future__ import annotations

import pytest

from analyzer.findings import Certainty
from tests.rules.asking import lines, program, suspicions

FLAGS = "flags.DEFINE_enum('net', 'noisy', ['noisy', 'plain'], '')\nflags.DEFINE_bool('loud', False, '')\nFLAGS = flags.FLAGS"
NETS = """
def noisy(x):
    return tf.nn.dropout(x, rate=0.5)
def plain(x):
    return tf.layers.dense(x, 1)
NETS = {'noisy': noisy, 'plain': plain}
"""


@pytest.mark.parametrize("origin", ["from absl import flags", "flags = tf.flags", "flags = tf.app.flags"])
def test_a_default_names_an_entry(origin: str) -> None:
    text = program("y = NETS[FLAGS.net](x)", before=f"{origin}\n{FLAGS}\n{NETS}")
    (found,) = suspicions(text, "TFL501")
    assert found.certainty is Certainty.CERTAIN
    assert lines(text.replace("'net', 'noisy'", "'net', 'plain'"), "TFL501") == []


@pytest.mark.parametrize(
    "test", ["FLAGS.loud", "not FLAGS.loud", "FLAGS.net == 'noisy'", "FLAGS.net != 'noisy'", "FLAGS.other"]
)
def test_a_default_decides_no_test(test: str) -> None:
    body = f"y = tf.layers.dense(x, 1)\nif {test}:\n    y = tf.math.erf(y)"
    (found,) = suspicions(program(body, before=f"from absl import flags\n{FLAGS}"), "TFL404")
    assert found.certainty is Certainty.MAYBE
