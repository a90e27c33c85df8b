"""A place is shown as its reader counts: lines of the cell in a notebook, lines of the file elsewhere."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from analyzer.findings import Span, Verdict
from analyzer.reporting import concise, text
from analyzer.reporting.location import excerpt, locate, locate_line
from analyzer.reports import Cells, Mended, Report
from analyzer.settings import Settings
from tests.command import reports
from tests.command.reports import IN_CELLS, MODEL, NOTEBOOK, conversion, model, report, span

STATIC = Settings()


@pytest.mark.parametrize(("line", "cell", "within"), [(1, 2, 1), (2, 2, 2), (3, 5, 1), (5, 5, 3), (6, 7, 1), (9, 7, 4)])
def test_a_line_of_a_notebook_is_one_of_a_cell(line: int, cell: int, within: int) -> None:
    place = locate(span(line, 5, 3, NOTEBOOK), reports.notebook())
    assert (place.file, place.cell, place.line, place.column) == ("trial.ipynb", cell, within, 5)
    assert (place.end_line, place.end_column) == (within, 8)
    assert str(place) == f"trial.ipynb:cell {cell}:{within}:5"


def test_other_files_of_the_same_report_are_told_by_line() -> None:
    place = locate(span(4, 5, 3), reports.notebook())
    assert (str(place), place.of_line, place.within) == ("model.py:4:5", "model.py:4", "line 4")
    assert place.cell is None


def test_a_span_over_several_lines_keeps_its_height() -> None:
    place = locate(Span(NOTEBOOK, 3, 1, 5, 12), reports.notebook())
    assert (place.line, place.end_line, place.end_column) == (1, 3, 12)


def test_a_place_without_a_column() -> None:
    place = locate_line(NOTEBOOK, 6, reports.notebook())
    assert (place.of_line, place.within) == ("trial.ipynb:cell 7:1", "cell 7, line 1")


def test_paths_are_seen_from_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert str(locate(span(4, 5, 3, tmp_path / "a/b.py"), Report())) == "a/b.py:4:5"
    assert str(locate(span(4, 5, 3, tmp_path.parent / "b.py"), Report())) == "../b.py:4:5"


def test_the_excerpt_of_a_file_is_the_file() -> None:
    where = span(3, 13)
    assert excerpt(where, report()) == (reports.SOURCE, where)
    assert excerpt(where, Report()) is None


@pytest.mark.parametrize(("line", "lines", "within"), [(1, (0, 2), 1), (4, (2, 5), 2), (5, (2, 5), 3), (6, (5, 6), 1)])
def test_the_excerpt_of_a_notebook_is_the_cell(line: int, lines: tuple[int, int], within: int) -> None:
    shown = excerpt(span(line, 2, 3, NOTEBOOK), reports.notebook())
    assert shown == (IN_CELLS[slice(*lines)], span(within, 2, 3, NOTEBOOK))


def printed(made: Report) -> str:
    return "\n".join(line.plain for line in text.render(made, STATIC, None))


def test_the_text_report_of_a_notebook() -> None:
    assert printed(reports.notebook()).startswith(
        """\
trial.ipynb:cell 5:2:9 warning TFL401 py-func-in-exported-graph    suspected, not tested
  |
1 | def model_fn(features, labels, mode):
2 |     y = tf.py_func(score, [features], tf.float32)
  |         ^^^^^^^^^^ runs Python
  |
  = reached from Estimator (cell 7, line 1) > model_fn (cell 5, line 1)

model_fn (cell 5, line 1): builtins converts, outputs match TensorFlow · 0.9 s
"""
    )


def test_the_line_above_a_cell_is_no_context() -> None:
    made = reports.notebook()
    first = replace(made.findings[0], span=span(6, 1, 3, NOTEBOOK), related=())
    assert "  |\n1 | est = tf.estimator" in printed(replace(made, findings=(first,)))


def test_with_several_files_the_notebook_of_a_model_is_named() -> None:
    assert "\nmodel_fn (trial.ipynb:cell 5:1): builtins" in printed(replace(reports.notebook(), files=2))


def test_a_mend_elsewhere_in_a_notebook_is_told_by_its_cell() -> None:
    made = reports.notebook()
    mends = ("x (trial.ipynb:4)", "y (trial.ipynb:6)", "z (model.py:6)", "w")
    stopped = model(stopped_at="export", mended=Mended(mends, None, (conversion(),)))
    confirmed = replace(made.findings[0], verdict=Verdict.CONFIRMED)
    out = printed(replace(made, findings=(confirmed,), models=(stopped,)))
    assert "with this mended, and y (trial.ipynb:cell 7:1) and z (model.py:6) and w, the model converts" in out


def test_the_concise_report_of_a_notebook(capsys: pytest.CaptureFixture[str]) -> None:
    concise.write(reports.notebook(), STATIC, sys.stdout)
    assert capsys.readouterr().out == (
        "trial.ipynb:cell 5:2:9: warning TFL401 py-func-in-exported-graph: runs Python [untested]\n"
    )


def test_a_notebook_that_is_not_of_this_report_is_a_file() -> None:
    made = replace(reports.notebook(), notebooks={MODEL: Cells(((1, 1),))})
    assert str(locate(made.findings[0].span, made)) == "trial.ipynb:4:9"
