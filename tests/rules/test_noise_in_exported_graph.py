"""Dropout and noise, gated and not."""

from __future__ import annotations

import pytest

from analyzer.expectations import InExportedSlice
from analyzer.findings import Certainty
from analyzer.tfapi.ops import RANDOM
from tests.rules.asking import letters, lines, program, suspicions

CODE = "TFL501"
DENSE = "\ny = tf.layers.dense(h, 1)"


@pytest.mark.parametrize(
    "body",
    [
        "h = tf.layers.dropout(x, 0.5, training=mode == tf.estimator.ModeKeys.TRAIN)",
        "h = tf.layers.dropout(x, 0.5)",
        "h = tf.layers.dropout(x, 0.5, training=tf.equal(mode, 'train'))",
        "h = tf.keras.layers.Dropout(0.5)(x, training=(mode != tf.estimator.ModeKeys.PREDICT))",
        "h = tf.keras.layers.Dropout(0.5)(x)",
        "h = tf.nn.dropout(x, keep_prob=1.0 if mode != 'train' else 0.5)",
        "h = tf.nn.dropout(x, rate=0.0)",
        "h = x\nif mode in (tf.estimator.ModeKeys.TRAIN, tf.estimator.ModeKeys.EVAL):\n    h = x + tf.random_normal(tf.shape(x))",
        "h = x\nnoise = tf.random.uniform([4])",
        "h = tf.contrib.layers.dropout(x, 0.5, is_training=False)",
        "def drop(v, training=False):\n    return tf.layers.dropout(v, training=training)\nh = drop(x)",
        "with tf.variable_scope('s', initializer=tf.random_normal_initializer()):\n    h = tf.layers.dense(x, 3)",
    ],
)
def test_silent_where_nothing_random_is_exported(body: str) -> None:
    assert lines(program(body + DENSE), CODE) == []


@pytest.mark.parametrize(
    "body",
    [
        "h = tf.layers.dropout(x, 0.5, training=True)",
        "h = tf.nn.dropout(x, 0.5)",
        "h = tf.nn.dropout(x, keep_prob=0.5)",
        "h = tf.compat.v1.layers.dropout(x, training=1)",
        "h = tf.keras.layers.Dropout(0.5)(x, training=True)",
        "h = x + tf.random_normal([4])",
        "h = x + tf.random.truncated_normal([4], seed=3)",
    ],
)
def test_found_where_it_is(body: str) -> None:
    text = program(body + DENSE)
    assert lines(text, CODE) == [body]
    assert letters(suspicions(text, CODE)[0]) == "X W W"


@pytest.mark.parametrize(
    ("body", "first"),
    [
        ("h = tf.distributions.Normal(x, 1.0).sample()", ""),
        ("d = tf.contrib.distributions.MultivariateNormalDiag(x, tf.ones([4]))\nh = d.sample()", ""),
        ("h = tfp.distributions.Normal(x, 1.0).sample()", "import tensorflow_probability as tfp"),
        ("h = tfd.Normal(loc=x, scale=1.0).sample()", "from tensorflow_probability import distributions as tfd"),
    ],
)
def test_samples_of_distributions(body: str, first: str) -> None:
    assert lines(program(body + DENSE, before=first), CODE) == [body.splitlines()[-1]]


@pytest.mark.parametrize(
    "body",
    [
        "h = tf.distributions.Normal(x, 1.0).mean()",
        "d = tf.distributions.Normal(x, 1.0)\nh = d.sample() if mode == 'train' else d.mean()",
        "h = tf.distributions.Normal(x, 1.0).log_prob(x)",
    ],
)
def test_silent_about_what_else_distributions_give(body: str) -> None:
    assert lines(program(body + DENSE), CODE) == []


