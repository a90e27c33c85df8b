"""Reports made by hand, for the tests of what is printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from analyzer.findings import Certainty, Edit, Evidence, Finding, Patch, Related, Ruling, Severity, Span, Verdict
from analyzer.reports import (
    Cells,
    Conversion,
    Failure,
    Mended,
    ModelReport,
    OpCount,
    Place,
    Report,
    Signature,
    TensorInfo,
)

TF = "tensorflow 2.15.1"
MODEL = Path("model.py").absolute()
NOTEBOOK = Path("trial.ipynb").absolute()
SOURCE = (
    "import tensorflow as tf",
    "def model_fn(features, labels, mode):",
    "    dense = tf.layers.Dense(units=2, activation=tf.nn.relu)(features)",
)
HOSTILE = {
    "controls": "bell\x07 escape\x1b[31m null\0 delete\x7f c1\x9b",
    "lines": "one\ntwo\r\nthree\rfour\u2028five\x0csix\ttab",
    "quotes": "'single' \"double\" `back` \\ back\\slash",
    "markup": "<script>&amp;]]></failure><!-- --> ${{ x }}",
    "command": "%0A::error::no 100% [link](1) ::stop-commands::x, a:b",
    "braces": "the dict {'x': Tensor} {0} {{y}}",
    "right to left": "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627 \u202eevil\u202c \u2066x\u2069",
    "surrogates": "lone \ud800 low \udc80 and \U0001f600",
    "noncharacters": "\ufffe \uffff \ufdd0 \ufeff",
    "long": "very " * 20_000 + "long",
    "blank": " ",
}
"""Texts that break out of a format that does not escape them."""
STOPPED = Evidence(TF, "builtins", "export", "", "TypeError: Failed to convert '{'features': ...}' to a shape")

ENTRY = '[tool.tflint.models.rain]\nmodel-fn = "model.py:model_fn"\nfeatures.wind = ...'


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
    rulings: tuple[Ruling, ...] = (),
) -> Finding:
    return Finding(
        code, name, where, severity, certainty, verdict, message, reason, evidence, related, fix, partial,
        rulings=rulings,
    )  # fmt: skip


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


def hostile(text: str, verdict: Verdict = Verdict.CONFIRMED) -> Report:
    """A report with `text` wherever a program, a path or a converter can put it."""
    found = finding(
        span(3, 13, 9),
        verdict,
        Severity.ERROR,
        message=text,
        reason=text,
        evidence=(Evidence(TF, "builtins", "convert", "PyFunc", text),),
        related=(Related(span(1, 1), text), Related(span(2, 1), "model_fn")),
        fix=text,
    )
    made = report(found, models=(replace(model(conversion(), limits=(text,)), entry=text),), source=(text, text, text))
    return replace(made, errors=(Failure(None, text), Failure(Path("gone.py"), text)), not_enforced=(text,))


def every_shape() -> dict[str, Report]:
    """Reports of all the shapes that a format must be right for."""
    cause = dict_bug()
    elsewhere = Path("p\u00e4ckchen/\u65e5\u672c #1%20;,:a.py").absolute()
    many = [finding(span(1 + n // 7, 1 + n % 7), list(Verdict)[n % 4], list(Severity)[n % 4]) for n in range(100)]
    return {
        "nothing": Report(),
        "clean": Report(files=2, checked=(MODEL, elsewhere)),
        "cause": replace(cause, checked=(MODEL,)),
        "errors": replace(
            cause, errors=(Failure(Path("gone.py"), "no such file"), Failure(None, "TensorFlow is missing"))
        ),
        "outside": replace(
            report(finding(span(1, 1, path=Path("/elsewhere/a b.py")))), errors=(Failure(Path("../up.py"), "gone"),)
        ),
        "notebook": replace(notebook(), checked=(NOTEBOOK,)),
        "paths": replace(report(finding(span(1, 1, path=elsewhere))), checked=(elsewhere, MODEL)),
        "undecodable path": report(finding(span(1, 1, path=Path("b\udcff.py").absolute()))),
        "many": report(*many),
        "limits": report(models=(model(limits=("the receiver was not followed",)), ModelReport(None, None, "x"))),
        "entry": report(models=(replace(model(limits=("not built",)), entry=ENTRY),)),
        "fixes": report(patched(finding(span(3, 13, 9)))),
        **{f"hostile: {name}": hostile(text) for name, text in HOSTILE.items()},
    }


def patched(found: Finding) -> Finding:
    """With edits in two files: a replacement, an insertion and a deletion."""
    edits = (
        Edit(Span(MODEL, 3, 13, 3, 28), "tf.keras.layers.Dense"),
        Edit(Span(MODEL, 1, 1, 1, 1), "import math\n"),
        Edit(Span(MODEL.with_name("other.py"), 2, 1, 3, 1), ""),
    )
    return replace(found, patch=Patch(edits, safe=False), fix="use Keras")
