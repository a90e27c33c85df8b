"""Patches applied to texts, of notebooks to their JSON: each whole or not at all, all else byte for byte the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from analyzer.findings import Certainty, Edit, Finding, Patch, Span, Verdict
from analyzer.reading.notebook import parsed_text, read
from analyzer.reading.rewriting import by_cell, with_sources
from analyzer.reading.source import LINE_ENDS, NOTEBOOK
from analyzer.reports import Failure


@dataclass(frozen=True, slots=True)
class Applied:
    """One round: the changed texts, the findings that were mended, and why others were not.

    Patches that overlap one of these are in neither: they are for the next round.
    """

    texts: Mapping[Path, str]
    fixed: tuple[Finding, ...]
    failures: tuple[Failure, ...] = ()


def wanted(finding: Finding, unsafe: bool) -> bool:
    """Whether a finding is to be fixed: what was seen, or is certain and was not refuted; the rest only if `unsafe`."""
    if finding.patch is None or finding.verdict in (Verdict.REFUTED, Verdict.INCONCLUSIVE):
        return False
    return unsafe or is_safe(finding)


def is_safe(finding: Finding) -> bool:
    """Whether `--fix` alone would do it."""
    sure = finding.verdict is Verdict.CONFIRMED or finding.certainty is Certainty.CERTAIN
    return finding.patch is not None and finding.patch.safe and sure


def apply(findings: Iterable[Finding], texts: Mapping[Path, str]) -> Applied:
    """The texts with the patches of these findings, the first of overlapping ones winning.

    A patch that touches a file outside `texts` is left out. One whose result does not parse, or that does not fit its
    text, is left out with a sentence.
    """
    chosen = together(finding for finding in findings if _fits(finding.patch, texts))
    changed = _changed(chosen, texts)
    if changed is not None:
        return Applied(changed, tuple(chosen))
    return _one_by_one(chosen, texts)


def together(findings: Iterable[Finding]) -> list[Finding]:
    """Those whose patches can be made at once, the first of overlapping ones winning."""
    chosen: list[Finding] = []
    for finding in findings:
        taken = [edit for other in chosen if other.patch is not None for edit in other.patch.edits]
        edits = finding.patch.edits if finding.patch is not None else ()
        if edits and not any(_touch(edit, other) for edit in edits for other in taken):
            chosen.append(finding)
    return chosen


def _fits(patch: Patch | None, texts: Mapping[Path, str]) -> bool:
    """Whether a patch touches only these texts."""
    return patch is not None and all(edit.span.path in texts for edit in patch.edits)


def _one_by_one(findings: Sequence[Finding], texts: Mapping[Path, str]) -> Applied:
    """The same without the patches that spoil a text."""
    kept: list[Finding] = []
    failures: list[Failure] = []
    for finding in findings:
        if _changed([*kept, finding], texts) is not None:
            kept.append(finding)
        else:
            where = f"line {finding.span.line}"
            failures.append(Failure(finding.span.path, f"{where}: {finding.code} was not fixed: the edit does not fit"))
    return Applied(_changed(kept, texts) or {}, tuple(kept), tuple(failures))


def _changed(findings: Sequence[Finding], texts: Mapping[Path, str]) -> dict[Path, str] | None:
    """The new texts; None where one of them is no Python or an edit lies outside its text."""
    edits = [edit for finding in findings if finding.patch is not None for edit in finding.patch.edits]
    changed: dict[Path, str] = {}
    for path in dict.fromkeys(edit.span.path for edit in edits):
        own = [edit for edit in edits if edit.span.path == path]
        text = _in_cells(texts[path], own) if path.suffix == NOTEBOOK else edited(texts[path], own)
        if text is None or parsed_text(path, text).partial:
            return None
        changed[path] = text
    return changed


def _in_cells(original: str, edits: Sequence[Edit]) -> str | None:
    """A notebook's JSON with edits made in its cells; None where one does not fit a cell."""
    notebook = read(original)
    sources = {cell.number: cell.text for cell in notebook.cells}
    parts = by_cell(edits, notebook.places)
    if parts is None:
        return None
    new = {number: text for number, own in parts.items() if (text := edited(sources[number], own)) is not None}
    return with_sources(original, new) if len(new) == len(parts) else None


def edited(text: str, edits: Sequence[Edit]) -> str | None:
    """The text with edits made; None where they overlap or lie outside it. Insertions at one place keep their order."""
    starts = [0, *(found.end() for found in LINE_ENDS.finditer(text))]
    ends = [*(found.start() for found in LINE_ENDS.finditer(text)), len(text)]
    placed: list[tuple[int, int, str]] = []
    line_end = found.group() if (found := LINE_ENDS.search(text)) else "\n"
    for edit in edits:
        first = _offset(starts, ends, edit.span.line, edit.span.column)
        last = _offset(starts, ends, edit.span.end_line, edit.span.end_column)
        if first is None or last is None or first > last:
            return None
        placed.append((first, last, edit.text.replace("\n", line_end)))
    placed.sort(key=lambda one: one[:2])
    if any(later[0] < earlier[1] for earlier, later in pairwise(placed)):
        return None
    return "".join(_pieces(text, placed))


def _pieces(text: str, placed: Sequence[tuple[int, int, str]]) -> Iterator[str]:
    done = 0
    for first, last, new in placed:
        yield text[done:first]
        yield new
        done = last
    yield text[done:]


def _offset(starts: Sequence[int], ends: Sequence[int], line: int, column: int) -> int | None:
    if not 1 <= line <= len(starts) or column < 1:
        return None
    offset = starts[line - 1] + column - 1
    return offset if offset <= ends[line - 1] else None


def _touch(one: Edit, other: Edit) -> bool:
    """Whether two edits overlap, or meet so that their order would matter."""
    if one.span.path != other.span.path:
        return False
    (start, end), (other_start, other_end) = _ends(one.span), _ends(other.span)
    return start <= other_end and other_start <= end


def _ends(span: Span) -> tuple[tuple[int, int], tuple[int, int]]:
    return (span.line, span.column), (span.end_line, span.end_column)


def paths_of(patch: Patch | None) -> tuple[Path, ...]:
    """The files that a patch changes."""
    return tuple(dict.fromkeys(edit.span.path for edit in patch.edits)) if patch is not None else ()
