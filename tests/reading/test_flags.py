"""Flags: a run without flags is the certain one; what other flags would choose is followed as well, as a maybe."""

from __future__ import annotations

import pytest

from analyzer.findings import Certainty
from analyzer.reading.values import Sequence, constant
from tests.reading.running import value
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


ERF = "y = tf.layers.dense(x, 1)\nif {}:\n    y = tf.math.erf(y)"


OPTIONS = f"{FLAGS}\nOPTIONS = {{'net': FLAGS.net, 'loud': FLAGS.loud, 'other': FLAGS.other}}"


def certainty(body: str, before: str = OPTIONS) -> Certainty:
    (found,) = suspicions(program(body, before=f"from absl import flags\n{before}"), "TFL404")
    return found.certainty


@pytest.mark.parametrize(
    "test",
    [
        "FLAGS.loud",
        "FLAGS.net != 'noisy'",
        "FLAGS.net in ('plain', 'other')",
        "FLAGS.other",
        "not FLAGS.other",
        "FLAGS.loud or FLAGS.other",
        "not FLAGS.loud and load()",
        "load(FLAGS.net) == 'noisy'",
        "len(FLAGS.net) == 5",
        "OPTIONS['loud']",
        "OPTIONS['other']",
    ],
)
def test_what_the_defaults_do_not_choose_is_followed_as_a_maybe(test: str) -> None:
    assert certainty(ERF.format(test)) is Certainty.MAYBE


@pytest.mark.parametrize(
    "test",
    [
        "not FLAGS.loud",
        "FLAGS.net == 'noisy'",
        "FLAGS.net in ('noisy', 'plain')",
        "'noisy' == FLAGS.net and not FLAGS.loud",
        "FLAGS.other or not FLAGS.loud",
        "OPTIONS['net'] == 'noisy'",
        "not OPTIONS['loud']",
    ],
)
def test_what_the_defaults_choose_is_certain(test: str) -> None:
    assert certainty(ERF.format(test)) is Certainty.CERTAIN


def test_a_branch_that_the_defaults_do_not_choose_leaves_the_rest_certain() -> None:
    early = "def net(x):\n    if {}:\n        return tf.layers.dense(x, 1)\n    return tf.math.erf(x)"
    assert certainty("y = net(x)", f"{FLAGS}\n{early.format('FLAGS.loud')}") is Certainty.CERTAIN
    assert certainty("y = net(x)", f"{FLAGS}\n{early.format('not FLAGS.loud')}") is Certainty.MAYBE
    assert certainty("y = net(x)", f"{FLAGS}\n{early.format('load()')}") is Certainty.MAYBE


@pytest.mark.parametrize(
    "choice",
    [
        "if FLAGS.net == 'plain':\n    fn = tf.nn.relu\nelse:\n    fn = tf.math.erf",
        "fn = pick()",
        "fn = Nets().fn",
    ],
)
def test_the_thing_chosen_by_default_is_called_for_certain(choice: str) -> None:
    before = (
        f"{FLAGS}\ndef pick():\n    if FLAGS.net == 'plain':\n        return tf.nn.relu\n    return tf.math.erf\n"
        "class Nets:\n    def __init__(self):\n        self.fn = pick()"
    )
    body = f"{choice}\ny = fn(tf.layers.dense(x, 1))"
    assert certainty(body, before) is Certainty.CERTAIN
    assert certainty(body.replace("'plain'", "'noisy'"), before.replace("== 'plain'", "!= 'plain'")) is Certainty.MAYBE


@pytest.mark.parametrize(("default", "name"), [("deep", "DNNClassifier"), ("wide", "LinearClassifier")])
@pytest.mark.parametrize(
    "export",
    [
        "est.export_saved_model('o', receiver_fn)",
        "tf.estimator.train_and_evaluate(est, tf.estimator.TrainSpec(f), tf.estimator.EvalSpec(f, exporters=tf.estimator.FinalExporter('e', receiver_fn)))",
    ],
)
def test_the_estimator_chosen_by_default_is_the_one_exported(default: str, name: str, export: str) -> None:
    text = f"""
import tensorflow as tf
tf.app.flags.DEFINE_string('kind', '{default}', '')
FLAGS = tf.app.flags.FLAGS
def build(columns):
    if FLAGS.kind == 'wide':
        return tf.estimator.LinearClassifier(columns)
    return tf.estimator.DNNClassifier([4], columns)
def receiver_fn():
    x = tf.placeholder(tf.float32, [None], 'x')
    return tf.estimator.export.ServingInputReceiver({{'x': x}}, {{'x': x}})
est = build([tf.feature_column.numeric_column('x')])
{export}
"""
    found = {one.message.split("`")[1]: one.certainty for one in suspicions(text, "TFL407")}
    other = {"DNNClassifier": "LinearClassifier", "LinearClassifier": "DNNClassifier"}[name]
    assert found == {name: Certainty.CERTAIN, other: Certainty.MAYBE}


@pytest.mark.parametrize("test", ["FLAGS.net == 'noisy'", "not FLAGS.loud", "OPTIONS['net'] == 'noisy'"])
def test_an_expression_that_the_defaults_choose_is_certain(test: str) -> None:
    body = f"y = tf.layers.dense(x, 1)\ny = tf.math.erf(y) if {test} else y"
    assert certainty(body) is Certainty.CERTAIN
    assert certainty(body.replace(test, f"not ({test})")) is Certainty.MAYBE


@pytest.mark.parametrize(
    ("flag", "items"),
    [
        ("flags.DEFINE_list('many', ['a', 'b'], '')", ["a", "b"]),
        ("flags.DEFINE_list('many', 'a, b', '')", ["a", "b"]),
        ("flags.DEFINE_spaceseplist('many', 'a b', '')", ["a", "b"]),
        ("flags.DEFINE_multi_integer('many', [3, 4], '')", [3, 4]),
        ("flags.DEFINE_list('many', [], '')", []),
    ],
)
def test_a_list_by_default_has_these_items(flag: str, items: list[object]) -> None:
    found = value(f"from absl import flags\n{flag}\nx = [one for one in flags.FLAGS.many]")
    assert isinstance(found, Sequence)
    assert found.complete
    assert [constant(item) for item in found.items] == items


def test_a_list_that_has_no_default_has_any_items() -> None:
    found = value("from absl import flags\nflags.DEFINE_list('many', None, '')\nx = [one for one in flags.FLAGS.many]")
    assert isinstance(found, Sequence)
    assert not found.complete
