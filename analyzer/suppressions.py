"""Comments that silence findings: `# noqa: TFL401`, `# tflint: ignore[TFL401] reason`, `# tflint: ignore-file`."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from analyzer.explained import Explained
from analyzer.findings import Certainty, Edit, Finding, Patch, Severity, Span, Verdict

UNUSED = Explained(
    "TFL004",
    "unused-suppression",
    """A comment silences a finding that is not there.

    `# noqa: TFL401` at the end of a line, `# tflint: ignore[TFL401] reason` there or alone on the line before, and
    `# tflint: ignore-file[TFL401] reason` anywhere, silence findings of these codes (their beginnings, or the names of
    rules). One that silences nothing hides the next fault that comes to its line: remove it. `# noqa` without codes is
    other linters' too, and never unused.
    """,
)
ALL = (UNUSED,)

COMMENT = re.compile(
    r"#\s*(?:(?P<noqa>noqa)(?::\s*(?P<noqa_codes>[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*))?(?![\w:])"
    r"|tflint:\s*(?P<kind>ignore-file|ignore)(?:\[(?P<codes>[^\]]*)\])?)",
    re.IGNORECASE,
)
CODE = re.compile(r"TFL[0-9]{0,3}\Z")
EVERY_LINE = range(1, 1 << 31)


@dataclass(frozen=True, slots=True)
class Suppression:
    """One comment. `lines`: those whose findings it silences; `codes`: what it names of tflint's, empty for all."""

    span: Span
    lines: range
    codes: tuple[str, ...]
    others: bool = False
    """Whether it speaks to other linters too."""

    def silences(self, finding: Finding) -> bool:
        if finding.span.path != self.span.path or finding.span.line not in self.lines:
            return False
        return not self.codes or any(_names(code, finding) for code in self.codes)


def _names(code: str, finding: Finding) -> bool:
    return finding.code.startswith(code.upper()) if CODE.match(code.upper()) else finding.name == code.lower()


def read(path: Path, lines: Sequence[str]) -> tuple[Suppression, ...]:
    """The suppressions of a text, as far as it can be cut into tokens."""
    if not any("noqa" in line.lower() or "tflint" in line.lower() for line in lines):
        return ()
    return tuple(_found(path, lines))


def _found(path: Path, lines: Sequence[str]) -> Iterator[Suppression]:
    """A comment speaks for its line; at the end of a statement for all of it, alone on its line for the next one."""
    tokens = _tokens(lines)
    first = 0
    waiting: list[tuple[Span, tuple[str, ...]]] = []
    comments: list[tuple[int, Suppression]] = []
    for token in tokens:
        match token.type:
            case tokenize.COMMENT if found := COMMENT.match(token.string):
                row, column = token.start
                span = Span(path, row, column + 1, row, column + 1 + len(token.string.rstrip()))
                codes, others = _codes(found)
                if codes is None:
                    continue
                if found["kind"] and found["kind"].lower() == "ignore-file":
                    yield Suppression(span, EVERY_LINE, codes)
                elif not token.line[:column].strip() and found["kind"]:
                    waiting.append((span, codes))
                else:
                    comments.append((row, Suppression(span, range(row, row + 1), codes, others)))
            case tokenize.NEWLINE:
                last = token.start[0]
                yield from (Suppression(span, range(first, last + 1), codes) for span, codes in waiting)
                for row, known in comments:
                    whole = row == last
                    yield Suppression(known.span, range(first, last + 1), known.codes, known.others) if whole else known
                waiting, comments, first = [], [], 0
            case tokenize.NL | tokenize.INDENT | tokenize.DEDENT | tokenize.COMMENT | tokenize.ENCODING:
                continue
            case _:
                first = first or token.start[0]
    yield from (known for _, known in comments)
    yield from (Suppression(span, range(0), codes) for span, codes in waiting)


def _tokens(lines: Sequence[str]) -> list[tokenize.TokenInfo]:
    found: list[tokenize.TokenInfo] = []
    try:
        found.extend(tokenize.generate_tokens(io.StringIO("\n".join(lines)).readline))
    except (tokenize.TokenError, SyntaxError):
        # A broken file keeps the comments before its fault.
        return found
    return found


def _codes(found: re.Match[str]) -> tuple[tuple[str, ...] | None, bool]:
    """What a comment names, None where that is nothing of tflint's; and whether it names others' codes, or all."""
    if found["noqa"]:
        named = re.split(r"[,\s]+", found["noqa_codes"]) if found["noqa_codes"] else []
        own = tuple(code for code in named if CODE.match(code.upper()))
        return (None if named and not own else own), len(own) < len(named) or not named
    named = [code.strip() for code in (found["codes"] or "").split(",") if code.strip()]
    return tuple(named), False


def apply(
    findings: Iterable[Finding],
    suppressions: Iterable[Suppression],
    checked: Iterable[Path],
    looked_for: Callable[[str, Path], bool],
) -> tuple[list[Finding], tuple[Finding, ...]]:
    """The findings that nothing silences, with one for each suppression of a checked file that silences nothing; and
    the silenced ones. `looked_for`: whether findings of a code could have been found in a file at all.
    """
    known = tuple(dict.fromkeys(suppressions))
    kept: list[Finding] = []
    silenced: list[Finding] = []
    used: set[Suppression] = set()
    for finding in findings:
        by = [suppression for suppression in known if suppression.silences(finding)]
        used.update(by)
        (silenced if by else kept).append(finding)
    files = frozenset(checked)
    idle = [one for one in known if one not in used and one.span.path in files and (one.codes or not one.others)]
    idle = [one for one in idle if all(looked_for(code.upper(), one.span.path) for code in one.codes)]
    return [*kept, *map(_unused, idle)], tuple(silenced)


def _unused(suppression: Suppression) -> Finding:
    what = f"of {', '.join(suppression.codes)} " if suppression.codes else ""
    return Finding(
        code=UNUSED.code,
        name=UNUSED.name,
        span=suppression.span,
        severity=Severity.WARNING,
        certainty=Certainty.CERTAIN,
        verdict=Verdict.CONFIRMED,
        message=f"no finding {what}is silenced by this comment",
        fix="remove it",
        patch=None if suppression.others else Patch((Edit(suppression.span, ""),), safe=True),
    )
