"""What files have to do with each other: imports, files that are not open, folders that come and go."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from tests.server.editor import PULL, PUSH, Editor, editor
from tests.server.programs import PY_FUNC

HELPER = (
    "import tensorflow.compat.v1 as tf\n\n\ndef doubled(x):\n    return tf.py_func(lambda x: x * 2, [x], tf.float32)\n"
)
USES = PY_FUNC.replace("\n\n\ndef model_fn", "\nimport helper\n\n\ndef model_fn").replace(
    'tf.py_func(lambda x: x * 2, [features["x"]], tf.float32)', 'helper.doubled(features["x"])'
)


async def of_workspace(code: Editor, before: dict[str, str] | None = None) -> dict[str, list[str]]:
    """What is shown of each document of the workspace: codes, or "unchanged"."""
    known = [types.PreviousResultId(uri, value) for uri, value in (before or {}).items()]
    report = await code.client.workspace_diagnostic_async(types.WorkspaceDiagnosticParams(known))
    shown: dict[str, list[str]] = {}
    for item in report.items:
        match item:
            case types.WorkspaceFullDocumentDiagnosticReport():
                shown[item.uri] = [str(one.code) for one in item.items]
            case _:
                shown[item.uri] = ["unchanged"]
        code.result_ids[item.uri] = item.result_id or ""
    return shown


@pytest.mark.asyncio
async def test_a_helper_is_seen_as_it_is_in_the_editor(tmp_path: Path) -> None:
    program, helper = tmp_path / "model.py", tmp_path / "helper.py"
    program.write_text(USES)
    helper.write_text("def doubled(x):\n    return x * 2\n")
    async with editor(PULL, tmp_path) as code:
        uri, other = code.open(program), code.open(helper)
        assert await code.diagnostics(other) == []
        refreshed = code.client.diagnostic_refresh_count
        code.type(other, HELPER)
        (found,) = await code.diagnostics(other)
        assert found.code == "TFL401"
        assert await code.diagnostics(uri) == []
        assert code.client.diagnostic_refresh_count == refreshed
        code.type(uri, PY_FUNC)
        assert await code.diagnostics(other) == []
        await code.until(lambda: code.client.diagnostic_refresh_count > refreshed, "a refresh")


@pytest.mark.asyncio
async def test_findings_in_a_file_that_is_not_open(tmp_path: Path) -> None:
    program, helper = tmp_path / "model.py", tmp_path / "helper.py"
    program.write_text(USES)
    helper.write_text(HELPER)
    async with editor(PUSH, tmp_path) as vim:
        uri = vim.open(program)
        assert await vim.diagnostics(uri) == []
        await vim.until(lambda: helper.as_uri() in vim.published, "diagnostics of the helper")
        assert [one.code for one in vim.published[helper.as_uri()][-1].diagnostics] == ["TFL401"]
        vim.close(uri)
        await vim.until(lambda: not vim.published[helper.as_uri()][-1].diagnostics, "nothing in the helper")
    async with editor(PULL, tmp_path) as code:
        uri = code.open(program)
        assert await of_workspace(code) == {uri: [], helper.as_uri(): ["TFL401"]}
        assert await of_workspace(code, dict(code.result_ids)) == {uri: ["unchanged"], helper.as_uri(): ["unchanged"]}
        code.close(uri)
        assert await of_workspace(code, dict(code.result_ids)) == {uri: [], helper.as_uri(): []}


@pytest.mark.asyncio
async def test_a_file_that_changes_on_disk(tmp_path: Path) -> None:
    program, helper = tmp_path / "model.py", tmp_path / "helper.py"
    program.write_text(USES)
    helper.write_text(HELPER)
    async with editor(PULL, tmp_path) as code:
        uri = code.open(program)
        assert (await of_workspace(code))[helper.as_uri()] == ["TFL401"]
        helper.write_text("def doubled(x):\n    return x * 2\n")
        event = types.FileEvent(helper.as_uri(), types.FileChangeType.Changed)
        code.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
        assert await of_workspace(code) == {uri: []}


@pytest.mark.asyncio
async def test_the_whole_workspace_is_analysed_where_that_is_asked_for(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"model{number}.py").write_text(PY_FUNC)
    (tmp_path / "unrelated.py").write_text("x = 1\n")
    (tmp_path / "pyproject.toml").write_text('[tool.tflint]\nexclude = ["model0.py"]\n')
    async with editor(PULL, tmp_path, settings={"diagnosticMode": "workspace"}) as code:
        for _ in range(200):
            shown = await of_workspace(code)
            if sum(found == ["TFL401"] for found in shown.values()) == 4:
                break
        assert sorted(Path(uri).name for uri, found in shown.items() if found) == [f"model{n}.py" for n in range(1, 5)]


@pytest.mark.asyncio
async def test_folders_come_and_go(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
        (folder / "model.py").write_text(PY_FUNC)
    async with editor(PULL, one, settings={"ignore": ["TFL4"]}, each={two: {"select": ["TFL4"]}}) as code:
        uri = code.open(two / "model.py")
        assert await code.diagnostics(uri) == []
        event = types.WorkspaceFoldersChangeEvent([types.WorkspaceFolder(two.as_uri(), "two")], [])
        code.client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(event))
        await code.until_shown(uri, lambda found: len(found) == 1)
