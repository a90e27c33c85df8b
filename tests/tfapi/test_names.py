"""The spellings that users write, and the name each folds to."""

from __future__ import annotations

import subprocess
import sys

import pytest

from analyzer.findings import Target
from analyzer.tfapi.names import canonical, is_known, missing_from


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("tensorflow.log", "tensorflow.math.log"),
        ("tensorflow.math.log", "tensorflow.math.log"),
        ("tensorflow.compat.v1.log", "tensorflow.math.log"),
        ("tensorflow.compat.v2.math.log", "tensorflow.math.log"),
        ("tensorflow._api.v2.compat.v1.math.log", "tensorflow.math.log"),
        ("tensorflow._api.v1.math.log", "tensorflow.math.log"),
        ("tensorflow.parse_example", "tensorflow.io.parse_example"),
        ("tensorflow.decode_raw", "tensorflow.io.decode_raw"),
        ("tensorflow.string_split", "tensorflow.string_split"),
        ("tensorflow.string_to_hash_bucket_fast", "tensorflow.strings.to_hash_bucket_fast"),
        ("tensorflow.image.resize_images", "tensorflow.image.resize"),
        ("tensorflow.svd", "tensorflow.linalg.svd"),
        ("tensorflow.nn.tanh", "tensorflow.math.tanh"),
        ("tensorflow.random_normal", "tensorflow.random.normal"),
        ("tensorflow.py_func", "tensorflow.py_func"),
        ("tensorflow.compat.v1.py_func", "tensorflow.py_func"),
        ("tensorflow.layers.dense", "tensorflow.layers.dense"),
        ("tensorflow.compat.v1.layers.dense", "tensorflow.layers.dense"),
        ("tensorflow.python.layers.core.dense", "tensorflow.layers.dense"),
        ("tensorflow.contrib.rnn.LSTMCell", "tensorflow.nn.rnn_cell.LSTMCell"),
        ("tensorflow.python.ops.rnn_cell_impl.LSTMCell", "tensorflow.nn.rnn_cell.LSTMCell"),
        ("tensorflow.compat.v1.nn.rnn_cell.LSTMCell", "tensorflow.nn.rnn_cell.LSTMCell"),
        ("tensorflow.python.ops.math_ops.log", "tensorflow.math.log"),
        ("tensorflow.python.ops.array_ops.placeholder", "tensorflow.placeholder"),
        ("tensorflow.compat.v1.estimator.Estimator", "tensorflow.estimator.Estimator"),
        ("tensorflow.python.estimator.estimator.Estimator", "tensorflow.estimator.Estimator"),
        ("tensorflow_estimator.python.estimator.estimator.Estimator", "tensorflow.estimator.Estimator"),
        ("tensorflow_estimator.python.estimator.model_fn.ModeKeys.PREDICT", "tensorflow.estimator.ModeKeys.PREDICT"),
        ("tensorflow.contrib.tpu.TPUEstimator", "tensorflow.estimator.tpu.TPUEstimator"),
        ("keras.layers.LSTM", "tensorflow.keras.layers.LSTM"),
        ("tf_keras.layers.LSTM", "tensorflow.keras.layers.LSTM"),
        ("tensorflow.python.keras.layers.LSTM", "tensorflow.keras.layers.LSTM"),
        ("tensorflow.compat.v1.keras.layers.LSTM", "tensorflow.keras.layers.LSTM"),
        ("tensorflow.contrib.lookup.HashTable", "tensorflow.contrib.lookup.HashTable"),
        ("tensorflow.contrib.layers.python.layers.layers.batch_norm", "tensorflow.contrib.layers.batch_norm"),
        ("tensorflow.contrib.slim.conv2d", "tensorflow.contrib.layers.conv2d"),
        ("tf_slim.conv2d", "tensorflow.contrib.layers.conv2d"),
        ("tensorflow_core.contrib.rnn.GRUCell", "tensorflow.nn.rnn_cell.GRUCell"),
        ("tensorflow.compat.v1.data.Dataset.map", "tensorflow.data.Dataset.map"),
        ("tensorflow.dtypes.float32", "tensorflow.float32"),
        ("tensorflow.compat.v1", "tensorflow"),
    ],
)
def test_spellings_fold(written: str, folded: str) -> None:
    assert canonical(written) == folded
    assert canonical(folded) == folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("tensorflow.losses.mean_squared_error", "tensorflow.keras.losses.mean_squared_error"),
        ("tensorflow.losses.mean_squared_error", "tensorflow.metrics.mean_squared_error"),
        ("tensorflow.py_func", "tensorflow.py_function"),
        ("tensorflow.arg_max", "tensorflow.math.argmax"),
        ("tensorflow.string_split", "tensorflow.strings.split"),
        ("tensorflow.contrib.layers.batch_norm", "tensorflow.layers.batch_normalization"),
        ("tensorflow.layers.Dense", "tensorflow.keras.layers.Dense"),
    ],
)
def test_different_symbols_stay_apart(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("numpy.log", "numpy.log"),
        ("mypackage.tensorflow.log", "mypackage.tensorflow.log"),
        ("tensorflow_hub.Module", "tensorflow_hub.Module"),
        ("tensorflow_estimator.nothing.here", "tensorflow_estimator.nothing.here"),
        ("tensorflow.compat.v1.nothing.here", "tensorflow.nothing.here"),
        ("tensorflow.python.keras.nothing", "tensorflow.keras.nothing"),
        ("tensorflow", "tensorflow"),
        ("", ""),
    ],
)
def test_unknown_names_pass(written: str, folded: str) -> None:
    assert canonical(written) == folded
    assert not is_known(folded)


def test_known_names() -> None:
    assert is_known("tensorflow.math.log")
    assert is_known("tensorflow.contrib.layers.batch_norm")
    assert not is_known("tensorflow.log")
    assert not is_known("math.log")


@pytest.mark.parametrize(
    ("written", "absent"),
    [
        ("tensorflow.layers.dense", "2.15 2.21"),
        ("tensorflow.compat.v1.layers.dense", "2.21"),
        ("tensorflow.contrib", "2.15 2.21"),
        ("tensorflow.contrib.layers.fully_connected", "2.15 2.21"),
        ("tensorflow.contrib.no.such.thing", "2.15 2.21"),
        ("tensorflow.placeholder", "2.15 2.21"),
        ("tensorflow.compat.v1.placeholder", ""),
        ("tensorflow.Session", "2.15 2.21"),
        ("tensorflow.log", "2.15 2.21"),
        ("tensorflow.math.log", ""),
        ("tensorflow.estimator.Estimator", "2.21"),
        ("tensorflow.estimator.ModeKeys.PREDICT", "2.21"),
        ("tensorflow.data.Dataset.make_one_shot_iterator", "2.15 2.21"),
        ("tensorflow.compat.v1.data.Dataset.make_one_shot_iterator", ""),
        ("tensorflow.data.Dataset.ragged_batch", "1.15"),
        ("tensorflow.never.heard.of", ""),
        ("numpy.log", ""),
    ],
)
def test_missing_as_written(written: str, absent: str) -> None:
    assert " ".join(target.value for target in Target if missing_from(target, written)) == absent


def test_first_use_is_fast() -> None:
    """A fresh process reads the tables once for each run of the command."""
    code = (
        "import time, analyzer.findings; from analyzer.tfapi.names import canonical; start = time.process_time();"
        "canonical('tensorflow.compat.v1.log'); print(time.process_time() - start)"
    )
    fastest = min(
        float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)
        for _ in range(3)
    )
    assert fastest < 0.03
