"""Reports made by hand, for the tests of what is printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from analyzer.findings import (
    Cells,
    Certainty,
    Conversion,
    Evidence,
    Finding,
    Mended,
    ModelReport,
    OpCount,
    Place,
    Related,
    Report,
    Severity,
    Signature,
    Span,
    TensorInfo,
    Verdict,
)

TF = "tensorflow 2.15.1"
MODEL = Path("model.py").absolute()
NOTEBOOK = Path("trial.ipynb").absolute()
SOURCE = (
    "import tensorflow as tf",
    "def model_fn(features, labels, mode):",
    "    dense = tf.layers.Dense(units=2, activation=tf.nn.relu)(features)",
)
STOPPED = Evidence(TF, "builtins", "export", "", "TypeError: Failed to convert '{'features': ...}' to a shape")


def span(line: int, column: int, width: int = 1, path: Path = MODEL) -> Span:
    return Span(path, line, column, line, column + width)


def finding(
    where: Span,
    verdict: Verdict = Verdict.UNTESTED,
    severity: Severity = Severity.WARNING,
    *,
    code: str = "TFL401",
    name: str = "py-func-in-exported-graph",
    message: str = "runs Python",
    reason: str = "",
    evidence: tuple[Evidence, ...] = (),
    certainty: Certainty = Certainty.CERTAIN,
    related: tuple[Related, ...] = (),
    fix: str = "",
    partial: bool = False,
) -> Finding:
    return Finding(code, name, where, severity, certainty, verdict, message, reason, evidence, related, fix, partial)


def conversion(
    profile: str = "builtins",
    outcome: str = "converts",
    interpreter: str = "matches",
    *,
    signature: str | None = "serving_default",
    converter: str = TF,
    ops: tuple[OpCount, ...] = (
        OpCount("MatMul", 2, "builtin"),
        OpCount("Relu", 5, "builtin"),
        OpCount("Const", 4, "folded"),
    ),
) -> Conversion:
    size = 3116 if outcome == "converts" else None
    return Conversion(converter, profile, signature, outcome, interpreter, ops, size, 0.2)


def model(
    *results: Conversion,
    stopped_at: str | None = None,
    mended: Mended | None = None,
    limits: tuple[str, ...] = (),
    built_with: str | None = TF,
    seconds: float | None = 0.9,
    presented_as_v1: bool = False,
) -> ModelReport:
    return ModelReport(
        model_fn=Place(MODEL, 2, "model_fn"),
        receiver=Place(MODEL, 30, "serving_input_receiver_fn"),
        found_by="export call",
        built_with=built_with,
        presented_as_v1=presented_as_v1,
        stopped_at=stopped_at,
        signatures=(
            Signature(
                "serving_default", (TensorInfo("features", "float32", (None, 2)),), (TensorInfo("p", "float32", None),)
            ),
        ),
        results=results,
        mended=mended,
        seconds=seconds,
        limits=limits,
    )


def report(
    *findings: Finding,
    models: tuple[ModelReport, ...] = (),
    files: int = 1,
    source: Sequence[str] = SOURCE,
) -> Report:
    return Report(findings=findings, models=models, files=files, sources={MODEL: tuple(source)})


def dict_bug() -> Report:
    """The report of issue 2, but for a number or two."""
    mended = Mended(("features['features'] instead of features (model.py:3)",), None, (conversion(),))
    return report(
        finding(
            span(3, 61, 8),
            Verdict.CONFIRMED,
            Severity.ERROR,
            code="TFL204",
            name="feature-dict-used-as-tensor",
            message="the dict {'features': Tensor} when serving",
            evidence=(STOPPED,),
            related=(Related(span(32, 1), "Estimator"), Related(span(39, 1), "export_savedmodel")),
            fix="take features['features'], or export with TensorServingInputReceiver",
        ),
        finding(
            span(1, 8, 10),
            Verdict.REFUTED,
            Severity.HINT,
            code="TFL301",
            name="while-loop",
            message="a loop",
            reason="the loop converts with builtins",
        ),
        models=(model(stopped_at="export", mended=mended),),
    )


CELLS = Cells(((2, 1), (5, 3), (7, 6)))
"""Code in the cells 2, 5 and 7; the others are text."""
IN_CELLS = (
    "import tensorflow as tf",
    "import helpers",
    "def model_fn(features, labels, mode):",
    "    y = tf.py_func(score, [features], tf.float32)",
    "    return tf.estimator.EstimatorSpec(mode, predictions=y)",
    "est = tf.estimator.Estimator(model_fn)",
)


def notebook() -> Report:
    """A finding in the second line of cell 5, reached from the first of cell 7."""
    found = finding(
        span(4, 9, 10, NOTEBOOK),
        related=(Related(span(6, 7, 1, NOTEBOOK), "Estimator"), Related(span(3, 1, 1, NOTEBOOK), "model_fn")),
    )
    made = replace(model(conversion()), model_fn=Place(NOTEBOOK, 3, "model_fn"))
    return Report(findings=(found,), models=(made,), files=1, sources={NOTEBOOK: IN_CELLS}, notebooks={NOTEBOOK: CELLS})
