"""The conversion report on a program as Markdown: what became of each model, op by op."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from analyzer.findings import Conversion, ModelReport, Report
from analyzer.reporting import models, notes
from lsp_server.analysis.messages import Description

SUPPORT = {"builtin": "built-in op", "select": "needs Select TF ops", "custom": "custom op", "folded": "folded away"}


def description(program: Path, report: Report, line: int | None, tried: bool) -> Description:
    """The report on the models of a program, the one nearest above a line first."""
    ordered = sorted(report.models, key=lambda model: _distance(model, program, line))
    parts = [f"# Conversion of {program.name}"]
    if not ordered:
        parts.append("No exported Estimator was found in this file.")
    elif not tried:
        parts.append("Nothing was run yet: run the dry run to see what the converter does.")
    for model in ordered:
        parts += _model(model, report)
    parts += _findings(report)
    return Description("markdown", f"tflint: {program.name}", "\n\n".join(parts) + "\n")


def _distance(model: ModelReport, program: Path, line: int | None) -> int:
    if line is None or model.model_fn is None or model.model_fn.path != program:
        return 1 << 30
    return line - model.model_fn.line if model.model_fn.line <= line else (1 << 20) + model.model_fn.line


def _model(model: ModelReport, report: Report) -> Iterator[str]:
    title, _, told = models.line(model, report).partition(": ")
    yield f"## {title}"
    yield told[:1].upper() + told[1:]
    for limit in model.limits:
        yield f"- {limit}"
    for signature in model.signatures:
        rows = [("input", tensor) for tensor in signature.inputs] + [("output", tensor) for tensor in signature.outputs]
        cells = [f"| {kind} | `{tensor.name}` | {tensor.dtype} | {_shape(tensor.shape)} |" for kind, tensor in rows]
        yield f"### Signature `{signature.name}`"
        yield "\n".join(["| | tensor | dtype | shape |", "| --- | --- | --- | --- |", *cells])
    for result in model.results or (model.mended.results if model.mended is not None else ()):
        yield from _conversion(result)


def _conversion(result: Conversion) -> Iterator[str]:
    profile = models.PROFILES.get(result.profile, result.profile)
    signature = f" of `{result.signature}`" if result.signature else ""
    size = f", {result.size_bytes:,} bytes" if result.size_bytes is not None else ""
    yield f"### {profile}{signature}: {result.outcome}{size}"
    if result.words:
        yield "\n".join(f"    {line}" for line in result.words.strip().splitlines()[:8])
    if result.ops:
        cells = [f"| {op.type} | {op.count} | {SUPPORT.get(op.support, op.support)} |" for op in result.ops]
        yield "\n".join(["| op | count | |", "| --- | --- | --- |", *cells])


def _findings(report: Report) -> Iterator[str]:
    if report.findings:
        yield "## Findings"
    for finding in report.findings:
        told = notes.verdict(finding)
        name = f"**{finding.code} {finding.name}**" + (f" ({told})" if told else "")
        yield f"- line {finding.span.line}: {name}: {finding.message}"


def _shape(shape: tuple[int | None, ...] | None) -> str:
    return "unknown" if shape is None else "[" + ", ".join("?" if size is None else str(size) for size in shape) + "]"
