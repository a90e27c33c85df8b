"""Findings carried from one text to the next: what was true of lines that nobody has touched since."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path

from analyzer.findings import Finding, Span, Verdict
from analyzer.settings import SEEN_IN_RUNS

MOST_COMPARED = 400
"""Changed lines up to which unchanged ones are looked for among them."""

Lines = Sequence[str]
Moved = Callable[[Span], Span | None]


def moved(then: Lines, now: Lines) -> Moved:
    """Where a span of the lines `then` is among the lines `now`; None where one of its lines has changed."""
    ahead = 0
    while ahead < min(len(then), len(now)) and then[ahead] == now[ahead]:
        ahead += 1
    behind = 0
    while behind < min(len(then), len(now)) - ahead and then[-1 - behind] == now[-1 - behind]:
        behind += 1
    middle = _same(then[ahead : len(then) - behind], now[ahead : len(now) - behind])

    def place(line: int) -> int | None:
        if line <= ahead:
            return line
        if line > len(then) - behind:
            return line + len(now) - len(then)
        found = middle.get(line - 1 - ahead)
        return None if found is None else found + 1 + ahead

    def move(span: Span) -> Span | None:
        places = [place(line) for line in range(span.line, span.end_line + 1)]
        if None in places or places[0] is None or places[-1] is None or places[-1] - places[0] + 1 != len(places):
            return None
        return replace(span, line=places[0], end_line=places[-1])

    return move


def _same(then: Lines, now: Lines) -> dict[int, int]:
    if max(len(then), len(now)) > MOST_COMPARED:
        return {}
    blocks = SequenceMatcher(None, then, now, autojunk=False).get_matching_blocks()
    return {block.a + step: block.b + step for block in blocks for step in range(block.size)}


@dataclass(frozen=True, slots=True)
class Proven:
    """What was found in a file once, and its lines then."""

    findings: tuple[Finding, ...]
    lines: tuple[str, ...]

    def now(self, lines: Lines) -> Iterator[Finding]:
        """Those whose lines are still there, where they are now; edits would not fit any more."""
        move = moved(self.lines, lines)
        for finding in self.findings:
            span = move(finding.span)
            if span is not None:
                related = tuple(
                    step if step.span.path != span.path else replace(step, span=to)
                    for step in finding.related
                    if (to := move(step.span) if step.span.path == span.path else step.span) is not None
                )
                yield replace(finding, span=span, related=related, patch=None)


def with_verdicts(findings: Iterable[Finding], proven: Iterable[Finding]) -> Iterator[tuple[Finding, bool]]:
    """Findings that nothing tested, each with the verdict that it had before where it had one; and those that only the
    run could see. The flag says whose verdict is of before.
    """
    before = {_place(finding): finding for finding in proven if finding.verdict is not Verdict.UNTESTED}
    for finding in findings:
        known = before.pop(_place(finding), None)
        if known is None or finding.verdict is not Verdict.UNTESTED:
            yield finding, False
        else:
            yield replace(known, related=finding.related, patch=finding.patch, span=finding.span), True
    yield from ((finding, True) for finding in before.values() if finding.code.startswith(SEEN_IN_RUNS))


def _place(finding: Finding) -> tuple[str, Path, int, int]:
    return finding.code, finding.span.path, finding.span.line, finding.span.column
