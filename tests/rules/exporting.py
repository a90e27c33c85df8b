"""Small programs for the tests of what is exported; the spec, the receiver or a canned estimator is the difference."""

from __future__ import annotations

from textwrap import dedent, indent

RAW = """
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    return tf.estimator.export.ServingInputReceiver({"x": x}, {"x": x})
"""
PARSING = """
    blob = tf.placeholder(tf.string, [None])
    return tf.estimator.export.ServingInputReceiver(
        tf.io.parse_example(blob, {"x": tf.FixedLenFeature([4], tf.float32)}), {"examples": blob})
"""


def custom(
    spec: str,
    *,
    body: str = "",
    receiver: str = RAW,
    before: str = "",
    after: str = "",
    model_fn: str | None = None,
    export: str = "est.export_saved_model('out', serve)",
) -> str:
    """A model_fn that gives `spec` (the arguments after `mode`) for PREDICT; `y` is its answer."""
    function = model_fn or "\n".join(
        [
            "def model_fn(features, labels, mode):",
            "    y = tf.layers.dense(features['x'], 2)",
            indent(dedent(body), "    "),
            "    if mode == tf.estimator.ModeKeys.PREDICT:",
            f"        return tf.estimator.EstimatorSpec(mode, {spec})",
            "    loss = tf.losses.mean_squared_error(labels, y)",
            "    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=tf.no_op())",
        ]
    )
    return "\n".join(
        [
            "import numpy as np",
            "import tensorflow as tf",
            "export = tf.estimator.export",
            dedent(before),
            dedent(function),
            "def serve():",
            indent(dedent(receiver), "    "),
            "est = tf.estimator.Estimator(model_fn, 'out')",
            export,
            dedent(after),
        ]
    )


def canned(estimator: str, *, before: str = "", keys: str = "'x'", receiver: str = "", after: str = "") -> str:
    """A canned estimator, exported over raw inputs of these keys."""
    raw = f"""
        given = {{k: tf.placeholder(tf.float32, [None, 1], name=k) for k in ({keys},)}}
        return tf.estimator.export.ServingInputReceiver(given, given)
    """
    return "\n".join(
        [
            "import numpy as np",
            "import tensorflow as tf",
            "fc = tf.feature_column",
            dedent(before),
            "def serve():",
            indent(dedent(receiver or raw), "    "),
            f"est = {estimator}",
            "est.export_saved_model('out', serve)",
            dedent(after),
        ]
    )
