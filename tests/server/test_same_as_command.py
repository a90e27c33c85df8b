"""What the editor shows of the labelled programs is what the command says of them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from lsprotocol import types

from analyzer import engine
from analyzer.findings import Finding, Verdict
from analyzer.settings import Settings
from lsp_server.convert import SEVERITIES
from tests.accuracy.labels import programs
from tests.server.editor import PULL, Editor, editor

Said = tuple[str, int, types.DiagnosticSeverity | None, str]
PROGRAMS = sorted({program.entry for program in programs()})
SHARES = 8
DRY = ("sonar_noise.py", "lamp_print.py")


def by_command(path: Path, dry_run: bool = False) -> dict[Path, set[Said]]:
    """Code, line, severity and first words, by file."""
    report = engine.check([path], Settings(cache=False, dry_run=dry_run), lambda _: None)
    said: dict[Path, set[Said]] = {}
    for finding in report.findings:
        if finding.verdict is not Verdict.REFUTED:
            said.setdefault(finding.span.path, set()).add(_of_finding(finding))
    return said


def _of_finding(finding: Finding) -> Said:
    return finding.code, finding.span.line, SEVERITIES[finding.severity], f"{finding.message} ({finding.name})"


async def by_editor(code: Editor, uri: str) -> dict[Path, set[Said]]:
    """The same as the editor shows it while this program is open."""
    await code.diagnostics(uri)
    report = await code.client.workspace_diagnostic_async(types.WorkspaceDiagnosticParams([]))
    said: dict[Path, set[Said]] = {}
    for item in report.items:
        assert isinstance(item, types.WorkspaceFullDocumentDiagnosticReport)
        said[Path(item.uri.removeprefix("file://"))] = {
            (str(one.code), one.range.start.line + 1, one.severity, one.message.split("\n", 1)[0]) for one in item.items
        }
    return {path: found for path, found in said.items() if found}


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.asyncio
async def test_static_analysis(share: int) -> None:
    differing = []
    async with editor(PULL, PROGRAMS[0].parent) as code:
        for path in PROGRAMS[share::SHARES]:
            uri = code.open(path)
            if await by_editor(code, uri) != by_command(path):
                differing.append(path.name)
            code.close(uri)
    assert differing == []


@pytest.mark.dryrun
@pytest.mark.asyncio
async def test_dry_runs() -> None:
    async with editor(PULL, PROGRAMS[0].parent, trusted=True, settings={"interpreter": sys.executable}) as code:
        for path in [path for path in PROGRAMS if path.name in DRY]:
            uri = code.open(path)
            assert (await code.dry_run(uri))["state"] == "done"
            assert await by_editor(code, uri) == by_command(path, dry_run=True)
            code.close(uri)
