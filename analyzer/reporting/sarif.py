"""SARIF 2.1.0, for code scanning services and viewers.

A suspicion that the dry run refuted is a result of kind "pass" (3.27.9: the rule was evaluated, and no problem was
found); "notApplicable" would say that it was never evaluated. Every other result is a "fail", an inconclusive one too:
its verdict is in the properties, and a result of kind "open" may have no level.

A place in a notebook is line 1 of its file, as the lines of a cell are not those of the file (ruff's reports do the
same); the cell is its logical location. Edits in notebooks are left out, as their regions would be of no file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import quote_from_bytes

import click

from analyzer import __version__
from analyzer.findings import Finding, Patch, Severity, Span, Verdict
from analyzer.reporting import sarif_rules
from analyzer.reporting.fingerprint import NAME, fingerprinted
from analyzer.reporting.location import locate
from analyzer.reporting.notes import A_NAME
from analyzer.reporting.selection import relative
from analyzer.reporting.wording import TO_CONFIGURE, plural, printable
from analyzer.reports import Failure, ModelReport, Report
from analyzer.settings import Settings

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT = "%SRCROOT%"
LEVELS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "note",
    Severity.HINT: "note",
}


def write(report: Report, settings: Settings, to: TextIO) -> None:
    """Print one log of one run."""
    click.echo(json.dumps(document(report, settings), indent=2), file=to)


def document(report: Report, settings: Settings) -> dict[str, Any]:
    """The log as plain dictionaries and lists."""
    rules = sarif_rules.descriptors(settings)
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    driver = {"name": "tflint", "version": __version__, "semanticVersion": __version__, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"uri": f"{Path.cwd().as_uri().rstrip('/')}/"}},
        "invocations": [_invocation(report, settings)],
        "results": [
            _result(finding, fingerprint, index, report) for finding, fingerprint in fingerprinted(report, settings)
        ],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _invocation(report: Report, settings: Settings) -> dict[str, Any]:
    """Whether all that was asked for was done, what was not, and which rules were left out."""
    return {
        "executionSuccessful": not report.errors,
        "toolExecutionNotifications": [
            *(_failure(error) for error in report.errors),
            *(_limit(model, said, report) for model in report.models for said in _limits(model)),
            *(_notification("note", known) for known in [_known(report)] if known),
            *(_notification("note", f"not enforced while your code ran: {limit}") for limit in report.not_enforced),
        ],
        "ruleConfigurationOverrides": sarif_rules.overrides(settings),
    }


def _known(report: Report) -> str:
    known = plural(len(report.known), "finding")
    return f"{known} known from the baseline, and not among the results" if report.known else ""


def _failure(error: Failure) -> dict[str, Any]:
    notification = _notification("error", error.message)
    if error.path is not None:
        notification["locations"] = [{"physicalLocation": {"artifactLocation": _artifact(error.path)}}]
    return notification


def _limits(model: ModelReport) -> Iterator[str]:
    yield from (f"limit: {limit}" for limit in model.limits)
    if model.entry:
        yield f"{TO_CONFIGURE}\n{model.entry}"


def _limit(model: ModelReport, said: str, report: Report) -> dict[str, Any]:
    notification = _notification("note", said)
    place = model.model_fn or model.receiver
    if place is not None:
        span = Span(place.path, place.line, 1, place.line, 1)
        notification["locations"] = [_location(span, report, whole_line=True)]
    return notification


def _notification(level: str, message: str) -> dict[str, Any]:
    return {"level": level, "message": _message(message)}


def _result(finding: Finding, fingerprint: str, index: Mapping[str, int], report: Report) -> dict[str, Any]:
    refuted = finding.verdict is Verdict.REFUTED
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": index[finding.code],
        "kind": "pass" if refuted else "fail",
        # 3.27.10: what is no failure has no level.
        "level": "none" if refuted else LEVELS[finding.severity],
        "message": _message(finding.message),
        "locations": [_location(finding.span, report)],
        "partialFingerprints": {NAME: fingerprint},
        "properties": _properties(finding),
    }
    if finding.related:
        result["relatedLocations"] = [
            {"id": number, **_location(step.span, report), "message": _message(step.message)}
            for number, step in enumerate(finding.related, 1)
        ]
    if flow := _flow(finding, report):
        result["codeFlows"] = [{"threadFlows": [{"locations": flow}]}]
    if finding.patch is not None and (changes := _changes(finding.patch, report)):
        words = {"description": _message(finding.fix)} if finding.fix else {}
        result["fixes"] = [{**words, "artifactChanges": changes, "properties": {"safe": finding.patch.safe}}]
    return result


def _properties(finding: Finding) -> dict[str, Any]:
    return {
        "verdict": finding.verdict.value,
        "certainty": finding.certainty.value,
        "reason": printable(finding.reason),
        "fix": printable(finding.fix),
        "partial": finding.partial,
        "evidence": [
            {
                "converter": item.converter,
                "profile": item.profile,
                "stage": item.stage,
                "op": item.op,
                "words": printable(item.words),
            }
            for item in finding.evidence
        ],
    }


def _flow(finding: Finding, report: Report) -> list[dict[str, Any]]:
    """The way from the Estimator to the place, step by step; nothing where the finding names no way."""
    steps = [step for step in finding.related if A_NAME.match(step.message)]
    if not steps:
        return []
    way = [{**_location(step.span, report), "message": _message(step.message)} for step in steps]
    here = {**_location(finding.span, report), "message": _message(finding.message)}
    return [{"location": place} for place in (*way, here)]


def _changes(patch: Patch, report: Report) -> list[dict[str, Any]]:
    """The edits of a patch by file; none where one of them is in a notebook, as half a patch mends nothing."""
    if any(edit.span.path in report.notebooks for edit in patch.edits):
        return []
    paths = dict.fromkeys(edit.span.path for edit in patch.edits)
    return [
        {
            "artifactLocation": _artifact(path),
            "replacements": [
                {
                    "deletedRegion": _region(edit.span, report),
                    **({"insertedContent": {"text": edit.text}} if edit.text else {}),
                }
                for edit in patch.edits
                if edit.span.path == path
            ],
        }
        for path in paths
    ]


def _location(span: Span, report: Report, whole_line: bool = False) -> dict[str, Any]:
    physical = {"artifactLocation": _artifact(span.path), "region": _region(span, report, whole_line)}
    found: dict[str, Any] = {"physicalLocation": physical}
    place = locate(span, report)
    if place.cell is not None:
        found["logicalLocations"] = [{"name": f"cell {place.cell}", "fullyQualifiedName": str(place), "kind": "cell"}]
        found["properties"] = {"cell": place.cell, "line": place.line, "column": place.column}
    return found


def _region(span: Span, report: Report, whole_line: bool = False) -> dict[str, int]:
    if span.path in report.notebooks:
        return {"startLine": 1}
    if whole_line:
        return {"startLine": span.line}
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _artifact(path: Path) -> dict[str, str]:
    """A file below the working directory by its relative URI, any other by its absolute one."""
    shown = relative(path)
    if Path(shown).is_absolute() or shown.startswith("../"):
        return {"uri": Path(os.path.abspath(path)).as_uri()}
    return {"uri": quote_from_bytes(os.fsencode(shown)), "uriBaseId": ROOT}


def _message(text: str) -> dict[str, str]:
    """A plain message: braces doubled (3.11.5), and what would read as a link `[text](target)` broken (3.11.6)."""
    plain = printable(text).replace("{", "{{").replace("}", "}}")
    return {"text": plain.replace("](", "\\](")}
