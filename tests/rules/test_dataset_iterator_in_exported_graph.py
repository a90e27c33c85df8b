"""An iterator counts only where its tensors feed the exported model."""

from __future__ import annotations

import pytest

from tests.rules.asking import letters, lines, program, suspicions

CODE = "TFL403"
MAKES = "weights = tf.data.Dataset.from_tensors(np.ones([4], np.float32)).repeat()"


@pytest.mark.parametrize(
    "body",
    [
        "y = tf.layers.dense(x, 1)",
        "y = x * tf.constant([1.0, 2.0, 3.0, 4.0])",
        f"{MAKES}\nunused = weights.make_one_shot_iterator().get_next()\ny = tf.layers.dense(x, 1)",
        f"{MAKES}\ny = tf.layers.dense(x, 1)\nif mode != 'infer':\n    y = y * weights.make_one_shot_iterator().get_next()[0]",
        f"{MAKES}\nunused = weights.take(1).get_single_element()\ny = tf.layers.dense(x, 1)",
        f"{MAKES}\ny = tf.layers.dense(x, 1)\nif mode != 'infer':\n    y = y * weights.get_single_element()[0]",
        f"{MAKES}\ny = tf.layers.dense(x, 1)\ntf.summary.scalar('w', weights.make_one_shot_iterator().get_next()[0])",
        "y = tf.layers.dense(x, 1)\nfor batch in [1, 2]:\n    y = y + next(iter([1.0]))",
    ],
)
def test_silent(body: str) -> None:
    assert lines(program(body), CODE) == []


def test_input_fn_is_not_exported() -> None:
    text = program("y = tf.layers.dense(x, 1)").replace(
        ".repeat().batch(4)", ".batch(4).make_one_shot_iterator().get_next()"
    )
    assert lines(text, CODE) == []


@pytest.mark.parametrize(
    "makes",
    [
        "weights.make_one_shot_iterator().get_next()",
        "tf.data.make_one_shot_iterator(weights).get_next()",
        "tf.compat.v1.data.make_one_shot_iterator(weights).get_next()",
        "tf.data.make_initializable_iterator(weights).get_next()",
        "weights.take(1).get_single_element()",
        "tf.data.experimental.get_single_element(weights.take(1).map(lambda w: w * 2.0))",
        "tf.data.experimental.get_single_element(dataset=load(weights))",
        "tf.contrib.data.get_single_element(weights.take(1))",
    ],
)
def test_in_model_fn(makes: str) -> None:
    text = program(f"{MAKES}\nw = {makes}\ny = x * w")
    assert lines(text, CODE) == [f"w = {makes}"]
    assert letters(suspicions(text, CODE)[0]) == "X X X"


def test_in_receiver_through_a_helper() -> None:
    text = program(
        "y = tf.layers.dense(x, 1)",
        before="""
        def season():
            table = tf.data.Dataset.from_tensors([0.1, 0.2, 0.3, 0.4])
            iterator = tf.data.make_one_shot_iterator(table)
            return iterator.get_next()
        """,
        receiver="return tf.estimator.export.ServingInputReceiver({'x': x * season()}, {'x': x})",
    )
    assert lines(text, CODE) == ["return iterator.get_next()"]
