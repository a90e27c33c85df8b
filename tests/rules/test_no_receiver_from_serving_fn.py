"""What a serving_input_receiver_fn must return, and what build_raw must be given."""

from __future__ import annotations

import pytest

from tests.rules.asking import letters, lines, suspicions
from tests.rules.exporting import PARSING, custom

CODE = "TFL213"
SPEC = "predictions={'y': y}"
PLACEHOLDER = "x = tf.placeholder(tf.float32, [None, 4])\n"
BUILT = "est.export_saved_model('out', export.build_raw_serving_input_receiver_fn({}))"


@pytest.mark.parametrize(
    "text",
    [
        custom(SPEC),
        custom(SPEC, receiver=PARSING),
        custom(SPEC, receiver=f"{PLACEHOLDER}return export.TensorServingInputReceiver(x, x)"),
        custom(SPEC, receiver="return helpers.receiver()"),
        custom(SPEC, receiver=f"{PLACEHOLDER}return helpers.receiver(x)"),
        custom(SPEC, receiver=f"{PLACEHOLDER}return tf.contrib.learn.InputFnOps({{'x': x}}, None, {{'x': x}})"),
        custom(SPEC, export=BUILT.format("{'x': tf.placeholder(tf.float32, [None, 4])}")),
        custom(SPEC, export=BUILT.format("{'x': tf.constant([[1.0, 2.0, 3.0, 4.0]])}")),
        custom(SPEC, export=BUILT.format("specs()")),
    ],
)
def test_silent(text: str) -> None:
    assert lines(text, CODE) == []


def test_contrib_learn_takes_a_tuple() -> None:
    text = custom(SPEC, receiver=f"{PLACEHOLDER}return {{'x': x}}, None, {{'x': x}}")
    assert len(lines(text, CODE)) == 1
    assert lines(text.replace("tf.estimator.Estimator(", "tf.contrib.learn.Estimator("), CODE) == []


@pytest.mark.parametrize(
    ("returned", "kind"),
    [
        ("({'x': x}, {'x': x})", "a tuple"),
        ("{'x': x}", "a dict"),
        ("[x]", "a list"),
        ("None", "None"),
        ("x", "something"),
    ],
)
def test_other_returns(returned: str, kind: str) -> None:
    text = custom(SPEC, receiver=f"{PLACEHOLDER}return {returned}")
    (found,) = suspicions(text, CODE)
    assert letters(found) == "E E n/a"
    assert kind in found.message
    assert text.splitlines()[found.span.line - 1].strip() == f"return {returned}"


def test_forgotten_return() -> None:
    text = custom(SPEC, receiver=f"{PLACEHOLDER}export.ServingInputReceiver({{'x': x}}, {{'x': x}})")
    assert lines(text, CODE) == ["def serve():"]


@pytest.mark.parametrize("array", ["np.zeros([1, 4], np.float32)", "[0.0, 1.0]", "3"])
def test_arrays_for_build_raw(array: str) -> None:
    text = custom(SPEC, export=BUILT.format(f"{{'x': {array}}}"))
    (found,) = suspicions(text, CODE)
    assert "'x'" in found.message
