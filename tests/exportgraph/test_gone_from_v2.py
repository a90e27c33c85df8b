"""A model that needs an API which TensorFlow 2 no longer has: what is suspected of it is loud for 1.15 alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer import engine
from analyzer.findings import Severity, Target
from analyzer.settings import Settings
from tests.rules.asking import program

NOISE = "y = tf.nn.dropout(tf.layers.dense(x, 1), rate=0.5)"
LAYER = "y = tf.contrib.layers.fully_connected(tf.nn.dropout(x, rate=0.5), 1)"


def told(folder: Path, text: str, target: Target) -> tuple[list[Severity], list[str]]:
    """The severities of what is found, and the limits of the model."""
    path = folder / "program.py"
    path.write_text(text)
    report = engine.check([path], Settings(target=target, cache=False), lambda _: None)
    (model,) = report.models
    return [finding.severity for finding in report.findings if finding.code == "TFL501"], list(model.limits)


@pytest.mark.parametrize("target", [Target.V2_15, Target.V2_21])
def test_it_is_not_even_built_there(tmp_path: Path, target: Target) -> None:
    severities, limits = told(tmp_path, program(LAYER), target)
    assert severities == [Severity.INFO]
    words = f"TensorFlow {target.value} has no tf.contrib.layers.fully_connected: there this model is not even built"
    assert words in limits


@pytest.mark.parametrize(
    ("body", "first", "target"),
    [
        (LAYER, "import tensorflow as tf", Target.V1_15),
        (NOISE, "import tensorflow as tf", Target.V2_15),
        (LAYER.replace("tf.contrib.layers", "slim"), "import tensorflow as tf\nimport tf_slim as slim", Target.V2_15),
        (
            "y = tf.nn.dropout(tf.contrib.layers.fully_connected(x, 1) if old() else tf.layers.dense(x, 1), rate=0.5)",
            "import tensorflow as tf",
            Target.V2_15,
        ),
    ],
    ids=["1.15", "no contrib", "the package tf_slim", "only where something says so"],
)
def test_others_are_loud(tmp_path: Path, body: str, first: str, target: Target) -> None:
    severities, limits = told(tmp_path, program(body, first=first), target)
    assert severities == [Severity.WARNING]
    assert not any("not even built" in limit for limit in limits)
