"""JUnit XML, which Jenkins, GitLab and others show as tests: a suite for each file, a test for each finding, which
fails where the finding fails the run (`--fail-on`).

A finding in a notebook is named by its cell and has no `line` attribute, as a viewer takes that for a line of the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TextIO
from xml.etree import ElementTree as Xml

import click

from analyzer.findings import Finding, Verdict
from analyzer.reporting.location import locate
from analyzer.reporting.notes import notes, verdict
from analyzer.reporting.selection import relative, shown
from analyzer.reporting.wording import TO_CONFIGURE, closing, printable
from analyzer.reports import Failure, Report
from analyzer.settings import Settings

COUNTS = {"failure": "failures", "error": "errors", "skipped": "skipped"}
OF_NO_FILE = "tflint"
"""The suite of what belongs to no file."""


def write(report: Report, settings: Settings, to: TextIO) -> None:
    """Print one XML document, in ASCII: it is right whatever encoding the stream has."""
    root = document(report, settings)
    Xml.indent(root)
    click.echo(Xml.tostring(root, "us-ascii", xml_declaration=True).decode("ascii"), file=to)
    click.echo(closing(report, settings), err=True)


def document(report: Report, settings: Settings) -> Xml.Element:
    """The report as an element."""
    root = Xml.Element("testsuites", name="tflint")
    cases = _cases(report, settings)
    limits = _limits(report, frozenset(cases))
    known = {_file(finding.span.path) for finding in report.known}
    for file in sorted(cases.keys() | limits.keys()):
        suite = Xml.SubElement(root, "testsuite", name=file)
        suite.extend(cases.get(file) or [_case(file, "no new findings" if file in known else "no findings")])
        if file in limits:
            _text(suite, "system-out", "\n".join(limits[file]))
        _count(suite)
    _count(root)
    return root


def _cases(report: Report, settings: Settings) -> Mapping[str, list[Xml.Element]]:
    """The test cases of each file; none for a clean one."""
    cases: dict[str, list[Xml.Element]] = {_file(path): [] for path in report.checked}
    for finding in shown(report, settings):
        cases.setdefault(_file(finding.span.path), []).append(_finding(finding, report, settings))
    for error in report.errors:
        cases.setdefault(_file(error.path), []).append(_error(error))
    return cases


def _finding(finding: Finding, report: Report, settings: Settings) -> Xml.Element:
    """A failed test; one that passed where the finding does not count, or was refuted."""
    place = locate(finding.span, report)
    name = f"{finding.code} {finding.name} at {place.within}, column {place.column}"
    case = _case(_file(finding.span.path), name)
    if place.cell is None:
        case.set("line", str(place.line))
    how = verdict(finding)
    body = "\n".join([f"{place}: {finding.message}", *([how] if how else []), *notes(finding, report)])
    if finding.verdict is Verdict.REFUTED or not settings.counts(finding.severity):
        _text(case, "system-out", f"{finding.severity.value}: {body}")
    else:
        _text(case, "failure", body, message=printable(finding.message), type=finding.severity.value)
    return case


def _error(error: Failure) -> Xml.Element:
    case = _case(_file(error.path), "could not be done")
    _text(case, "error", error.message, message=printable(error.message))
    return case


def _case(file: str, name: str) -> Xml.Element:
    # Jenkins takes what precedes the last dot for a package.
    owner = file.removesuffix(".py").removesuffix(".ipynb").replace("/", ".")
    case = Xml.Element("testcase", name=name, classname=owner)
    if file != OF_NO_FILE:
        case.set("file", file)
    return case


def _limits(report: Report, files: frozenset[str]) -> Mapping[str, list[str]]:
    """What was not followed or not run, under the file of its model if that has a suite."""
    limits: dict[str, list[str]] = {}
    for model in report.models:
        place = model.model_fn or model.receiver
        file = _file(place.path) if place is not None else OF_NO_FILE
        for limit in model.limits:
            limits.setdefault(file if file in files else OF_NO_FILE, []).append(f"limit: {limit}")
        if model.entry:
            limits.setdefault(file if file in files else OF_NO_FILE, []).append(f"{TO_CONFIGURE}\n{model.entry}")
    return limits


def _file(path: Path | None) -> str:
    return OF_NO_FILE if path is None else printable(relative(path))


def _text(parent: Xml.Element, tag: str, text: str, **attributes: str) -> None:
    """A child with text; XML 1.0 has no way to write a control character, so those are replaced."""
    Xml.SubElement(parent, tag, attributes).text = printable(text)


def _count(element: Xml.Element) -> None:
    cases = list(element.iter("testcase"))
    element.set("tests", str(len(cases)))
    for tag, attribute in COUNTS.items():
        element.set(attribute, str(sum(case.find(tag) is not None for case in cases)))
