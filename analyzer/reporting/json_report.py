"""Schema 1 of the JSON report, as docs/json.md describes it: fields are only ever added."""

from __future__ import annotations

import json
from typing import Any, TextIO

import click

from analyzer import __version__
from analyzer.findings import Edit, Finding, Patch, Related
from analyzer.reporting.location import locate, locate_line
from analyzer.reporting.selection import relative, shown
from analyzer.reports import Conversion, Converted, ModelReport, Place, Report, TensorInfo
from analyzer.runtime import delegates
from analyzer.settings import Settings

SCHEMA = 1


def write(report: Report, settings: Settings, to: TextIO) -> None:
    """Print the whole report as one JSON object."""
    click.echo(json.dumps(document(report, settings), indent=2), file=to)


def document(report: Report, settings: Settings) -> dict[str, Any]:
    """The report as plain dictionaries and lists."""
    return {
        "schema": SCHEMA,
        "tflint": __version__,
        "findings": [_finding(finding, report) for finding in shown(report, settings)],
        "fixed": len(report.fixed),
        "known": len(report.known),
        "gone": report.gone,
        "models": [_model(model, report) for model in report.models],
        "kept": [relative(path) for path in report.kept],
        "not_enforced": list(report.not_enforced),
        "errors": [
            {"file": relative(error.path) if error.path else None, "message": error.message} for error in report.errors
        ],
    }


def _finding(finding: Finding, report: Report) -> dict[str, Any]:
    place = locate(finding.span, report)
    return {
        "rule": finding.code,
        "name": finding.name,
        "file": place.file,
        "cell": place.cell,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
        "severity": finding.severity.value,
        "certainty": finding.certainty.value,
        "verdict": finding.verdict.value,
        "message": finding.message,
        "reason": finding.reason,
        "evidence": [
            {
                "converter": item.converter,
                "profile": item.profile,
                "stage": item.stage,
                "op": item.op,
                "words": item.words,
            }
            for item in finding.evidence
        ],
        "related": [_related(item, report) for item in finding.related],
        "fix": finding.fix,
        "partial": finding.partial,
        "patch": None if finding.patch is None else _patch(finding.patch, report),
        "rulings": [
            {
                "converter": ruling.converter,
                "verdict": ruling.verdict.value,
                "severity": ruling.severity.value,
                "reason": ruling.reason,
            }
            for ruling in finding.rulings
        ],
    }


def _patch(patch: Patch, report: Report) -> dict[str, Any]:
    return {"safe": patch.safe, "edits": [_edit(edit, report) for edit in patch.edits]}


def _edit(edit: Edit, report: Report) -> dict[str, Any]:
    place = locate(edit.span, report)
    return {
        "file": place.file,
        "cell": place.cell,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
        "text": edit.text,
    }


def _related(step: Related, report: Report) -> dict[str, Any]:
    place = locate(step.span, report)
    return {
        "file": place.file,
        "cell": place.cell,
        "line": place.line,
        "column": place.column,
        "message": step.message,
    }


def _model(model: ModelReport, report: Report) -> dict[str, Any]:
    return {
        "model_fn": _place(model.model_fn, report),
        "receiver": _place(model.receiver, report),
        "found_by": model.found_by,
        "saved_model": None if model.saved_model is None else relative(model.saved_model),
        "built_with": model.built_with,
        "presented_as_v1": model.presented_as_v1,
        "stopped_at": model.stopped_at,
        "signatures": [
            {
                "name": signature.name,
                "inputs": [_tensor(tensor) for tensor in signature.inputs],
                "outputs": [_tensor(tensor) for tensor in signature.outputs],
            }
            for signature in model.signatures
        ],
        "results": [_conversion(result) for result in model.results],
        "mended": None
        if model.mended is None
        else {
            "mends": list(model.mended.mends),
            "stopped_at": model.mended.stopped_at,
            "results": [_conversion(result) for result in model.mended.results],
            "converted": [_converted(row) for row in model.mended.converted],
        },
        "seconds": model.seconds,
        "limits": list(model.limits),
        "entry": model.entry,
        "converted": [_converted(row) for row in model.converted],
    }


def _converted(row: Converted) -> dict[str, Any]:
    return {
        "converter": row.converter,
        "stopped_at": row.stopped_at,
        "profile": row.profile,
        "interpreter": row.interpreter,
        "words": row.words,
    }


def _place(place: Place | None, report: Report) -> dict[str, Any] | None:
    if place is None:
        return None
    where = locate_line(place.path, place.line, report)
    return {"file": where.file, "cell": where.cell, "line": where.line, "name": place.name}


def _tensor(tensor: TensorInfo) -> dict[str, Any]:
    return {
        "name": tensor.name,
        "dtype": tensor.dtype,
        "shape": None if tensor.shape is None else list(tensor.shape),
    }


def _conversion(result: Conversion) -> dict[str, Any]:
    return {
        "converter": result.converter,
        "profile": result.profile,
        "signature": result.signature,
        "outcome": result.outcome,
        "interpreter": result.interpreter,
        "ops": [{"type": op.type, "count": op.count, "support": op.support} for op in result.ops],
        "operators": [
            {"name": one.name, "kind": one.kind.value, "version": one.version, "count": one.count}
            for one in result.operators
        ],
        "delegates": list(delegates(result.operators)),
        "size_bytes": result.size_bytes,
        "seconds": result.seconds,
    }
