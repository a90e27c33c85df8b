"""Static analysis against its yardsticks, on a program of 1,000 lines.

`python -m benchmarks.bench_static` in an environment with tflint and pylint: `tflint check` against `pylint -E` as
whole processes, and the warm analysis against `ast.parse`. It exits with 1 where a promise is broken.

pylint reads TensorFlow itself where it can be imported, so it is timed with an empty `tensorflow` in its way, too: the
promise is held against the faster of both.
"""

from __future__ import annotations

import ast
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from analyzer.analysis import analyze
from analyzer.reading.project import Project
from benchmarks.measure import machine

LINES = 1000
PROCESS_RATIO = 1 / 2
PARSE_RATIO = 15
ROOT = Path(__file__).resolve().parent.parent

HEAD = '''"""A ranking model with many towers, written by benchmarks/bench_static.py."""

import functools

import numpy as np
import tensorflow as tf

FLAGS = tf.flags.FLAGS
tf.flags.DEFINE_integer("batch_size", 32, "rows of a batch")
tf.flags.DEFINE_string("model_dir", "ranking_model", "checkpoints")


def dense(x, units, name, activation=tf.nn.relu):
    initializer = tf.truncated_normal_initializer(stddev=0.02)
    return tf.layers.dense(x, units, activation=activation, kernel_initializer=initializer, name=name)


def drop(x, rate, is_training):
    if not is_training or rate <= 0.0:
        return x
    return tf.nn.dropout(x, keep_prob=1.0 - rate)
'''

TOWER = '''

class Tower{n}(object):
    """Reads the features of group {n}."""

    def __init__(self, units, rate=0.1):
        self.units = units
        self.rate = rate

    def inputs(self, features):
        columns = [features["group_{n}_%d" % i] for i in range(4)]
        return tf.concat(columns, axis=1)

    def __call__(self, features, is_training):
        with tf.variable_scope("tower_{n}"):
            net = self.inputs(features)
            for i, units in enumerate(self.units):
                net = drop(dense(net, units, "dense_%d" % i), self.rate, is_training)
            if is_training:
                tf.summary.histogram("activation", net)
            gate = tf.sigmoid(dense(net, 1, "gate", activation=None))
            return net * gate + {n}.0


def tower_{n}_metrics(labels, logits):
    labels = tf.cast(labels, tf.float32)
    error = tf.metrics.mean_absolute_error(labels, tf.sigmoid(logits))
    return {{"tower_{n}/error": error, "tower_{n}/auc": tf.metrics.auc(labels, tf.sigmoid(logits))}}
'''

TAIL = """

TOWERS = [{towers}]


def parse(row, label):
    return {{key: tf.expand_dims(tf.log1p(value), -1) for key, value in row.items()}}, label


def input_fn(rows, shuffle):
    names = ["group_%d_%d" % (group, i) for group in range(len(TOWERS)) for i in range(4)]
    columns = {{name: np.random.uniform(size=[rows]).astype(np.float32) for name in names}}
    dataset = tf.data.Dataset.from_tensor_slices((columns, np.random.randint(2, size=[rows])))
    dataset = dataset.shuffle(rows) if shuffle else dataset
    return dataset.map(parse).batch(FLAGS.batch_size)


def model_fn(features, labels, mode, params):
    is_training = mode == tf.estimator.ModeKeys.TRAIN
    outputs = [tower(params["units"])(features, is_training) for tower in TOWERS]
    logits = dense(tf.concat(outputs, axis=1), 1, "logits", activation=None)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={{"score": tf.sigmoid(logits)}})
    loss = tf.losses.sigmoid_cross_entropy(tf.expand_dims(labels, -1), logits)
    if mode == tf.estimator.ModeKeys.EVAL:
        return tf.estimator.EstimatorSpec(mode, loss=loss, eval_metric_ops=tower_0_metrics(labels, logits))
    train_op = tf.train.AdamOptimizer().minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)


def serving_input_receiver_fn():
    names = ["group_%d_%d" % (group, i) for group in range(len(TOWERS)) for i in range(4)]
    inputs = {{name: tf.placeholder(tf.float32, [None, 1], name=name) for name in names}}
    return tf.estimator.export.ServingInputReceiver(inputs, inputs)


def main(_):
    estimator = tf.estimator.Estimator(model_fn, FLAGS.model_dir, params={{"units": [64, 32]}})
    estimator.train(functools.partial(input_fn, 1000, True), max_steps=100)
    estimator.export_saved_model("ranking_export", serving_input_receiver_fn)


if __name__ == "__main__":
    tf.app.run(main)
"""


def program(lines: int) -> str:
    """An Estimator program of about `lines` lines that uses every one of its towers."""
    room = lines - HEAD.count("\n") - TAIL.count("\n")
    count = round(room / TOWER.count("\n"))
    towers = "".join(TOWER.format(n=n) for n in range(count))
    return HEAD + towers + TAIL.format(towers=", ".join(f"Tower{n}" for n in range(count)))


def best(action: Callable[[], object], times: int) -> float:
    """The fastest of several runs: what else the machine did is no part of it."""
    return min(_timed(action) for _ in range(times))


def _timed(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def process(*words: str, path: Path = ROOT) -> Callable[[], object]:
    """A whole process; both tools exit with a code of their own where they found something."""

    def run() -> None:
        environment = {**os.environ, "PYTHONPATH": str(path)}
        done = subprocess.run([sys.executable, *words], env=environment, capture_output=True, text=True, check=False)
        if "Traceback" in done.stderr:
            sys.exit(done.stderr)

    return run


def main() -> None:
    text = program(LINES)
    with tempfile.TemporaryDirectory(prefix="tflint-static-") as scratch:
        file = Path(scratch) / "ranking.py"
        file.write_text(text, "utf-8")
        tflint = best(process("-m", "analyzer", "check", "--no-cache", str(file)), 5)
        pylint = best(process("-m", "pylint", "-E", str(file)), 2)
        (Path(scratch) / "empty").mkdir()
        (Path(scratch) / "empty/tensorflow.py").touch()
        blind = best(process("-m", "pylint", "-E", str(file), path=Path(scratch) / "empty"), 3)
        analysis = analyze(Project(), file)
        if not analysis.models:
            sys.exit("the program's model was not found: there is nothing to measure")
        warm = statistics.median(_timed(lambda: analyze(Project(), file)) for _ in range(15))
        parse = statistics.median(_timed(lambda: ast.parse(text)) for _ in range(15))
    print(f"{text.count(chr(10))} lines, {len(analysis.models)} model followed")
    for what, seconds in (("pylint -E", pylint), ("pylint -E without TensorFlow", blind)):
        part = f"{tflint / seconds:.2f} of it (at most {PROCESS_RATIO})"
        print(f"tflint check {tflint:.2f} s, {what} {seconds:.2f} s: {part}")
    ratio = f"{warm / parse:.1f} times (at most {PARSE_RATIO})"
    print(f"analysis {warm * 1000:.1f} ms, ast.parse {parse * 1000:.1f} ms: {ratio}")
    print(machine())
    if tflint / min(pylint, blind) > PROCESS_RATIO or warm / parse > PARSE_RATIO:
        sys.exit("the promise is broken")


if __name__ == "__main__":
    main()
