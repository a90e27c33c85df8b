"""Whose settings are in force: the editor's, a folder's, a pyproject.toml's, and what changes them."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from tests.server.editor import PULL, PUSH, Editor, editor
from tests.server.programs import PY_FUNC

IGNORE = '[tool.tflint]\nignore = ["TFL4"]\n'


def changed(code: Editor, path: Path) -> None:
    event = types.FileEvent(path.as_uri(), types.FileChangeType.Changed)
    code.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))


@pytest.mark.parametrize("kind", [PULL, PUSH])
@pytest.mark.asyncio
async def test_a_pyproject_is_heard_without_a_restart(kind: str, tmp_path: Path) -> None:
    program, configured = tmp_path / "model.py", tmp_path / "pyproject.toml"
    program.write_text(PY_FUNC)
    async with editor(kind, tmp_path) as code:
        uri = code.open(program)
        assert len(await code.diagnostics(uri)) == 1
        configured.write_text(IGNORE)
        changed(code, configured)
        await code.until_shown(uri, lambda found: not found)
        configured.unlink()
        changed(code, configured)
        await code.until_shown(uri, lambda found: len(found) == 1)


@pytest.mark.asyncio
async def test_the_client_is_asked_to_watch(tmp_path: Path) -> None:
    async with editor(PULL, tmp_path) as code:
        await code.until(lambda: code.registered, "registrations")
        watched = next(one for one in code.registered if one.method == types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
        patterns = {watcher["globPattern"] for watcher in watched.register_options["watchers"]}
        assert {"**/pyproject.toml", "**/*.py", "**/*.ipynb"} <= patterns


@pytest.mark.asyncio
async def test_a_configuration_that_cannot_be_used_is_said_and_the_rest_goes_on(tmp_path: Path) -> None:
    program = tmp_path / "model.py"
    program.write_text(PY_FUNC)
    (tmp_path / "pyproject.toml").write_text('[tool.tflint]\npython = "evil"\n')
    async with editor(PULL, tmp_path) as code:
        assert len(await code.diagnostics(code.open(program))) == 1
        await code.until(lambda: [s.state for s in code.statuses][-1:] == ["broken"], "a broken status")
        assert "must not decide what is run here" in code.statuses[-1].message


@pytest.mark.asyncio
async def test_settings_of_the_editor_win_and_change(tmp_path: Path) -> None:
    program = tmp_path / "model.py"
    program.write_text(PY_FUNC)
    (tmp_path / "pyproject.toml").write_text('[tool.tflint]\nselect = ["TFL5"]\n')
    async with editor(PULL, tmp_path, settings={"select": ["TFL4"]}) as code:
        uri = code.open(program)
        assert len(await code.diagnostics(uri)) == 1
        code.client.set_configuration({}, section="tflint")
        code.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))
        await code.until_shown(uri, lambda found: not found)


@pytest.mark.asyncio
async def test_two_folders_have_their_own(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
        (folder / "model.py").write_text(PY_FUNC)
    async with editor(PULL, one, two, each={two: {"ignore": ["TFL401"]}}) as code:
        assert len(await code.diagnostics(code.open(one / "model.py"))) == 1
        assert await code.diagnostics(code.open(two / "model.py")) == []


@pytest.mark.asyncio
async def test_a_client_that_cannot_be_asked_sends_them(tmp_path: Path) -> None:
    program = tmp_path / "model.py"
    program.write_text(PY_FUNC)
    async with editor(PUSH, tmp_path, settings={"ignore": ["TFL401"]}, asked=False) as vim:
        uri = vim.open(program)
        assert await vim.diagnostics(uri) == []
        settings: dict[str, Any] = {"tflint": {"ignore": []}}
        vim.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings))
        await vim.until_shown(uri, lambda found: len(found) == 1)


@pytest.mark.asyncio
async def test_what_a_baseline_knows_is_not_shown_and_what_is_new_is(tmp_path: Path) -> None:
    program, known, configured = tmp_path / "model.py", tmp_path / "known.json", tmp_path / "pyproject.toml"
    program.write_text(PY_FUNC)
    written = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "analyzer", "check", "--no-cache", "--write-baseline", str(known), str(program)),
        stdout=asyncio.subprocess.DEVNULL,
    )
    assert await written.wait() == 0
    configured.write_text('[tool.tflint]\nbaseline = "known.json"\n')
    async with editor(PULL, tmp_path) as code:
        uri = code.open(program)
        assert await code.diagnostics(uri) == []
        moved = PY_FUNC.replace(
            "    score =", '    doubled = tf.py_func(abs, [features["x"]], tf.float32)\n    score ='
        )
        code.type(uri, moved)
        assert [found.range.start.line for found in await code.diagnostics(uri)] == [6]
        known.unlink()
        code.type(uri, PY_FUNC)
        assert len(await code.diagnostics(uri)) == 1
        await code.until(lambda: [s.state for s in code.statuses][-1:] == ["broken"], "a broken status")
        assert "no such baseline" in code.statuses[-1].message
        configured.unlink()
        changed(code, configured)
        await code.until(lambda: [s.state for s in code.statuses][-1:] == ["untrusted"], "a status that is mended")


@pytest.mark.asyncio
async def test_files_outside_of_any_folder_have_a_status(tmp_path: Path) -> None:
    async with editor(PULL) as code:
        code.open(tmp_path / "model.py", PY_FUNC)
        await code.until(lambda: code.statuses, "a status")
        assert [(told.uri, told.state) for told in code.statuses] == [("file:///", "untrusted")]
