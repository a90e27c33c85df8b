"""JUnit XML: well-formed whatever the messages hold, and a suite for every file that was checked."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from analyzer.findings import Severity, Verdict
from analyzer.reporting import junit
from analyzer.reports import Report
from analyzer.settings import Settings
from tests.command import reports
from tests.command.reports import MODEL, finding, model, report, span

ALL = Settings(output_format="junit", show_refuted=True, fail_on=Severity.INFO)
SHAPES = reports.every_shape()


def read(made: Report, settings: Settings = ALL) -> Xml.Element:
    """The document as a parser reads it back."""
    written = io.StringIO()
    junit.write(made, settings, written)
    assert written.getvalue().isascii()
    return Xml.fromstring(written.getvalue())


def counts(element: Xml.Element) -> tuple[int, ...]:
    return tuple(int(element.attrib[key]) for key in ("tests", "failures", "errors", "skipped"))


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_is_well_formed_and_counted(name: str) -> None:
    root = read(SHAPES[name])
    assert root.tag == "testsuites"
    for element in (root, *root):
        cases = list(element.iter("testcase"))
        told = (len(cases), *(sum(case.find(tag) is not None for case in cases) for tag in ("failure", "error")), 0)
        assert counts(element) == told
    found = SHAPES[name].findings
    passed = sum(one.verdict is Verdict.REFUTED or one.severity is Severity.HINT for one in found)
    assert len(list(root.iter("failure"))) == len(found) - passed
    assert len(list(root.iter("error"))) == len(SHAPES[name].errors)
    names = [(case.attrib["classname"], case.attrib["name"]) for case in root.iter("testcase")]
    assert "errors" in name or "hostile" in name or "outside" in name or len(set(names)) == len(names)


def test_a_failure_in_full() -> None:
    (suite,) = read(reports.dict_bug(), Settings(dry_run=True))
    assert suite.attrib["name"] == "model.py"
    (case,) = suite
    assert case.attrib == {
        "name": "TFL204 feature-dict-used-as-tensor at line 3, column 61",
        "classname": "model",
        "file": "model.py",
        "line": "3",
    }
    (failure,) = case
    assert failure.attrib == {"message": "the dict {'features': Tensor} when serving", "type": "error"}
    assert failure.text == (
        "model.py:3:61: the dict {'features': Tensor} when serving\n"
        "confirmed by TensorFlow 2.15.1\n"
        "export stopped here: TypeError: Failed to convert '{'features': ...}' to a shape\n"
        "reached from Estimator (line 32) > export_savedmodel (line 39)\n"
        "fix: take features['features'], or export with TensorServingInputReceiver\n"
        "behind it: with this mended the model converts with builtins only (3.1 kB, 7 ops)"
    )


def test_a_clean_file_is_one_test_that_passes() -> None:
    clean = Path("pkg/clean.py").absolute()
    root = read(replace(report(finding(span(3, 13))), checked=(MODEL, clean)))
    dirty, passed = root
    assert counts(dirty) == (1, 1, 0, 0)
    assert passed.attrib["name"] == "pkg/clean.py"
    (case,) = passed
    assert case.attrib == {"name": "no findings", "classname": "pkg.clean", "file": "pkg/clean.py"}
    assert list(case) == []


def test_nothing_checked_is_no_test() -> None:
    assert list(read(Report())) == []


def test_a_refuted_suspicion_is_a_test_that_passes() -> None:
    (suite,) = read(reports.dict_bug())
    assert counts(suite) == (2, 1, 0, 0)
    (case,) = [case for case in suite if case.find("failure") is None]
    assert "refuted: the loop converts with builtins" in (case.findtext("system-out") or "")
    assert counts(read(reports.dict_bug(), Settings())) == (1, 1, 0, 0)


@pytest.mark.parametrize("fail_on", [Severity.ERROR, Severity.WARNING, Severity.INFO])
def test_a_finding_fails_its_test_where_it_fails_the_run(fail_on: Severity) -> None:
    found = [finding(span(line, 1), severity=severity) for line, severity in enumerate(Severity, 1)]
    (suite,) = read(report(*found), Settings(fail_on=fail_on))
    failed = [case.find("failure") is not None for case in suite]
    assert failed == [severity.rank <= fail_on.rank for severity in Severity]
    told = suite[-1].findtext("system-out") or ""
    assert told.startswith("hint: model.py:4:1: runs Python\n")


def test_a_file_is_one_suite_however_it_was_named() -> None:
    made = replace(SHAPES["cause"], errors=(replace(SHAPES["errors"].errors[0], path=Path("model.py")),))
    (suite,) = read(made)
    assert counts(suite) == (3, 1, 1, 0)


def test_what_could_not_be_done_is_an_error() -> None:
    root = read(SHAPES["errors"])
    told = {suite.attrib["name"]: suite.find("testcase/error") for suite in root}
    gone, missing = told["gone.py"], told["tflint"]
    assert gone is not None
    assert missing is not None
    assert (gone.attrib["message"], gone.text) == ("no such file", "no such file")
    assert missing.attrib["message"] == "TensorFlow is missing"


def test_a_notebook_is_told_by_its_cell() -> None:
    (suite,) = read(SHAPES["notebook"])
    (case,) = suite
    assert case.attrib["name"] == "TFL401 py-func-in-exported-graph at cell 5, line 2, column 9"
    assert "line" not in case.attrib
    assert (case.findtext("failure") or "").startswith("trial.ipynb:cell 5:2:9: runs Python")


def test_limits_stand_in_the_suite_of_their_model() -> None:
    made = Report(models=(model(limits=("not followed",)),), files=1, checked=(MODEL,))
    (suite,) = read(made)
    assert suite.findtext("system-out") == "limit: not followed"
    (suite,) = read(replace(made, checked=()))
    assert (suite.attrib["name"], suite.findtext("system-out")) == ("tflint", "limit: not followed")


def test_an_entry_stands_there_too() -> None:
    (suite,) = read(reports.every_shape()["entry"])
    assert (suite.findtext("system-out") or "").endswith(reports.ENTRY)


@pytest.mark.parametrize("name", reports.HOSTILE)
def test_messages_are_kept_but_for_what_xml_has_no_way_to_write(name: str) -> None:
    text = reports.HOSTILE[name]
    root = read(reports.hostile(text))
    failure = root.find("testsuite/testcase/failure")
    assert failure is not None
    message = failure.attrib["message"]
    assert len(message) == len(text)
    assert all(seen in (char, "\N{REPLACEMENT CHARACTER}") for seen, char in zip(message, text, strict=True))


def test_the_counts_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    read(report(finding(span(3, 13))))
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("1 warning · 1 file")
