"""What goes wrong around a server: it answers the next request, nothing is lost, no process is left."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
from lsprotocol import types

from tests.server.editor import PULL, PUSH, editor
from tests.server.processes import LINUX, below, kill, left, named
from tests.server.programs import CLEAN, PY_FUNC
from tests.server.test_dry_runs import SETTINGS, SLOW

ANALYSER = "lsp_server.analysis"
WORKER = "worker/main.py"


@LINUX
@pytest.mark.asyncio
async def test_the_analyser_is_killed(tmp_path: Path) -> None:
    program = tmp_path / "model.py"
    program.write_text(PY_FUNC)
    async with editor(PULL, tmp_path) as code:
        uri = code.open(program)
        (before,) = await code.diagnostics(uri)
        for number in range(3):
            (analyser,) = named(code.pid, ANALYSER)
            code.type(uri, PY_FUNC + f"# {number}\n")
            kill(analyser)
            assert [found.range for found in await code.diagnostics(uri)] == [before.range]
        assert any("is started anew" in told.message for told in code.client.log_messages)
        assert len(named(code.pid, ANALYSER)) == 1


@LINUX
@pytest.mark.dryrun
@pytest.mark.asyncio
async def test_verdicts_outlive_the_analyser(tmp_path: Path) -> None:
    program = tmp_path / "model.py"
    program.write_text(PY_FUNC)
    async with editor(PULL, tmp_path, trusted=True, settings=SETTINGS) as code:
        uri = code.open(program)
        await code.dry_run(uri)
        (before,) = await code.diagnostics(uri)
        assert "confirmed" in before.message
        kill(*named(code.pid, ANALYSER))
        code.type(uri, PY_FUNC + "\n")
        (moved,) = await code.diagnostics(uri)
        assert "confirmed" in moved.message
        code.type(uri, PY_FUNC)
        (after,) = await code.diagnostics(uri)
        assert after.message == before.message


@LINUX
@pytest.mark.dryrun
@pytest.mark.asyncio
async def test_the_worker_is_killed_in_the_middle(tmp_path: Path) -> None:
    program = tmp_path / "model.py"
    program.write_text(SLOW)
    async with editor(PULL, tmp_path, trusted=True, settings=SETTINGS) as code:
        uri = code.open(program)
        running = code.start_dry_run(uri)
        await code.until(lambda: len(named(code.pid, WORKER)) >= 2, "a run that goes")
        for worker in named(code.pid, WORKER):
            if worker in below(code.pid):
                kill(worker)
        assert await code.diagnostics(uri)
        await code.command("tflint.server.cancelDryRun", uri)
        assert (await running)["message"]
        code.type(uri, PY_FUNC)
        assert (await code.dry_run(uri))["state"] == "done"
        (found,) = await code.diagnostics(uri)
        assert "confirmed" in found.message


@LINUX
@pytest.mark.dryrun
@pytest.mark.asyncio
async def test_the_interpreter_is_another_while_a_run_goes(tmp_path: Path) -> None:
    program = tmp_path / "model.py"
    program.write_text(SLOW)
    other = tmp_path / "python"
    other.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    other.chmod(0o755)
    async with editor(PULL, tmp_path, trusted=True, settings=SETTINGS) as code:
        uri = code.open(program)
        running = code.start_dry_run(uri)
        await code.until(lambda: len(named(code.pid, WORKER)) >= 2, "a run that goes")
        workers = named(code.pid, WORKER)
        code.client.set_configuration({"interpreter": str(other)}, section="tflint")
        code.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))
        assert (await running)["state"] == "cancelled"
        assert await asyncio.to_thread(left, workers) == []
        code.type(uri, PY_FUNC)
        assert (await code.dry_run(uri))["state"] == "done"
        assert code.statuses[-1].interpreter == str(other)


@pytest.mark.parametrize("kind", [PULL, PUSH])
@pytest.mark.asyncio
async def test_a_thousand_edits(kind: str, tmp_path: Path) -> None:
    program = tmp_path / "model.py"
    program.write_text(CLEAN)
    async with editor(kind, tmp_path) as code:
        uri = code.open(program)
        assert await code.diagnostics(uri) == []
        for number in range(1000):
            code.type(uri, CLEAN + f"x = {number}\n")
            if number % 50 == 0:
                await asyncio.sleep(0.05)
        code.type(uri, PY_FUNC)
        (found,) = await code.diagnostics(uri)
        assert found.code == "TFL401"
        rounds = (await code.command("tflint.server.debugInformation")).partition(" rounds")[0].split()[-1]
        assert int(rounds) < 200


@pytest.mark.asyncio
async def test_ten_thousand_lines(tmp_path: Path) -> None:
    text = PY_FUNC + "".join(f"def helper_{number}(x):\n    return x + {number}\n" for number in range(5000))
    async with editor(PULL, tmp_path) as code:
        uri = code.open(tmp_path / "model.py", text)
        assert len(await code.diagnostics(uri)) == 1
        code.type(uri, text + "\n")
        assert len(await code.diagnostics(uri)) == 1
        assert "TFL401" in await code.hover(uri, 4, 20)


@pytest.mark.asyncio
async def test_a_file_is_deleted_while_it_is_open(tmp_path: Path) -> None:
    program = tmp_path / "model.py"
    program.write_text(PY_FUNC)
    async with editor(PULL, tmp_path) as code:
        uri = code.open(program)
        assert len(await code.diagnostics(uri)) == 1
        program.unlink()
        event = types.FileEvent(uri, types.FileChangeType.Deleted)
        code.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
        assert len(await code.diagnostics(uri)) == 1
        code.type(uri, CLEAN)
        assert await code.diagnostics(uri) == []


@pytest.mark.asyncio
async def test_half_a_surrogate_pair(tmp_path: Path) -> None:
    async with editor(PULL, tmp_path) as code:
        uri = code.open(tmp_path / "model.py", 'HALF = "\ud83d"\n' + PY_FUNC)
        (found,) = await code.diagnostics(uri)
        assert found.range.start.line == 5
        code.type(uri, PY_FUNC.replace('"score"', '"\udc00"'))
        assert len(await code.diagnostics(uri)) == 1


@pytest.mark.asyncio
async def test_a_text_that_stops_parsing_keeps_what_was_found(tmp_path: Path) -> None:
    async with editor(PULL, tmp_path) as code:
        uri = code.open(tmp_path / "model.py", PY_FUNC)
        (before,) = await code.diagnostics(uri)
        code.type(uri, "import os, \n" + PY_FUNC)
        shown = {found.code: found for found in await code.diagnostics(uri)}
        assert set(shown) == {"TFL001", "TFL401"}
        assert shown["TFL401"].range.start.line == before.range.start.line + 1


@LINUX
@pytest.mark.asyncio
async def test_two_folders_with_different_interpreters(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
    missing = str(two / "nowhere")
    async with editor(PULL, one, two, trusted=True, settings=SETTINGS, each={two: {"interpreter": missing}}) as code:
        await code.until(lambda: len(code.statuses) == 2, "two statuses")
        told = {Path(status.uri.removeprefix("file://")): status for status in code.statuses}
    assert (told[one].state, told[one].interpreter) == ("ready", sys.executable)
    assert (told[two].state, told[two].interpreter) == ("broken", missing)


@LINUX
@pytest.mark.dryrun
@pytest.mark.parametrize("how", ["end of input", "killed"])
@pytest.mark.asyncio
async def test_nothing_is_left_when_nobody_says_goodbye(how: str, tmp_path: Path) -> None:
    program = tmp_path / "model.py"
    program.write_text(SLOW)
    async with editor(PULL, tmp_path, trusted=True, settings=SETTINGS, goodbye=False) as code:
        uri = code.open(program)
        await code.diagnostics(uri)
        running = code.start_dry_run(uri)
        await code.until(lambda: len(named(code.pid, WORKER)) >= 2, "a run that goes")
        pids = [code.pid, *below(code.pid)]
        if how == "killed":
            kill(code.pid)
        else:
            code.hang_up()
        assert await asyncio.to_thread(left, pids) == []
        running.cancel()