@pytest.mark.parametrize("name", ["flip_left_right", "brightness", "hue"])
def test_augmentation_in_the_model(name: str) -> None:
    body = f"h = tf.image.random_{name}(x, 0.1)"
    images = "tf.placeholder(tf.float32, [None, 8, 8, 3], name='x')"
    assert lines(program(body + DENSE, placeholder=images), CODE) == [body]


def test_contrib_is_gone_from_2() -> None:
    assert letters(suspicions(program("h = tf.contrib.layers.dropout(x, 0.5)" + DENSE), CODE)[0]) == "X n/a n/a"


@pytest.mark.parametrize(
    "made",
    [
        "w = tf.Variable(tf.random_normal([4, 3]))",
        "w = tf.Variable(initial_value=tf.truncated_normal([4, 3], stddev=0.1), name='w')",
        "w = tf.get_variable('w', initializer=tf.random_uniform([4, 3]))",
        "w = {'h': tf.Variable(tf.random_normal([4, 3]))}['h']",
        "w = tf.contrib.framework.model_variable('w', initializer=tf.random_normal([4, 3]))",
    ],
)
def test_silent_about_first_values_of_variables(made: str) -> None:
    assert lines(program(f"{made}\ny = tf.matmul(x, w)"), CODE) == []


DROP = """
def drop(x, keep):
    return tf.nn.dropout(x, keep_prob=keep)
def mlp(x, training):
    x = tf.layers.dense(x, 3)
    return drop(x, 0.5) if training else x
"""


def test_silent_where_every_call_of_a_helper_is_gated() -> None:
    assert lines(program("y = mlp(x, mode == 'train')", before=DROP), CODE) == []


def test_the_one_call_of_a_helper_that_is_not_gated_is_named() -> None:
    text = program("h = drop(x, 0.5)\ny = mlp(h, mode == 'train')", before=DROP)
    (found,) = suspicions(text, CODE)
    assert text.splitlines()[found.span.line - 1].strip() == "h = drop(x, 0.5)"
    assert found.expectation == InExportedSlice(RANDOM, (found.span,))
    assert "`tf.nn.dropout` (line 5, by this call)" in found.message


def test_a_helper_gated_for_nobody_is_named_itself() -> None:
    text = program("y = drop(drop(x, 0.5), 0.5)", before=DROP)
    assert lines(text, CODE) == ["return tf.nn.dropout(x, keep_prob=keep)"] * 2


def test_a_rate_of_zero_in_predict_is_harmless() -> None:
    helper = """
    def drop(x, rate):
        if rate is None or rate == 0.0:
            return x
        return tf.nn.dropout(x, rate=rate)
    """
    rate = "rate = 0.1 if mode == 'train' else 0.0\n"
    assert lines(program(rate + "y = drop(x, rate)", before=helper), CODE) == []
    text = program(rate + "h = drop(x, 0.1)\ny = drop(h, rate)", before=helper)
    assert lines(text, CODE) == ["h = drop(x, 0.1)"]


def test_unknown_switch_is_a_maybe() -> None:
    text = program("h = tf.layers.dropout(x, training=params['train'])" + DENSE).replace("params={}", "params=load()")
    assert [one.certainty for one in suspicions(text, CODE)] == [Certainty.MAYBE]


@pytest.mark.parametrize("switch", ["FLAGS.mc", "training or FLAGS.mc", "FLAGS.mc and not training"])
def test_a_flag_switches_it_on_by_default(switch: str) -> None:
    flags = "FLAGS = tf.app.flags.FLAGS\ntf.app.flags.DEFINE_bool('mc', True, 'Monte Carlo dropout')"
    body = f"training = mode == 'train'\nh = tf.layers.dropout(x, training={switch})" + DENSE
    (found,) = suspicions(program(body, before=flags), CODE)
    assert found.certainty is Certainty.CERTAIN
    assert lines(program(body, before=flags.replace("True", "False")), CODE) == []
    assert lines(program(body.replace("FLAGS.mc", "training"), before=flags), CODE) == []
