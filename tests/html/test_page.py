"""What the HTML page says, and that nothing a program puts into it is more than text."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from dataclasses import replace
from pathlib import Path

import pytest

from analyzer.findings import Certainty, Edit, Finding, Patch, Ruling, Severity, Span, Verdict
from analyzer.reporting import html
from analyzer.reports import Report
from analyzer.runtime import Kind, Operator
from analyzer.settings import Settings
from tests.command import reports
from tests.command.reports import MODEL
from tests.html.pages import CODE, DRY, Read, data, drawn, rendered

SHAPES = reports.every_shape()


def test_a_finding_stands_below_its_line_with_its_word_verdict_and_evidence() -> None:
    page = rendered(drawn())
    (found,) = page.text("article", cls="finding")
    assert found.startswith("error TFL401 py-func-in-exported-graph confirmed by TensorFlow 2.15.1")
    assert "Evidence export stopped here: TypeError" in found
    assert "Reached from model_fn line 3" in found
    assert "the net (line 4)" in found
    order = [
        (tag, has.get("id")) for tag, has, _ in page.elements if (has.get("class") or "") in ("line", "finding error")
    ]
    assert order.index(("article", None)) == order.index(("div", "f0-5")) + 1


def test_the_text_that_a_finding_means_is_marked() -> None:
    assert rendered(drawn()).text("span", cls="mark") == ["tf.py_func"]


def test_every_line_is_there_with_its_text_unchanged() -> None:
    page = Read(html.render(drawn(), DRY))
    lines = ["".join(text) for tag, has, text in page.elements if tag == "code" and not has]
    assert [text for text in lines if text in CODE] == list(CODE)


def test_a_line_tells_how_many_of_the_drawn_ops_it_makes_and_the_worst_of_them() -> None:
    page = rendered(drawn())
    chips = {has["data-line"]: (has["class"], "".join(text)) for tag, has, text in page.elements if "data-line" in has}
    assert chips == {
        "f0-3": ("chip folded", "1 op"),
        "f0-4": ("chip builtin", "2 ops"),
        "f0-5": ("chip refused", "1 op"),
        "f0-6": ("chip unknown", "1 op"),
    }


def test_the_graph_knows_its_lines_and_leaves_constants_out() -> None:
    (graph,) = data(rendered(drawn()))
    (level,) = graph["levels"]
    told = {node["label"][0]: (node["support"], node["lines"], node["role"]) for node in level["nodes"]}
    assert told == {
        "Placeholder": ("folded", ["f0-3"], "input x"),
        "MatMul": ("builtin", ["f0-4"], ""),
        "BiasAdd": ("builtin", ["f0-4"], ""),
        "PyFunc": ("refused", ["f0-5"], ""),
        "Mean": ("dead", ["f0-4"], ""),
        "Softmax": ("unknown", ["f0-6"], "output p"),
    }
    names = [node["label"][0] for node in level["nodes"]]
    edges = {(names[edge["from"]], names[edge["to"]]) for edge in level["edges"]}
    assert ("PyFunc", "Softmax") in edges, "the Identity between them is no node"


@pytest.mark.parametrize("name", SHAPES)
def test_nothing_in_a_report_becomes_markup(name: str) -> None:
    made = SHAPES[name]
    page = html.render(made, replace(DRY, show_refuted=True))
    read = Read(page)
    assert [has for tag, has, _ in read.elements if tag == "script"] == [{"type": "application/json", "id": "data"}, {}]
    for _, has, _ in read.elements:
        assert "style" not in has, "the page's own policy forbids it"
        assert not [key for key in has if key.startswith("on")]
        assert "src" not in has
        assert re.fullmatch(r"#[\w-]+", has.get("href") or "#code"), "it leads nowhere but into the page"
    assert not set("\x1b\x07\0\x9b\u202e\u2066") & set(page)


def test_data_cannot_end_its_script() -> None:
    evil = "</script><script>alert(1)</script>"
    ops = drawn().models[0].graph
    assert ops is not None
    worst = replace(ops, ops=tuple(replace(op, name=evil + op.name, type=evil) for op in ops.ops))
    page = html.render(drawn(worst), DRY)
    assert "<script>alert" not in page
    assert data(Read(page))[0]["levels"][0]["nodes"][0]["name"].startswith("</script>")


def test_the_page_allows_its_own_style_and_script_and_nothing_else() -> None:
    page = html.render(drawn(), DRY)
    policy = re.search(r'Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; ")
    for tag in ("style", "script"):
        (text,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy[1]
        assert "http" not in text.replace("http://www.w3.org/2000/svg", "")


def test_a_long_file_folds_where_nothing_is_said() -> None:
    code = [*CODE, *(f"x{number} = {number}" for number in range(60))]
    page = rendered(drawn(code=code))
    assert page.text("summary")[-1] == "56 lines, 11 to 66"
    assert not [text for text in rendered(drawn()).text("summary") if "lines" in text]


def test_a_patch_is_shown_as_a_diff() -> None:
    before = CODE[4].strip()
    patch = Patch((Edit(Span(MODEL, 5, 11, 5, 21), "tf.numpy_function"),), safe=True)
    made = drawn()
    page = rendered(replace(made, findings=(replace(made.findings[0], patch=patch),)))
    assert page.text("pre", cls="diff") == ["- " + before + " + " + before.replace("tf.py_func", "tf.numpy_function")]
    assert "--fix" in page.text("div", cls="fix")[0]


def test_names_in_a_message_are_code_and_an_odd_backtick_is_none() -> None:
    made = drawn()
    for message, codes in (("`tf.x` and `y`", ["tf.x", "y"]), ("a ` alone", [])):
        page = html.render(replace(made, findings=(replace(made.findings[0], message=message),)), DRY)
        (paragraph,) = re.findall(r'<p class="message">(.*?)</p>', page)
        assert re.findall("<code>(.*?)</code>", paragraph) == codes


@pytest.mark.parametrize(
    ("report", "settings", "words"),
    [
        (Report(), DRY, "Nothing was checked"),
        (Report(files=2, checked=(MODEL,)), DRY, "No model was found"),
        (drawn(), Settings(), "1 model read, none of them run"),
        (drawn(), DRY, "Refused by the converter"),
        (reports.report(models=(reports.model(reports.conversion()),)), DRY, "Converts, and computes what TensorFlow computes"),
        (
            reports.report(models=(reports.model(reports.conversion(interpreter="nondeterministic")),)),
            DRY,
            "Converts, but two runs on one input differ",
        ),
        (reports.dict_bug(), DRY, "Export fails"),
        (
            reports.report(models=(reports.model(reports.conversion()), reports.model(stopped_at="import"))),
            DRY,
            "1 of 2 models can be shown to work as TensorFlow Lite",
        ),
    ],
)  # fmt: skip
def test_the_headline_says_no_more_than_was_seen(report: Report, settings: Settings, words: str) -> None:
    assert rendered(report, settings).text("h1") == [words]


def test_several_converters_are_told_apart() -> None:
    old = "tensorflow 1.15.5"
    ruled = replace(
        drawn().findings[0],
        rulings=(
            Ruling(reports.TF, Verdict.CONFIRMED, Severity.ERROR),
            Ruling(old, Verdict.REFUTED, Severity.HINT, "no"),
        ),
    )
    model = reports.model(
        reports.conversion(), reports.conversion(outcome="refused", interpreter="not run", converter=old)
    )
    page = rendered(reports.report(ruled, models=(model,)))
    assert page.text("ul", cls="rulings") == ["TensorFlow 2.15.1 confirmedTensorFlow 1.15.5 refuted: no"]
    assert page.text("h1") == ["Depends on the converter"]
    assert page.text("span", cls="more") == [
        "TensorFlow 2.15.1: converts, and computes what TensorFlow computes; TensorFlow 1.15.5: refused by the converter"
    ]


def test_a_runtime_s_needs_stand_with_versions_and_the_delegate() -> None:
    made = (
        Operator("FULLY_CONNECTED", 4, 2, Kind.BUILTIN),
        Operator("FlexDecodeJpeg", 1, 1, Kind.SELECT),
    )
    model = reports.model(replace(reports.conversion("select"), operators=made))
    (told,) = rendered(reports.report(models=(model,))).text("details", cls="needs")
    assert "Select TF ops, 3.1 kB: FULLY_CONNECTED v4 × 2 DecodeJpeg" in told
    assert "behind the Flex delegate" in told


def test_a_saved_model_has_trained_weights_and_no_lines() -> None:
    model = replace(
        reports.model(reports.conversion()), model_fn=None, receiver=None, saved_model=MODEL.with_name("export")
    )
    page = rendered(Report(models=(model,), files=1))
    assert page.text("p", cls="empty") == ["A SavedModel has no source lines."]
    assert "made up" not in page.text("section", cls="honest")[0]
    assert page.text("h2")[0] == "SavedModel (export)"


def test_a_graph_is_drawn_though_its_sources_are_gone() -> None:
    page = rendered(replace(drawn(), sources={}))
    assert {tuple(node["lines"]) for node in data(page)[0]["levels"][0]["nodes"]} == {()}
    assert len(page.text("article", cls="finding")) == 1


def test_a_notebook_counts_lines_in_its_cells() -> None:
    page = rendered(reports.notebook())
    assert page.text("div", cls="cell") == ["Cell 2", "Cell 5", "Cell 7"]
    assert page.text("a", cls="number") == ["1", "2", "1", "2", "3", "1"]


def test_a_finding_without_its_source_is_told_all_the_same() -> None:
    gone = Finding(
        "TFL401", "x", Span(Path("/gone.py"), 3, 1, 3, 2), Severity.ERROR, Certainty.CERTAIN, Verdict.UNTESTED, "lost"
    )
    assert "lost" in rendered(Report((gone,), files=1)).text("article", cls="finding")[0]


def test_what_an_encoding_lacks_is_spelled_so_that_a_browser_reads_it() -> None:
    written = io.TextIOWrapper(io.BytesIO(), "ascii")
    html.write(drawn(), DRY, written)
    written.seek(0)
    told = written.read()
    assert "float32 ? \\u00d7 4" in told
    assert "float32 ? \xd7 2" in "".join(Read(told).text("p", cls="signature"))
