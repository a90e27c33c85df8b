"""The report for people: its shape, its alignment, and that each sentence is true of what was run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len

from analyzer.dryrun.words import spoken
from analyzer.findings import Certainty, Evidence, Related, Ruling, Severity, Span, Verdict
from analyzer.reporting import text
from analyzer.reports import Conversion, Mended, OpCount, Report
from analyzer.settings import Settings
from tests.command import reports
from tests.command.reports import MODEL, TF, conversion, finding, model, report, span

DRY = Settings(dry_run=True)
STATIC = Settings()


def printed(made: Report, settings: Settings = DRY, width: int | None = None) -> str:
    return "\n".join(line.plain for line in text.render(made, settings, width))


def test_the_report_of_a_confirmed_cause() -> None:
    assert (
        printed(reports.dict_bug())
        == """\
model.py:3:61 error TFL204 feature-dict-used-as-tensor    confirmed by TensorFlow 2.15.1
  |
2 | def model_fn(features, labels, mode):
3 |     dense = tf.layers.Dense(units=2, activation=tf.nn.relu)(features)
  |                                                             ^^^^^^^^ the dict {'features': Tensor} when serving
  |
  = export stopped here: TypeError: Failed to convert '{'features': ...}' to a shape
  = reached from Estimator (line 32) > export_savedmodel (line 39)
  = fix: take features['features'], or export with TensorServingInputReceiver
  = behind it: with this mended the model converts with builtins only (3.1 kB, 7 ops)

