"""Dry runs in the editor: who may, when, and that the verdict arrives in the same diagnostic."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from lsprotocol import types

from tests.server.editor import PULL, PUSH, editor
from tests.server.programs import DROPOUT, PY_FUNC

pytestmark = pytest.mark.dryrun
SETTINGS = {"interpreter": sys.executable}
SLOW = PY_FUNC.replace("estimator =", "import time\ntime.sleep(600)\nestimator =")


@pytest.mark.parametrize("kind", [PULL, PUSH])
@pytest.mark.asyncio
async def test_a_save_confirms(kind: str, tmp_path: Path) -> None:
    program = tmp_path / "model.py"
    program.write_text(PY_FUNC)
    async with editor(kind, tmp_path, trusted=True, settings=SETTINGS) as code:
        uri = code.open(program)
        (suspected,) = await code.diagnostics(uri)
        assert suspected.severity is types.DiagnosticSeverity.Warning
        code.save(program, PY_FUNC)
        (confirmed,) = await code.until_shown(uri, lambda found: "confirmed by TensorFlow" in found[0].message)
        assert confirmed.severity is types.DiagnosticSeverity.Error
        assert confirmed.range == suspected.range
        assert confirmed.related_information is not None
        assert "refuses PyFunc" in confirmed.related_information[-1].message
        assert "Confirmed by TensorFlow" in await code.hover(uri, 4, 20)
        if kind == PULL:
            assert code.client.diagnostic_refresh_count >= 1


@pytest.mark.asyncio
async def test_a_verdict_stays_while_one_types_and_says_that_it_is_old(tmp_path: Path) -> None:
    program = tmp_path / "model.py"
    program.write_text(PY_FUNC)
    async with editor(PULL, tmp_path, trusted=True, settings=SETTINGS) as code:
        uri = code.open(program)
        assert (await code.dry_run(uri))["state"] == "done"
        (now,) = await code.diagnostics(uri)
        assert "before the last edits" not in now.message
        code.type(uri, "# one line more\n" + PY_FUNC)
        (moved,) = await code.diagnostics(uri)
        assert moved.range.start.line == now.range.start.line + 1
        assert moved.severity is types.DiagnosticSeverity.Error
        assert "confirmed by TensorFlow" in moved.message
        assert "before the last edits" in moved.message
        changed = PY_FUNC.replace("lambda x: x * 2,", "lambda x: x * 3,")
        code.type(uri, changed)
        (fresh,) = await code.diagnostics(uri)
        assert fresh.severity is types.DiagnosticSeverity.Warning
        code.type(uri, PY_FUNC)
        (again,) = await code.diagnostics(uri)
        assert again.message == now.message


@pytest.mark.asyncio
async def test_what_is_not_saved_is_run_as_it_is_in_the_editor(tmp_path: Path) -> None:
    program = tmp_path / "model.py"
    program.write_text("x = 1\n")
    async with editor(PULL, tmp_path, trusted=True, settings=SETTINGS) as code:
        uri = code.open(program, DROPOUT)
        assert (await code.dry_run(uri))["state"] == "done"
        (found,) = await code.diagnostics(uri)
    assert found.code == "TFL501"
    assert "confirmed" in found.message


@pytest.mark.asyncio
async def test_nothing_runs_where_nobody_trusts(tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    program = tmp_path / "model.py"
    program.write_text(PY_FUNC + f"open({str(ran)!r}, 'w')\n")
    async with editor(PULL, tmp_path, settings=SETTINGS) as code:
        uri = code.open(program)
        assert await code.diagnostics(uri)
        code.save(program, program.read_text())
        told = await code.dry_run(uri)
        assert told["state"] == "notRun"
        assert "not trusted" in told["message"]
        assert [status.state for status in code.statuses] == ["untrusted"]
        assert [lens for lens in await code.lenses(uri) if lens.command.command == "tflint.dryRun"] == []
    assert not ran.exists()


@pytest.mark.asyncio
async def test_lenses_status_and_report(tmp_path: Path) -> None:
    program = tmp_path / "model.py"
    program.write_text(PY_FUNC)
    async with editor(PULL, tmp_path, trusted=True, settings=SETTINGS) as code:
        uri = code.open(program)
        before = await code.lenses(uri)
        assert [(lens.range.start.line, lens.command.command) for lens in before] == [
            (3, "tflint.dryRun"),
            (19, "tflint.dryRun"),
        ]
        assert list(before[0].command.arguments) == [uri]
        ended = await code.dry_run(uri)
        assert ended["state"] == "done"
        assert ended["message"].startswith("model.py: model_fn (line 4): builtins refused (PyFunc)")
        after = [lens.command for lens in await code.lenses(uri) if lens.command.command == "tflint.showReport"]
        assert after[0].title.startswith("builtins refused (PyFunc)")
        assert list(after[0].arguments) == [uri, 3]
        report = await code.command("tflint.server.showReport", uri, 3)
        assert report["kind"] == "html"
        assert "PyFunc" in report["content"]
        states = [status.state for status in code.statuses]
        assert states == ["ready", "busy", "ready"]
        assert code.statuses[-1].tensorflow.count(".") == 2
        assert f"`{sys.executable}`" in await code.command("tflint.server.debugInformation")


@pytest.mark.asyncio
async def test_progress_is_shown_and_cancels(tmp_path: Path) -> None:
    program = tmp_path / "model.py"
    program.write_text(SLOW)
    async with editor(PULL, tmp_path, trusted=True, settings=SETTINGS) as code:
        uri = code.open(program)
        running = code.start_dry_run(uri)
        reports = code.client.progress_reports
        await code.until(lambda: any(len(told) > 1 for told in reports.values()), "progress")
        ((token, told),) = reports.items()
        assert isinstance(told[0], types.WorkDoneProgressBegin)
        assert told[0].cancellable
        code.client.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(token))
        assert (await running)["state"] == "cancelled"
        await code.until(lambda: isinstance(reports[token][-1], types.WorkDoneProgressEnd), "the end of progress")
        code.type(uri, PY_FUNC)
        assert (await code.dry_run(uri))["state"] == "done"


@pytest.mark.asyncio
async def test_a_newer_save_replaces_what_waits(tmp_path: Path) -> None:
    first, second = tmp_path / "first.py", tmp_path / "second.py"
    first.write_text(SLOW)
    second.write_text(PY_FUNC)
    async with editor(PULL, tmp_path, trusted=True, settings=SETTINGS) as code:
        slow, quick = code.open(first), code.open(second)
        going = code.start_dry_run(slow)
        await code.until(lambda: [s.state for s in code.statuses][-1:] == ["busy"], "a run that goes")
        replaced, newest = code.start_dry_run(quick), code.start_dry_run(quick)
        assert (await replaced)["state"] == "cancelled"
        assert await code.command("tflint.server.cancelDryRun", slow) is True
        assert (await going)["state"] == "cancelled"
        assert (await newest)["state"] == "done"
        assert await code.command("tflint.server.cancelDryRun", slow) is False


@pytest.mark.asyncio
async def test_a_python_without_tensorflow_is_said_once(tmp_path: Path) -> None:
    program = tmp_path / "model.py"
    program.write_text(PY_FUNC)
    bare = tmp_path / "bare"
    bare.write_text(f'#!/bin/sh\nexec {sys.base_prefix}/bin/python3 -S -I "$@"\n')
    bare.chmod(0o755)
    async with editor(PULL, tmp_path, trusted=True, settings={"interpreter": str(bare)}) as code:
        uri = code.open(program)
        (before,) = await code.diagnostics(uri)
        await code.until(lambda: code.statuses, "a status")
        for _ in range(2):
            told = await code.dry_run(uri)
            assert told["state"] == "notRun"
            assert "has no TensorFlow" in told["message"]
            assert told["message"].endswith('in the setting "tflint.interpreter"')
        assert await code.diagnostics(uri) == [before]
        assert {status.state for status in code.statuses} <= {"noTensorFlow", "busy"}
        assert code.client.messages == []


@pytest.mark.asyncio
async def test_the_status_is_of_the_run_that_goes(tmp_path: Path) -> None:
    first, second = tmp_path / "first.py", tmp_path / "second.py"
    first.write_text(PY_FUNC)
    second.write_text(SLOW)
    async with editor(PULL, tmp_path, trusted=True, settings=SETTINGS) as code:
        quick, slow = code.open(first), code.open(second)
        ended, going = code.start_dry_run(quick), code.start_dry_run(slow)
        assert (await ended)["state"] == "done"
        await code.until(lambda: "second.py" in code.statuses[-1].message, "a status of the second")
        assert [told.state for told in code.statuses][-3:] == ["busy", "ready", "busy"]
        await code.command("tflint.server.cancelDryRun", slow)
        assert (await going)["state"] == "cancelled"
