"""Findings as the Language Server Protocol has them: diagnostics, and places in the units that the client counts in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.workspace import PositionCodec

from analyzer.findings import Edit, Finding, Severity, Span, Verdict
from analyzer.reading.notebook import shown as text_shown
from analyzer.reading.source import UnreadableSource
from analyzer.reporting import notes
from lsp_server.analysis.messages import Shown
from lsp_server.session import Known, Session

SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
    Severity.HINT: types.DiagnosticSeverity.Hint,
}
UNUSED = "TFL004"

Edits = dict[str, list[types.TextEdit]]


@dataclass(frozen=True, slots=True)
class Converter:
    """Places and findings of files, as the client sees them."""

    session: Session
    codec: PositionCodec
    pages: Mapping[str, str]
    """Where the page of each code is."""
    related: bool = True
    """Whether the client shows other places beside a diagnostic."""

    def location(self, span: Span) -> types.Location:
        """A place: of a notebook in its cell."""
        known = self.session.known.get(span.path)
        cells = known.report.cells if known is not None else None
        cell, line = cells.locate(span.line) if cells is not None else (None, span.line)
        lines = self._lines(span.path)
        start, end = self._column(lines, span.line, span.column), self._column(lines, span.end_line, span.end_column)
        first = types.Position(line - 1, start)
        return types.Location(
            self.session.uri(span.path, cell),
            types.Range(first, types.Position(line - 1 + span.end_line - span.line, end)),
        )

    def _lines(self, path: Path) -> tuple[str, ...]:
        known = self.session.known.get(path)
        lines = known.lines if known is not None else tuple(self.session.lines.get(path, ()))
        if lines:
            return lines
        try:
            return text_shown(path).lines
        except (OSError, UnreadableSource):  # gone since it was analysed
            return ()

    def _column(self, lines: tuple[str, ...], line: int, column: int) -> int:
        text = lines[line - 1] if line <= len(lines) else ""
        return int(self.codec.client_num_units(text[: column - 1]))

    def column(self, text: str, character: int) -> int:
        """The 1-based column, as findings count, of a place in a line."""
        units = 0
        for column, char in enumerate(text, 1):
            if units >= character:
                return column
            units += self.codec.client_num_units(char)
        return len(text) + 1

    def edits(self, edits: Iterable[Edit]) -> Edits:
        """Edits by the document that they are made in."""
        found: Edits = {}
        for edit in edits:
            place = self.location(edit.span)
            found.setdefault(place.uri, []).append(types.TextEdit(place.range, edit.text))
        return found

    def diagnostics(self, path: Path, known: Known) -> dict[str, list[types.Diagnostic]]:
        """The diagnostics of a file by document."""
        found: dict[str, list[types.Diagnostic]] = {uri: [] for uri in self.session.uris([path])}
        for shown in known.report.findings:
            place, diagnostic = self.diagnostic(shown)
            found.setdefault(place, []).append(diagnostic)
        return found

    def diagnostic(self, shown: Shown) -> tuple[str, types.Diagnostic]:
        """A finding, and the document that it is in."""
        finding = shown.finding
        place = self.location(finding.span)
        page = self.pages.get(finding.code)
        return place.uri, types.Diagnostic(
            range=place.range,
            message=message(shown),
            severity=SEVERITIES[finding.severity],
            code=finding.code,
            code_description=types.CodeDescription(page) if page is not None else None,
            source="tflint",
            tags=[types.DiagnosticTag.Unnecessary] if finding.code == UNUSED else None,
            related_information=list(self._related(finding, place)) if self.related else None,
            data=self._data(shown),
        )

    def _data(self, shown: Shown) -> dict[str, Any]:
        """The edits of its code actions, for whoever applies them without asking for actions."""
        patch = shown.finding.patch
        fix = None if patch is None else {"safe": patch.safe, "changes": self._plain(patch.edits)}
        silence = self._plain([shown.silence] if shown.silence is not None else [])
        silence_file = self._plain([shown.silence_file] if shown.silence_file is not None else [])
        return {"fix": fix, "disableHere": silence, "disableInFile": silence_file}

    def _plain(self, edits: Iterable[Edit]) -> dict[str, list[dict[str, Any]]]:
        return {uri: [_plain(edit) for edit in made] for uri, made in self.edits(edits).items()}

    def _related(self, finding: Finding, place: types.Location) -> Iterator[types.DiagnosticRelatedInformation]:
        """The way from the Estimator to the call, then TensorFlow's own words."""
        for step in finding.related:
            yield types.DiagnosticRelatedInformation(self.location(step.span), step.message)
        for words in notes.evidence(finding):
            yield types.DiagnosticRelatedInformation(place, words)


def _plain(edit: types.TextEdit) -> dict[str, Any]:
    start, end = edit.range.start, edit.range.end
    places = {"start": start, "end": end}
    told = {name: {"line": place.line, "character": place.character} for name, place in places.items()}
    return {"range": told, "newText": edit.new_text}


def message(shown: Shown) -> str:
    """What is wrong, how that is known, and what to do."""
    finding = shown.finding
    parts = [f"{finding.message} ({finding.name})"]
    if told := verdict(shown):
        parts.append(told)
    if finding.partial:
        parts.append("part of this file does not parse: what it would have said is missing here")
    if finding.fix:
        parts.append(f"fix: {finding.fix}")
    if shown.behind:
        parts.append(f"behind it: {shown.behind}")
    return "\n".join(parts)


def verdict(shown: Shown) -> str:
    """What a dry run made of a finding, as a sentence part; "" where nothing was run."""
    finding = shown.finding
    if finding.verdict is Verdict.UNTESTED:
        return ""
    told = notes.verdict(finding)
    if finding.reason and finding.verdict in (Verdict.REFUTED, Verdict.INCONCLUSIVE):
        told += f": {finding.reason}"
    return told + (", before the last edits" if shown.earlier and told else "")
