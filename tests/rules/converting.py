"""Small programs for the tests of what a script converts: a float model, its export, and the lines that convert it."""

from __future__ import annotations

from textwrap import dedent, indent

from analyzer.analysis import analyze
from analyzer.findings import Suspicion
from analyzer.reading.project import Project
from tests.rules.asking import PATH

PLAIN = "converter = tf.lite.TFLiteConverter.from_saved_model(path.decode())"
FLOAT = 'tf1.placeholder(tf.float32, [None, 4], name="x")'


def converted(
    after: str, *, body: str = "y = tf1.layers.dense(features['x'], 2)", before: str = "", receiver: str = ""
) -> str:
    """A program that exports one model and then runs `after`; `path` is what the export returned."""
    given = receiver or f"x = {FLOAT}\nreturn tf.estimator.export.ServingInputReceiver({{'x': x}}, {{'x': x}})"
    return "\n".join(
        [
            "import numpy as np",
            "import tensorflow as tf",
            "tf1 = tf.compat.v1",
            dedent(before),
            "def model_fn(features, labels, mode):",
            indent(dedent(body), "    "),
            "    if mode == tf.estimator.ModeKeys.PREDICT:",
            "        return tf.estimator.EstimatorSpec(mode, predictions={'y': y})",
            "    loss = tf1.losses.mean_squared_error(labels, y)",
            "    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=tf.no_op())",
            "def serve():",
            indent(dedent(given), "    "),
            "est = tf.estimator.Estimator(model_fn, 'out')",
            "path = est.export_saved_model('export', serve)",
            dedent(after),
        ]
    )


def setting(lines: str, load: str = PLAIN) -> str:
    """A conversion with these settings."""
    return f"{load}\n{dedent(lines)}\nconverter.convert()"


def found(text: str, code: str) -> list[Suspicion]:
    """What a rule suspects of a program, of its models and of conversions that belong to none."""
    analysis = analyze(Project(overlay={PATH: text}), PATH)
    every = [*(one for model in analysis.models for one in model.suspicions), *analysis.suspicions]
    by_place = {(one.span.line, one.span.column): one for one in every if one.code == code}
    return list(by_place.values())


def told(text: str, code: str) -> list[str]:
    """The source lines that the rule points to."""
    return [text.splitlines()[one.span.line - 1].strip() for one in found(text, code)]
