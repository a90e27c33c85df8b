"""Patches on texts: nothing changes outside the edits, and a patch is made whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer import fixing
from analyzer.findings import Certainty, Edit, Finding, Patch, Severity, Span, Verdict

PATH = Path("/nowhere/program.py")
OTHER = Path("/nowhere/other.py")


def edit(line: int, column: int, end: int, text: str, path: Path = PATH, end_line: int | None = None) -> Edit:
    return Edit(Span(path, line, column, end_line or line, end), text)


def finding(
    *edits: Edit,
    safe: bool = True,
    verdict: Verdict = Verdict.UNTESTED,
    certainty: Certainty = Certainty.CERTAIN,
) -> Finding:
    span = edits[0].span
    patch = Patch(edits, safe)
    return Finding("TFL501", "noise", span, Severity.WARNING, certainty, verdict, "noise", patch=patch)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", ["", "x = 3"])
def test_line_ends_are_kept(newline: str, last: str) -> None:
    text = newline.join(["a = 1", "\tb = 'ü𝄞'; c = 2", last])
    assert fixing.edited(text, []) == text
    expected = newline.join(["a = 1", "\tb = 'ü𝄞'; c = 33", "d = 4", last])
    assert fixing.edited(text, [edit(2, 16, 17, "33\nd = 4")]) == expected


def test_columns_are_code_points() -> None:
    assert fixing.edited("s = '𝄞é'; t = f(x)\n", [edit(1, 17, 18, "y")]) == "s = '𝄞é'; t = f(y)\n"


def test_insertions_at_one_place_keep_their_order() -> None:
    assert fixing.edited("f(x)", [edit(1, 3, 3, "a, "), edit(1, 3, 3, "b, ")]) == "f(a, b, x)"


@pytest.mark.parametrize(
    "edits",
    [
        [edit(1, 1, 3, ""), edit(1, 2, 4, "")],
        [edit(9, 1, 1, "x")],
        [edit(1, 9, 9, "x")],
        [edit(1, 0, 1, "x")],
        [edit(1, 3, 2, "x")],
    ],
    ids=["overlap", "no such line", "behind the line", "column 0", "backwards"],
)
def test_edits_that_do_not_fit(edits: list[Edit]) -> None:
    assert fixing.edited("f(x)\n", edits) is None


@pytest.mark.parametrize(
    ("one", "safe", "unsafe"),
    [
        (finding(edit(1, 1, 1, "")), True, True),
        (finding(edit(1, 1, 1, ""), verdict=Verdict.CONFIRMED, certainty=Certainty.MAYBE), True, True),
        (finding(edit(1, 1, 1, ""), certainty=Certainty.MAYBE), False, True),
        (finding(edit(1, 1, 1, ""), safe=False), False, True),
        (finding(edit(1, 1, 1, ""), verdict=Verdict.REFUTED), False, False),
        (finding(edit(1, 1, 1, ""), verdict=Verdict.INCONCLUSIVE), False, False),
    ],
)
def test_what_is_applied(one: Finding, safe: bool, unsafe: bool) -> None:
    assert (fixing.wanted(one, unsafe=False), fixing.wanted(one, unsafe=True)) == (safe, unsafe)


def test_the_first_of_overlapping_patches_wins_and_the_other_waits() -> None:
    first, second = finding(edit(1, 5, 6, "2")), finding(edit(1, 5, 6, "3"), edit(2, 5, 6, "3"))
    applied = fixing.apply([first, second], {PATH: "a = 1\nb = 1\n"})
    assert (applied.texts[PATH], applied.fixed, applied.failures) == ("a = 2\nb = 1\n", (first,), ())


def test_a_patch_over_several_files_is_whole_or_not_made() -> None:
    both = finding(edit(1, 5, 6, "2"), edit(1, 5, 6, "2", path=OTHER))
    assert fixing.apply([both], {PATH: "a = 1\n"}).fixed == ()
    assert dict(fixing.apply([both], {PATH: "a = 1\n", OTHER: "b = 1\n"}).texts) == {PATH: "a = 2\n", OTHER: "b = 2\n"}


def test_what_does_not_parse_is_dropped_with_a_sentence_and_the_rest_is_made() -> None:
    good, bad = finding(edit(1, 5, 6, "2")), finding(edit(2, 5, 6, "("))
    applied = fixing.apply([bad, good], {PATH: "a = 1\nb = 1\n"})
    assert (applied.texts[PATH], applied.fixed) == ("a = 2\nb = 1\n", (good,))
    assert [failure.message for failure in applied.failures] == ["line 2: TFL501 was not fixed: the edit does not fit"]
