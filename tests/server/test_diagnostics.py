"""Diagnostics while one types: one stream, for clients that ask and for clients that are told."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from tests.server.editor import PULL, PUSH, editor
from tests.server.programs import CLEAN, PY_FUNC

KINDS = pytest.mark.parametrize("kind", [PULL, PUSH])


@KINDS
@pytest.mark.asyncio
async def test_a_finding_appears_and_goes_with_its_cause(kind: str, tmp_path: Path) -> None:
    program = tmp_path / "model.py"
    program.write_text(PY_FUNC)
    async with editor(kind, tmp_path) as vim:
        uri = vim.open(program)
        (found,) = await vim.diagnostics(uri)
        assert found.code == "TFL401"
        assert found.source == "tflint"
        assert found.severity is types.DiagnosticSeverity.Warning
        assert (found.range.start.line, found.range.start.character) == (4, 14)
        vim.type(uri, CLEAN)
        assert await vim.diagnostics(uri) == []
        vim.type(uri, PY_FUNC)
        assert len(await vim.diagnostics(uri)) == 1


@pytest.mark.asyncio
async def test_what_a_diagnostic_carries(tmp_path: Path) -> None:
    program = tmp_path / "model.py"
    program.write_text(PY_FUNC)
    async with editor(PULL, tmp_path) as code:
        (found,) = await code.diagnostics(code.open(program))
    assert found.code_description is not None
    page = Path(found.code_description.href.removeprefix("file://"))
    assert page.read_text().startswith("# TFL401 py-func-in-exported-graph")
    assert found.related_information is not None
    way = [(step.message, step.location.range.start.line) for step in found.related_information]
    assert way == [("Estimator", 18), ("export_saved_model", 19), ("model_fn", 3)]
    assert "fix: " in found.message


@pytest.mark.asyncio
async def test_who_asks_is_not_sent_anything(tmp_path: Path) -> None:
    program = tmp_path / "model.py"
    program.write_text(PY_FUNC)
    async with editor(PULL, tmp_path) as code:
        assert await code.diagnostics(code.open(program))
        assert code.published == {}
        assert code.server is not None
        assert code.server.capabilities.diagnostic_provider is not None
    async with editor(PUSH, tmp_path) as vim:
        assert await vim.diagnostics(vim.open(program))
        assert vim.server is not None
        assert vim.server.capabilities.diagnostic_provider is None


@pytest.mark.asyncio
async def test_what_is_the_same_is_not_sent_again(tmp_path: Path) -> None:
    program = tmp_path / "model.py"
    program.write_text(PY_FUNC)
    async with editor(PULL, tmp_path) as code:
        uri = code.open(program)
        first = await code.pull(uri)
        assert isinstance(first, types.RelatedFullDocumentDiagnosticReport)
        again = await code.pull(uri, first.result_id)
        assert isinstance(again, types.RelatedUnchangedDocumentDiagnosticReport)
        code.type(uri, CLEAN)
        assert isinstance(await code.pull(uri, first.result_id), types.RelatedFullDocumentDiagnosticReport)
