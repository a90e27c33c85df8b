"""How much sooner a warm dry run answers than running a small program and converting what it exports.

`python -m benchmarks.bench_small` in an environment with tflint and TensorFlow 2.15. About a minute.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import machine, run
from benchmarks.warm import warm

HERE = Path(__file__).resolve().parent
SOONER = 15.0
BY_HAND_RUNS = 3
PROGRAM = """\
import sys

import numpy as np
import tensorflow.compat.v1 as tf


def input_fn():
    rows = {"x": np.ones([64, 3], np.float32)}
    return tf.data.Dataset.from_tensor_slices((rows, np.ones([64, 1], np.float32))).repeat().batch(16)


def model_fn(features, labels, mode):
    hidden = tf.layers.dense(features["x"], 16, tf.nn.relu)
    score = tf.layers.dense(hidden, 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"score": score})
    loss = tf.losses.mean_squared_error(labels, score)
    train_op = tf.train.AdamOptimizer().minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)


def receiver():
    x = tf.placeholder(tf.float32, [None, 3])
    return tf.estimator.export.ServingInputReceiver({"x": x}, {"x": x})


estimator = tf.estimator.Estimator(model_fn, "model")
estimator.train(input_fn, steps=10)
estimator.export_saved_model("export", receiver)
"""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="tflint-small-") as scratch:
        program = Path(scratch) / "small.py"
        program.write_text(PROGRAM)
        dry, outcome = warm(program)
        (model,) = outcome.models
        dry_says = {one.profile: (one.outcome, one.interpreter) for one in model.as_written.results if one.signature}
        by_hand = [_by_hand(program, Path(scratch) / f"run{number}") for number in range(BY_HAND_RUNS)]
    seconds, says = statistics.median(one for one, _ in by_hand), by_hand[0][1]
    ratio = seconds / dry
    print(f"warm dry run {dry:.2f} s: {dry_says}")
    print(f"the script and its conversion {seconds:.1f} s: {says}")
    print(f"{ratio:.1f} times sooner (at least {SOONER:g})")
    print(machine())
    if dry_says != says or ratio < SOONER:
        sys.exit("the promise is broken")


def _by_hand(program: Path, folder: Path) -> tuple[float, dict[str, tuple[str, str]]]:
    """Ten steps of training and the export, then the conversion in another process, as one would type it."""
    folder.mkdir()
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3"}
    trained = run([sys.executable, str(program)], folder, quiet)
    if trained.code:
        sys.exit((folder / "stderr").read_text("utf-8")[-2000:])
    (exported,) = (folder / "export").iterdir()
    converted = run([sys.executable, str(HERE / "convert_saved_model.py"), str(exported)], folder, quiet)
    if converted.code:
        sys.exit((folder / "stderr").read_text("utf-8")[-2000:])
    says = {profile: (said["outcome"], said["interpreter"]) for profile, said in json.loads(converted.stdout).items()}
    return trained.seconds + converted.seconds, says


if __name__ == "__main__":
    main()
