"""Notebooks: findings, edits and lenses are in the right cell."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from lsprotocol import types

from tests.server.editor import PULL, PUSH, Editor, editor
from tests.server.programs import PY_FUNC

SETUP = "%matplotlib inline\nimport tensorflow.compat.v1 as tf\n"
MODEL = PY_FUNC[PY_FUNC.index("def model_fn") : PY_FUNC.index("def receiver")]
EXPORT = PY_FUNC[PY_FUNC.index("def receiver") :]


def opened(code: Editor, path: Path) -> list[str]:
    """Open a notebook of four cells, the first of them words; the URIs of its cells."""
    texts = ["# A trial", SETUP, MODEL, EXPORT]
    uris = [f"vscode-notebook-cell:{path.as_posix()}#W{number}" for number in range(4)]
    kinds = [types.NotebookCellKind.Markup, *[types.NotebookCellKind.Code] * 3]
    cells = [types.NotebookCell(kind, uri) for kind, uri in zip(kinds, uris, strict=True)]
    documents = [
        types.TextDocumentItem(uri, "python", 1, text)
        for uri, text, kind in zip(uris, texts, kinds, strict=True)
        if kind is types.NotebookCellKind.Code
    ]
    notebook = types.NotebookDocument(path.as_uri(), "jupyter-notebook", 1, cells)
    code.client.notebook_document_did_open(types.DidOpenNotebookDocumentParams(notebook, documents))
    return uris


def typed(code: Editor, path: Path, uri: str, text: str) -> None:
    """Replace the text of a cell."""
    whole = types.TextDocumentContentChangeWholeDocument(text)
    content = types.NotebookDocumentCellContentChanges(types.VersionedTextDocumentIdentifier(2, uri), [whole])
    change = types.NotebookDocumentChangeEvent(cells=types.NotebookDocumentCellChanges(text_content=[content]))
    document = types.VersionedNotebookDocumentIdentifier(2, path.as_uri())
    code.client.notebook_document_did_change(types.DidChangeNotebookDocumentParams(document, change))


@pytest.mark.asyncio
async def test_findings_are_in_their_cell(tmp_path: Path) -> None:
    trial = tmp_path / "trial.ipynb"
    async with editor(PULL, tmp_path) as code:
        _, setup, model, export = opened(code, trial)
        (found,) = await code.diagnostics(model)
        assert (found.range.start.line, found.range.start.character) == (1, 14)
        assert found.related_information is not None
        assert [step.location.uri for step in found.related_information] == [export, export, model]
        assert await code.diagnostics(setup) == []
        assert await code.diagnostics(export) == []
        actions = {action.title: action for action in await code.actions(model, found.range)}
        here = actions["tflint: disable TFL401 here"].edit
        assert here is not None
        assert here.changes is not None
        assert list(here.changes) == [model]
        assert "TFL401" in await code.hover(model, 1, 20)
        assert "`tf.placeholder`" not in await code.hover(model, 1, 20)
        typed(
            code, trial, model, MODEL.replace("tf.py_func(lambda x: x * 2,", "tf.identity(").replace(", tf.float32", "")
        )
        assert await code.diagnostics(model) == []


@pytest.mark.asyncio
async def test_they_are_sent_to_who_does_not_ask(tmp_path: Path) -> None:
    trial = tmp_path / "trial.ipynb"
    async with editor(PUSH, tmp_path) as vim:
        _, _, model, _ = opened(vim, trial)
        await vim.until(lambda: vim.published.get(model, []), "diagnostics of the cell")
        assert [one.code for one in vim.published[model][-1].diagnostics] == ["TFL401"]
        assert trial.as_uri() not in vim.published


@pytest.mark.dryrun
@pytest.mark.asyncio
async def test_a_notebook_is_dry_run_from_its_cells(tmp_path: Path) -> None:
    trial = tmp_path / "trial.ipynb"
    async with editor(PULL, tmp_path, trusted=True, settings={"interpreter": sys.executable}) as code:
        _, _, model, export = opened(code, trial)
        assert [lens.range.start.line for lens in await code.lenses(model)] == [0]
        assert [lens.range.start.line for lens in await code.lenses(export)] == [6]
        assert (await code.dry_run(model))["state"] == "done"
        (found,) = await code.diagnostics(model)
        assert "confirmed" in found.message
