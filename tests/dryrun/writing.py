"""Small Estimator programs to write into a folder and dry-run."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from analyzer.dryrun import client
from analyzer.dryrun.protocol import BuiltModel, EntryPoint, Job, Op, Outcome

PRELUDE = """\
import numpy as np
import tensorflow as tf

v1 = tf.compat.v1


def finish(mode, loss):
    op = v1.train.GradientDescentOptimizer(0.1).minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)


def rows(dtype="float32", **shapes):
    features = {name: np.ones([4, *shape], dtype) for name, shape in shapes.items()}
    return lambda: tf.data.Dataset.from_tensor_slices((features, np.ones([4, 1], dtype))).batch(2)


def receiver(dtype=tf.float32, **shapes):
    def receive():
        given = {name: v1.placeholder(dtype, [None, *shape], name=name) for name, shape in shapes.items()}
        return tf.estimator.export.ServingInputReceiver(given, given)

    return receive


"""
"""What every program begins with."""

FINISH = """\
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"y": y})
    return finish(mode, tf.reduce_mean(y))


"""
"""How a model_fn ends that predicts y."""

MODEL = """\
def grade_fn(features, labels, mode):
    grade = v1.layers.dense(features["apple"], 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"grade": grade})
    return finish(mode, tf.reduce_mean(tf.square(grade - labels)))


def orchard():
    apple = v1.placeholder(tf.float32, [None, 3], name="apple")
    return tf.estimator.export.ServingInputReceiver({"apple": apple}, {"apple": apple})


"""
"""A model that trains, exports and converts."""

EXPORT = """\
grader = tf.estimator.Estimator(grade_fn, "grades")
grader.train(rows(apple=[3]), steps=2)
grader.export_saved_model("out", orchard)
"""


def line_of(text: str, words: str) -> int:
    """The 1-based line of a program that has these words."""
    lines = [number for number, line in enumerate((PRELUDE + text).splitlines(), 1) if words in line]
    assert len(lines) == 1, (words, lines)
    return lines[0]


def write(folder: Path, text: str, prelude: str = PRELUDE) -> Path:
    """Write a program into a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "program.py"
    program.write_text(prelude + text)
    return program


def job(program: Path, entry_points: tuple[EntryPoint, ...] = (), **fields: float) -> Job:
    """A job for a program that is alone in its folder."""
    settings: dict[str, Any] = {"seconds": 60.0, "memory_bytes": 6 << 30} | fields
    return Job(str(program), str(program.parent), entry_points, **settings)


def grader(program: Path) -> EntryPoint:
    """The entry point of MODEL."""
    return EntryPoint(str(program), "grade_fn", line_of(MODEL, "def grade_fn"), str(program), "orchard")


def run_all(folder: Path, texts: Mapping[str, str]) -> dict[str, Outcome]:
    """The outcome of each program, under the TensorFlow that runs the tests."""
    jobs = [job(write(folder / name, text)) for name, text in texts.items()]
    return dict(zip(texts, client.run_many(jobs, Path(sys.executable)), strict=True))


CONVERTS = [("builtins", "converts", "matches")]
"""The results of a model that converts."""


def of(name: str) -> pytest.MarkDecorator:
    """The test is about the model of this program."""
    return pytest.mark.parametrize("model", [name], indirect=True)


def results(built: BuiltModel | None, signature: str | None = "serving_default") -> list[tuple[str, str, str]]:
    assert built is not None
    return [(one.profile, one.outcome, one.interpreter) for one in built.results if one.signature == signature]


def innermost(op: Op) -> int:
    return op.frames[-1].line