model_fn (line 2): export fails · mended: builtins converts, outputs match TensorFlow · 0.9 s
1 error · 1 file, 1 model · suspicions: 1 confirmed, 1 refuted"""
    )


def test_refuted_suspicions_are_shown_on_request() -> None:
    out = printed(reports.dict_bug(), replace(DRY, show_refuted=True))
    assert "model.py:1:8 hint TFL301 while-loop    refuted\n" in out
    assert "  = refuted: the loop converts with builtins\n" in out
    assert "1 error, 1 hint · 1 file" in out


def test_without_a_dry_run_nothing_claims_to_have_been_run() -> None:
    out = printed(report(finding(span(3, 13, 9)), models=(model(built_with=None, seconds=None),)), STATIC)
    assert "    suspected, not tested\n" in out
    assert "model_fn (line 2): not run\n" in out
    assert out.endswith("suspicions: 1 untested · nothing was run: --dry-run asks the converter")


def test_a_suspicion_that_had_to_assume_says_possible() -> None:
    assert "possible, not tested" in printed(report(finding(span(3, 13, 9), certainty=Certainty.MAYBE)), STATIC)


def test_an_inconclusive_verdict_gives_its_reason() -> None:
    out = printed(
        report(finding(span(3, 13, 9), Verdict.INCONCLUSIVE, reason="the program reads data.csv, which is missing"))
    )
    assert "neither confirmed nor refuted\n" in out
    assert "  = not settled: the program reads data.csv, which is missing\n" in out


def test_a_syntax_error_is_no_suspicion() -> None:
    out = printed(report(finding(span(3, 13), code="TFL001", name="syntax-error", severity=Severity.ERROR)), DRY)
    assert "model.py:3:13 error TFL001 syntax-error\n" in out
    assert "suspicions" not in out


@pytest.mark.parametrize(
    ("line", "column", "width", "under"),
    [
        ("\tx = tf.py_func(f)", 6, 10, "tf.py_func"),
        ("a = '日本語'; tf.py_func(f)", 12, 10, "tf.py_func"),
        ("e\u0301 = tf.py_func(f)", 6, 10, "tf.py_func"),
        ("x = 'ü'; tf.py_func('日本')", 10, 16, "tf.py_func('日本')"),
        ("x = tf.py_func(f)", 18, 1, ""),
    ],
)
def test_carets_stand_under_what_is_meant(line: str, column: int, width: int, under: str) -> None:
    out = printed(report(finding(span(1, column, width), message="here"), source=(line,))).splitlines()
    source, carets = next((out[i], out[i + 1]) for i in range(len(out)) if "^" in out[i + 1])
    start, count = carets.index("^"), carets.count("^")
    shown = source.replace("\t", "    ")
    prefix = shown[: shown.index(under)] if under else shown
    assert cell_len(prefix) == start
    assert count == max(cell_len(under), 1)


@pytest.mark.parametrize("width", [40, 80, 133])
def test_a_long_line_is_cut_around_the_span(width: int) -> None:
    line = "y = " + " + ".join(f"wert_{i}_日" for i in range(60)) + " + tf.py_func(f) + " + " + ".join("z" * 60)
    column = line.index("tf.py_func") + 1
    made = report(finding(span(1, column, 10), message="runs Python, which the device does not have"), source=(line,))
    out = printed(made, width=width).splitlines()
    assert all(cell_len(row) <= width for row in out)
    source, carets = next((out[i], out[i + 1]) for i in range(len(out)) if "^" in out[i + 1])
    assert source.startswith("1 | …")
    assert source.endswith("…")
    assert cell_len(source[: source.index("tf.py_func")]) == carets.index("^")


def test_every_row_fits_a_narrow_terminal() -> None:
    made = reports.dict_bug()
    out = printed(made, replace(DRY, show_refuted=True), width=50)
    assert max(cell_len(row) for row in out.splitlines()) <= 50
    words = " ".join(out.replace("|", " ").split())
    assert "= confirmed by TensorFlow 2.15.1" in words
    assert "with this mended the model converts with builtins only (3.1 kB, 7 ops)" in words


def test_a_span_over_several_lines_is_underlined_on_its_first() -> None:
    made = report(finding(Span(MODEL, 1, 5, 3, 2), message="a loop"), source=("x = tf.while_loop(   ", "    a,", ")"))
    assert "1 | x = tf.while_loop(\n  |     ^^^^^^^^^^^^^^ a loop\n" in printed(made)


def test_control_characters_of_a_source_do_not_reach_the_terminal() -> None:
    made = report(finding(span(1, 5, 3), message="bell\x07"), source=("x = '\x1b[31mred\x9b'",))
    assert not {"\x1b", "\x9b", "\x07"} & set(printed(made))


def test_a_finding_past_the_end_of_its_file_is_still_printed() -> None:
    assert "4 |\n  | ^ unexpected EOF\n" in printed(report(finding(span(4, 1), message="unexpected EOF")))


def test_a_file_without_source_gives_the_message_as_a_note() -> None:
    made = replace(report(finding(span(1, 1), message="runs Python")), sources={})
    assert "  = runs Python\n" in printed(made)


def test_long_words_of_a_converter_are_cut() -> None:
    evidence = Evidence(TF, "builtins", "convert", "PyFunc", "refusing " * 200)
    out = printed(report(finding(span(3, 13, 9), Verdict.CONFIRMED, evidence=(evidence,))))
    (note,) = [row for row in out.splitlines() if "refuses PyFunc" in row]
    assert note.startswith("  = the converter refuses PyFunc with builtins: refusing refusing")
    assert note.endswith("refusing …")
    assert len(note) < 400


def test_mlir_is_left_out_of_the_words_of_a_converter() -> None:
    words = """Could not translate MLIR to FlatBuffer.
    <unknown>:0: error: loc(callsite(fused["A:", "A"] at "b")): 'tf.A'
    op is neither a custom op nor a flex op <unknown>:0: note: loc("A"): Error code: ERROR_NEEDS_FLEX_OPS"""
    assert spoken(words) == (
        "Could not translate MLIR to FlatBuffer. error: 'tf.A' op is neither a custom op nor a flex op "
        "note: Error code: ERROR_NEEDS_FLEX_OPS"
    )
    assert spoken('error: loc(callsite("A" at') == "error:"
    assert spoken("a block(of) words") == "a block(of) words"


def test_a_place_that_is_no_step_of_the_way_has_a_note_of_its_own() -> None:
    related = (Related(span(9, 1), "the receiver gives features without it"), Related(span(8, 1), "Estimator"))
    out = printed(report(finding(span(3, 13, 9), related=related)))
    assert "  = the receiver gives features without it (line 9)\n  = reached from Estimator (line 8)\n" in out


@pytest.mark.parametrize(("file", "there"), [("model.py", True), ("odel.py", False), ("elsewhere/model.py", False)])
def test_a_mend_is_found_by_the_end_of_its_path(file: str, there: bool) -> None:
    mended = Mended((f"features['features'] instead of features ({file}:3)",), None, (conversion(),))
    out = printed(replace(reports.dict_bug(), models=(model(stopped_at="export", mended=mended),)))
    assert ("behind it" in out) is there


def test_a_partial_finding_says_what_is_missing() -> None:
    assert "part of this file does not parse" in printed(report(finding(span(3, 13), partial=True)))


@pytest.mark.parametrize(
    ("results", "words"),
    [
        ((conversion(),), "builtins converts, outputs match TensorFlow"),
        ((conversion(interpreter="differs"),), "builtins converts, outputs differ from TensorFlow's"),
        ((conversion(interpreter="constant"),), "builtins converts, an output does not depend on the input"),
        ((conversion(interpreter="nondeterministic"),), "builtins converts, two runs on one input differ"),
        ((conversion(interpreter="fails"),), "builtins converts, the interpreter fails on it"),
        ((conversion(interpreter="not run"),), "builtins converts, not run in the interpreter"),
        (
            (
                conversion(outcome="refused", interpreter="not run", ops=(OpCount("Erf", 2, "select"),)),
                conversion("select", ops=(OpCount("Erf", 2, "select"),)),
            ),
            "builtins refused (Erf) · Select TF ops converts, outputs match TensorFlow",
        ),
        (
            (conversion(outcome="crashed", interpreter="not run"), conversion("select", "timeout", "not run")),
            "builtins crashes the converter · Select TF ops did not finish in time",
        ),
        (
            (conversion(signature="embedding", outcome="refused", ops=(OpCount("PyFunc", 1, "custom"),)), conversion()),
            "builtins: embedding refused (PyFunc); serving_default converts, outputs match TensorFlow",
        ),
        (
            (
                *(conversion(outcome="refused", ops=(OpCount("Erf", 2, "select"),), signature=s) for s in (None, "a")),
                *(conversion("select", interpreter="fails", signature=s) for s in (None, "a")),
            ),
            "builtins refused (Erf) · Select TF ops converts, the interpreter fails on it",
        ),
    ],
)
def test_what_became_of_a_model(results: tuple[Conversion, ...], words: str) -> None:
    assert f"model_fn (line 2): {words} · 0.9 s\n" in printed(report(models=(model(*results),)))


def test_several_converters_stand_in_a_table() -> None:
    results = (
        conversion(),
        conversion(converter="tensorflow 2.21.0", outcome="refused", ops=(OpCount("Erf", 1, "select"),)),
        conversion("select", converter="tensorflow 2.21.0", interpreter="not run"),
        conversion(converter="tensorflow 1.15.5", outcome="unreadable", interpreter="not run"),
    )
    assert printed(report(models=(model(*results),))).splitlines()[:4] == [
        "model_fn (line 2): 0.9 s",
        "  TensorFlow 2.15.1  builtins converts, outputs match TensorFlow",
        "  TensorFlow 2.21.0  builtins refused (Erf) · Select TF ops converts, not run in the interpreter",
        "  TensorFlow 1.15.5  not tried, it cannot load what was exported",
    ]


def test_a_mended_model_by_several_converters() -> None:
    mended = Mended(
        ("features['x'] instead of features (model.py:3)",),
        None,
        (conversion(), conversion(converter="tensorflow 1.15.5", outcome="crashed", interpreter="not run")),
    )
    found = finding(span(3, 13), Verdict.CONFIRMED)
    text = printed(report(found, models=(model(stopped_at="export", mended=mended),)))
    assert "model_fn (line 2): export fails · mended: see below · 0.9 s\n" in text
    assert "  TensorFlow 1.15.5  builtins crashes the converter\n" in text
    behind = "with this mended the model converts with builtins only (3.1 kB, 7 ops) by TensorFlow 2.15.1"
    assert f"behind it: {behind}; the model does not convert either by TensorFlow 1.15.5" in text


def test_a_finding_says_what_each_converter_made_of_it() -> None:
    found = finding(
        span(3, 13),
        Verdict.CONFIRMED,
        evidence=(Evidence("tensorflow 1.15.5", "builtins", "convert", "Erf", "needs a custom implementation"),),
        rulings=(
            Ruling(TF, Verdict.REFUTED, Severity.HINT, "tensorflow 2.15.1 takes it"),
            Ruling("tensorflow 1.15.5", Verdict.CONFIRMED, Severity.ERROR),
            Ruling("tensorflow 2.21.0", Verdict.REFUTED, Severity.HINT, "tensorflow 2.21.0 takes it"),
        ),
    )
    text = printed(report(found))
    assert "confirmed by TensorFlow 1.15.5, refuted by TensorFlow 2.15.1 and 2.21.0\n" in text
    assert "refuted: TensorFlow 2.15.1 takes it\n" in text


def test_a_model_names_its_file_where_there_are_several_and_its_limits() -> None:
    made = report(models=(model(conversion(), limits=("memory is not limited here",), presented_as_v1=True),), files=2)
    assert printed(made).startswith(
        "model_fn (model.py:2): builtins converts, outputs match TensorFlow · run as TensorFlow 1.x on 2.15.1 · 0.9 s\n"
        "  = limit: memory is not limited here\n"
    )


def test_the_lines_of_an_entry_stay_whole_however_narrow_the_terminal_is() -> None:
    made = report(models=(replace(model(built_with=None), entry=reports.ENTRY),))
    lines = [line.plain for line in text.render(made, Settings(), width=30)]
    assert {f"    {line}" for line in reports.ENTRY.splitlines()} <= set(lines)


def test_behind_two_causes_the_other_is_named() -> None:
    mends = ("features['features'] instead of features (model.py:3)", "labels as float32 (model.py:9)")
    mended = Mended(mends, None, (conversion("builtins", "refused", "not run"), conversion("select")))
    made = reports.dict_bug()
    out = printed(replace(made, models=(model(stopped_at="export", mended=mended),)))
    assert (
        "behind it: with this mended, and labels as float32 (model.py:9), the model converts with Select TF ops" in out
    )


@pytest.mark.parametrize(
    ("made", "settings", "sentence"),
    [
        (report(files=0), STATIC, "Nothing was checked."),
        (
            report(files=2),
            STATIC,
            (
                "No exported Estimator was found in 2 files, so there was nothing to check; "
                "nothing was run (--dry-run asks the converter)."
            ),
        ),
        (report(), DRY, "No exported Estimator was found in 1 file, so there was nothing to check."),
        (
            replace(report(), conversions=1),
            DRY,
            (
                "Nothing is suspected of how 1 conversion in 1 file is called; no exported Estimator was found, "
                "so what the model holds is not known."
            ),
        ),
        (
            report(models=(model(built_with=None),)),
            STATIC,
            "Nothing is suspected in 1 model in 1 file; nothing was run (--dry-run asks the converter).",
        ),
        (
            report(models=(model(built_with=None), model(built_with=None, limits=("a loop was cut",)))),
            STATIC,
            (
                "Nothing is suspected in 2 models in 1 file, 1 of them not followed to the end; "
                "nothing was run (--dry-run asks the converter)."
            ),
        ),
        (
            report(models=(model(built_with=None),)),
            replace(STATIC, select=("TFL4",)),
            (
                "Nothing is suspected by the selected rules in 1 model in 1 file; "
                "nothing was run (--dry-run asks the converter)."
            ),
        ),
        (
            report(models=(model(conversion()), model(conversion("select")))),
            DRY,
            (
                "Nothing found: 2 models in 1 file convert and compute what TensorFlow computes "
                "(tried with TensorFlow 2.15.1)."
            ),
        ),
        (
            report(models=(model(conversion()), model(stopped_at="import"))),
            DRY,
            "Nothing is suspected in 1 file, and the dry run shows it for 1 model of 2.",
        ),
    ],
)
def test_nothing_found_is_one_true_sentence(made: Report, settings: Settings, sentence: str) -> None:
    assert printed(made, settings).splitlines()[-1] == sentence


@pytest.mark.parametrize(
    "results",
    [
        (),
        (conversion(interpreter="not run"),),
        (conversion(interpreter="differs"),),
        (conversion(), conversion(signature="other", interpreter="fails")),
    ],
)
def test_a_model_that_was_not_compared_is_not_called_good(results: tuple[Conversion, ...]) -> None:
    last = printed(report(models=(model(*results),))).splitlines()[-1]
    assert last == "Nothing is suspected in 1 file, and the dry run shows it for 0 models of 1."


def test_paths_are_relative_to_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = report(finding(span(3, 13, 9)))
    monkeypatch.chdir(tmp_path)
    assert (
        printed(made)
        .splitlines()[0]
        .endswith("model.py:3:13 warning TFL401 py-func-in-exported-graph    suspected, not tested")
    )
    assert printed(made).startswith("../")
