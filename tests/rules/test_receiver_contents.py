"""What a receiver puts into the exported graph: parsing, decoding, strings."""

from __future__ import annotations

import pytest

from tests.rules.asking import letters, lines, program, suspicions

PARSE, DECODE = "TFL201", "TFL402"
DENSE = "y = tf.layers.dense(x, 1)"
RAW = "return tf.estimator.export.ServingInputReceiver({'x': x}, {'x': x})"
SPEC = "{'x': tf.FixedLenFeature([4], tf.float32)}"


@pytest.mark.parametrize("code", [PARSE, DECODE])
def test_silent_in_the_input_pipeline(code: str) -> None:
    parse = f"def parse(s):\n    f = tf.parse_single_example(s, {SPEC})\n    f['x'] = tf.decode_raw(f['x'], tf.uint8)\n    return f"
    text = program(DENSE, before=parse).replace("from_tensor_slices(data)", "from_tensor_slices(data).map(parse)")
    assert lines(text, code) == []


@pytest.mark.parametrize("code", [PARSE, DECODE])
@pytest.mark.parametrize(
    "body",
    [
        "y = tf.layers.dense(x, 1)",
        "unused = tf.as_string(x)\ny = tf.layers.dense(x, 1)",
        "y = x\nname = ','.join('ab').lower()",
    ],
)
def test_silent_where_it_feeds_nothing(code: str, body: str) -> None:
    assert lines(program(body), code) == []


def test_parsing_receiver_that_tensorflow_builds() -> None:
    text = program(DENSE).replace(
        "'out', receiver_fn)", f"'out', tf.estimator.export.build_parsing_serving_input_receiver_fn({SPEC}))"
    )
    assert len(lines(text, PARSE)) == 1
    assert letters(suspicions(text, PARSE)[0]) == "F F F"


def test_parsing_by_hand_in_the_receiver() -> None:
    receiver = f"""
    s = tf.placeholder(tf.string, [None])
    parsed = tf.io.parse_example(s, {SPEC})
    return tf.estimator.export.ServingInputReceiver(parsed, {{'examples': s}})
    """
    assert lines(program(DENSE, receiver=receiver), PARSE) == [f"parsed = tf.io.parse_example(s, {SPEC})"]


@pytest.mark.parametrize("given", ["parsed.features", "load().transform(parsed.features)"])
def test_a_receiver_that_parses_inside_another(given: str) -> None:
    build = f"parsed = tf.estimator.export.build_parsing_serving_input_receiver_fn({SPEC})()"
    receiver = f"{build}\nreturn tf.estimator.export.ServingInputReceiver({given}, parsed.receiver_tensors)"
    assert lines(program(DENSE, receiver=receiver), PARSE) == [build]
    assert lines(program(DENSE, receiver=f"{build}\n{RAW}"), PARSE) == []


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("tf.decode_raw(s, tf.float32)", "X F F"),
        ("tf.map_fn(tf.image.decode_jpeg, s, dtype=tf.uint8)", "X F F"),
        ("tf.string_to_number(s)", "X F F"),
        ("tf.decode_csv(s, [[0.0]])[0]", "X X X"),
        ("tf.strings.to_hash_bucket_fast(s, 10)", "X F F"),
    ],
)
def test_decoding_in_the_receiver(call: str, expected: str) -> None:
    receiver = f"""
    s = tf.placeholder(tf.string, [None])
    v = {call}
    return tf.estimator.export.ServingInputReceiver({{'x': v}}, {{'s': s}})
    """
    text = program(DENSE, receiver=receiver)
    assert lines(text, DECODE) == [f"v = {call}"]
    assert letters(suspicions(text, DECODE)[0]) == expected
