"""The training input: what it computes is not exported, and its dtype decides the checkpoint's."""

from __future__ import annotations

import pytest

from analyzer.findings import Severity
from tests.rules.asking import lines, program, suspicions

MAP, DTYPE = "TFL101", "TFL102"
DENSE = "y = tf.layers.dense(x, 1)"


def mapped(chain: str, body: str = DENSE, before: str = "") -> str:
    return program(body, before=before).replace("from_tensor_slices(data)", f"from_tensor_slices(data){chain}")


@pytest.mark.parametrize(
    ("chain", "before"),
    [
        ("", ""),
        (".map(lambda f, l: (f, l))", ""),
        (".map(lambda f, l: ({'x': f['x']}, l))", ""),
        (".map(lambda f, l: (f, l * 2.0))", ""),
        (".shuffle(8).cache()", ""),
        (".map(lambda f, l: ({'x': tf.expand_dims(f['x'], 0)}, l))", ""),
    ],
)
def test_silent_where_nothing_is_computed_for_the_features(chain: str, before: str) -> None:
    assert lines(mapped(chain, before=before), MAP) == []


@pytest.mark.parametrize(
    ("chain", "before"),
    [
        (".map(lambda f, l: ({'x': f['x'] / 255.0}, l))", ""),
        (".map(scale)", "def scale(f, l):\n    return {'x': tf.sqrt(f['x'])}, l"),
        (
            ".map(functools.partial(scale, by=2.0))",
            "import functools\ndef scale(f, l, by):\n    return {'x': f['x'] * by}, l",
        ),
        (
            ".map(Scaler(2.0).run)",
            "class Scaler:\n    def __init__(self, by):\n        self.by = by\n    def run(self, f, l):\n        return {'x': f['x'] * self.by}, l",
        ),
        (".map(map_func=lambda f, l: ({'x': f['x'] - 1.0}, l), num_parallel_calls=4)", ""),
    ],
)
def test_found_however_the_function_is_given(chain: str, before: str) -> None:
    found = suspicions(mapped(chain, before=before), MAP)
    assert len(found) == 1
    assert found[0].ceiling is Severity.INFO


def test_silent_where_the_receiver_computes_it_too() -> None:
    before = "def scale(v):\n    return v / 255.0"
    text = mapped(".map(lambda f, l: ({'x': scale(f['x'])}, l))", before=before).replace(
        "ServingInputReceiver({'x': x}", "ServingInputReceiver({'x': scale(x)}"
    )
    assert lines(text, MAP) == []


@pytest.mark.parametrize("change", ["tf.image.random_flip_left_right(f['x'])", "f['x'] + tf.random_normal([4])"])
def test_augmentation_is_not_asked_of_the_device(change: str) -> None:
    (found,) = suspicions(mapped(f".map(lambda f, l: ({{'x': {change}}}, l))"), MAP)
    assert "nothing for the device to repeat" in found.message
    assert found.fix == ""


def test_message_names_what_is_computed() -> None:
    message = suspicions(mapped(".map(lambda f, l: ({'x': tf.log(f['x'])}, l))"), MAP)[0].message
    assert "`tf.math.log`" in message


@pytest.mark.parametrize(
    ("data", "body"),
    [
        ("np.zeros([8, 4], np.float32)", DENSE),
        ("np.zeros([8, 4]).astype('float32')", DENSE),
        ("np.random.rand(8, 4).astype(np.float32)", DENSE),
        ("load()", DENSE),
        ("np.zeros([8, 4])", "y = tf.layers.dense(tf.cast(x, tf.float32), 1)"),
        ("np.zeros([8, 4])", "y = x * 2.0"),
    ],
)
def test_dtype_silent_where_it_agrees_or_does_not_matter(data: str, body: str) -> None:
    assert lines(program(body).replace("np.zeros([8, 4], np.float32)", data), DTYPE) == []


@pytest.mark.parametrize("data", ["np.zeros([8, 4])", "np.random.rand(8, 4)", "np.array([[1.0, 2.0, 3.0, 4.0]])"])
def test_dtype_found_where_numpy_decided_it(data: str) -> None:
    text = program(DENSE).replace("np.zeros([8, 4], np.float32)", data)
    found = suspicions(text, DTYPE)
    assert len(found) == 1
    span = found[0].span
    assert text.splitlines()[span.line - 1][span.column - 1 : span.end_column - 1] == data


@pytest.mark.parametrize(
    "data",
    [
        "np.array([[0.1, 0.2]], 'f')",
        "np.array([[0.1, 0.2]], dtype='f4')",
        "np.tile(np.array([[0.1, 0.2]], 'f'), (8, 1))",
        "np.array([[0.1, 0.2]], KINDS['x'])",
        "np.zeros([8, 4], dtype=load())",
        "np.linspace(0.0, 1.0, 8, dtype=load())",
        "np.random.rand(8, 4).astype('f')",
    ],
)
def test_silent_where_the_array_is_float32_or_its_dtype_is_not_known(data: str) -> None:
    assert lines(program(DENSE).replace("np.zeros([8, 4], np.float32)", data), DTYPE) == []


@pytest.mark.parametrize(
    "data",
    ["np.array([[0.1, 0.2]], 'd')", "np.array([[0.1, 0.2]], dtype=None)", "np.tile(np.array([[0.1, 0.2]]), (8, 1))"],
)
def test_float64_however_it_is_asked_for(data: str) -> None:
    assert len(lines(program(DENSE).replace("np.zeros([8, 4], np.float32)", data), DTYPE)) == 1


@pytest.mark.parametrize("data", ["np.full([8, 4], 0.5, np.float32)", "np.full((8, 4), np.float32(1))"])
def test_arrays_full_of_a_float32(data: str) -> None:
    assert lines(program(DENSE).replace("np.zeros([8, 4], np.float32)", data), DTYPE) == []


def test_float64_of_a_helper_is_told_where_the_dataset_takes_it() -> None:
    helper = """
    def rows():
        return np.stack([np.random.rand(8) * 3.0] * 4, axis=1)
    """
    text = program(DENSE, before=helper).replace("np.zeros([8, 4], np.float32)", "rows()")
    assert lines(text, DTYPE) == ["return tf.data.Dataset.from_tensor_slices(data).repeat().batch(4)"]
