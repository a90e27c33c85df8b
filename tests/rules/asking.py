"""Small programs for the tests of one rule: what goes into model_fn, the receiver and the pipeline is all they differ in."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent

from analyzer.analysis import analyze
from analyzer.findings import Outcome, Suspicion, Target
from analyzer.reading.project import Project

PATH = Path("/nowhere/program.py")
FLOAT = 'tf.placeholder(tf.float32, [None, 4], name="x")'


def program(
    body: str,
    *,
    before: str = "",
    placeholder: str = FLOAT,
    receiver: str = "",
    train: str = "op = tf.train.AdamOptimizer().minimize(loss)",
    first: str = "import tensorflow as tf",
) -> str:
    """A program whose model_fn runs `body` on `x` and predicts `y`."""
    return "\n".join(
        [
            "import numpy as np",
            first,
            dedent(before),
            "def model_fn(features, labels, mode, params):",
            "    x = features['x']",
            indent(dedent(body), "    "),
            "    if mode == tf.estimator.ModeKeys.PREDICT:",
            "        return tf.estimator.EstimatorSpec(mode, predictions={'y': y})",
            "    loss = tf.losses.mean_squared_error(labels, y)",
            indent(dedent(train), "    "),
            "    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)",
            "def input_fn():",
            "    data = ({'x': np.zeros([8, 4], np.float32)}, np.zeros([8, 1], np.float32))",
            "    return tf.data.Dataset.from_tensor_slices(data).repeat().batch(4)",
            "def receiver_fn():",
            f"    x = {placeholder}",
            indent(dedent(receiver or "return tf.estimator.export.ServingInputReceiver({'x': x}, {'x': x})"), "    "),
            "est = tf.estimator.Estimator(model_fn, 'out', params={})",
            "est.train(input_fn, steps=1)",
            "est.export_saved_model('out', receiver_fn)",
        ]
    )


def suspicions(text: str, code: str, files: dict[str, str] | None = None) -> list[Suspicion]:
    """What the rule of this code suspects of a program."""
    overlay = {PATH: text} | {PATH.parent / name: other for name, other in (files or {}).items()}
    analysis = analyze(Project(overlay=overlay), PATH)
    assert analysis.models, "the program's model was not found"
    return [one for model in analysis.models for one in model.suspicions if one.code == code]


def lines(text: str, code: str) -> list[str]:
    """The source lines that the rule points to."""
    return [text.splitlines()[one.span.line - 1].strip() for one in suspicions(text, code)]


def letters(suspicion: Suspicion) -> str:
    """Its outcomes on 1.15, 2.15 and 2.21, in one word."""
    return " ".join(suspicion.outcomes.get(target, Outcome.BUILTINS).value for target in Target)
