"""Code actions: what mends a finding, what silences it, and all safe fixes of a file at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lsprotocol import types

from analyzer import fixing
from analyzer.findings import Edit
from lsp_server.analysis.messages import Shown
from lsp_server.convert import Converter
from lsp_server.session import Known

FIX_ALL = "source.fixAll.tflint"
KINDS = (types.CodeActionKind.QuickFix.value, FIX_ALL)


def wanted(only: Iterable[str] | None, kind: str) -> bool:
    """Whether a client that asks only for some kinds asks for this one; a kind holds those that begin with it."""
    return only is None or any(kind == asked or kind.startswith(f"{asked}.") or not asked for asked in only)


def at(known: Known, asked: types.Range, uri: str, convert: Converter) -> Iterator[types.CodeAction]:
    """Fixes and comments for the findings that a range touches."""
    for shown in known.report.findings:
        place, diagnostic = convert.diagnostic(shown)
        if place == uri and _touch(diagnostic.range, asked):
            yield from of_finding(shown, diagnostic, convert)


def of_finding(shown: Shown, diagnostic: types.Diagnostic, convert: Converter) -> Iterator[types.CodeAction]:
    """What can be done about one finding."""
    finding = shown.finding
    if fixing.wanted(finding, unsafe=True) and finding.patch is not None:
        safe = fixing.is_safe(finding)
        what = f"{finding.fix[:1].upper()}{finding.fix[1:]}" if finding.fix else f"Mend {finding.name}"
        title = f"{what} ({finding.code}{'' if safe else ', unsafe: changes more than the export'})"
        yield _action(title, finding.patch.edits, diagnostic, convert, preferred=safe)
    if shown.silence is not None:
        yield _action(f"tflint: disable {finding.code} here", (shown.silence,), diagnostic, convert)
    if shown.silence_file is not None:
        yield _action(f"tflint: disable {finding.code} in this file", (shown.silence_file,), diagnostic, convert)


def fix_all(known: Known, convert: Converter) -> types.CodeAction | None:
    """Every safe fix of a file that can be made at once, None where there is none."""
    safe = [shown.finding for shown in known.report.findings if fixing.is_safe(shown.finding)]
    chosen = fixing.together(finding for finding in safe if fixing.wanted(finding, unsafe=False))
    edits = [edit for finding in chosen if finding.patch is not None for edit in finding.patch.edits]
    if not edits:
        return None
    return types.CodeAction(
        "tflint: fix all that is safe to fix", kind=FIX_ALL, edit=types.WorkspaceEdit(changes=convert.edits(edits))
    )


def _action(
    title: str, edits: Iterable[Edit], diagnostic: types.Diagnostic, convert: Converter, preferred: bool = False
) -> types.CodeAction:
    return types.CodeAction(
        title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[diagnostic],
        is_preferred=preferred or None,
        edit=types.WorkspaceEdit(changes=convert.edits(edits)),
    )


def _touch(one: types.Range, other: types.Range) -> bool:
    return not (one.end < other.start or other.end < one.start)
