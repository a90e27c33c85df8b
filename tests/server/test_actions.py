"""Code actions: what they do to the text, and that they are answered from what is known."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from lsprotocol import types

from analyzer import cli
from analyzer.findings import Edit, Span
from analyzer.fixing import edited
from tests.server.editor import PULL, PUSH, editor
from tests.server.programs import DICT, DROPOUT, PY_FUNC

ALL = types.Range(types.Position(0, 0), types.Position(1000, 0))


def applied(text: str, action: types.CodeAction, uri: str) -> str:
    """The text with an action's edits made; these are ASCII, so columns count the same."""
    assert action.edit is not None
    assert action.edit.changes is not None
    edits = [
        Edit(
            Span(Path(), one.range.start.line + 1, one.range.start.character + 1, one.range.end.line + 1,
                 one.range.end.character + 1),
            one.new_text,
        )
        for one in action.edit.changes[uri]
    ]  # fmt: skip
    done = edited(text, edits)
    assert done is not None
    return done


def titled(found: Sequence[types.CodeAction], words: str) -> types.CodeAction:
    (one,) = [action for action in found if words in action.title]
    return one


@pytest.mark.parametrize("kind", [PULL, PUSH])
@pytest.mark.asyncio
async def test_a_safe_fix_does_what_the_command_does(kind: str, tmp_path: Path) -> None:
    program = tmp_path / "model.py"
    program.write_text(DICT)
    async with editor(kind, tmp_path) as code:
        uri = code.open(program)
        (found,) = await code.diagnostics(uri)
        fix = titled(await code.actions(uri, found.range), "(TFL204)")
        assert fix.is_preferred
        assert fix.diagnostics is not None
        assert fix.diagnostics[0].code == "TFL204"
        fixed = applied(DICT, fix, uri)
        every = titled(await code.actions(uri, ALL, ["source.fixAll"]), "fix all")
        assert every.kind == "source.fixAll.tflint"
        assert applied(DICT, every, uri) == fixed
    CliRunner().invoke(cli.main, ["check", "--no-cache", "--fix", str(program)])
    assert program.read_text() == fixed


@pytest.mark.asyncio
async def test_an_unsafe_fix_says_so_and_is_not_among_all(tmp_path: Path) -> None:
    program = tmp_path / "model.py"
    program.write_text(DROPOUT)
    async with editor(PULL, tmp_path) as code:
        uri = code.open(program)
        (found,) = [one for one in await code.diagnostics(uri) if one.code == "TFL501"]
        fix = titled(await code.actions(uri, found.range), "unsafe")
        assert not fix.is_preferred
        assert "mode == tf.estimator.ModeKeys.TRAIN" in applied(DROPOUT, fix, uri)
        assert [one for one in await code.actions(uri, ALL) if one.kind == "source.fixAll.tflint"] == []


@pytest.mark.parametrize("where", ["here", "in this file"])
@pytest.mark.asyncio
async def test_a_rule_is_disabled(where: str, tmp_path: Path) -> None:
    program = tmp_path / "model.py"
    program.write_text(PY_FUNC)
    async with editor(PULL, tmp_path) as code:
        uri = code.open(program)
        (found,) = await code.diagnostics(uri)
        silenced = applied(PY_FUNC, titled(await code.actions(uri, found.range), f"disable TFL401 {where}"), uri)
        assert silenced.count("\n") == PY_FUNC.count("\n") + (where != "here")
        code.type(uri, silenced)
        assert await code.diagnostics(uri) == []


@pytest.mark.asyncio
async def test_the_edits_travel_with_the_diagnostic(tmp_path: Path) -> None:
    program = tmp_path / "model.py"
    program.write_text(DICT)
    async with editor(PULL, tmp_path) as code:
        uri = code.open(program)
        (found,) = await code.diagnostics(uri)
    assert found.data is not None
    assert found.data["fix"]["safe"] is True
    assert list(found.data["fix"]["changes"]) == [uri]
    assert found.data["disableHere"][uri][0]["newText"] == "  # tflint: ignore[TFL204]"


@pytest.mark.asyncio
async def test_no_edit_is_offered_for_a_text_that_is_not_analysed_yet(tmp_path: Path) -> None:
    program = tmp_path / "model.py"
    program.write_text(PY_FUNC)
    async with editor(PULL, tmp_path) as code:
        uri = code.open(program)
        (found,) = await code.diagnostics(uri)
        code.type(uri, "\n" + PY_FUNC)
        assert await code.actions(uri, found.range) == []
        (moved,) = await code.diagnostics(uri)
        assert moved.range.start.line == found.range.start.line + 1
        assert len(await code.actions(uri, moved.range)) == 2


@pytest.mark.asyncio
async def test_all_safe_fixes_are_of_the_text_that_is_saved_however_soon(tmp_path: Path) -> None:
    async with editor(PULL, tmp_path) as code:
        uri = code.open(tmp_path / "model.py", "x = 1\n")
        await code.diagnostics(uri)
        code.type(uri, DICT)
        (every,) = await code.actions(uri, ALL, only=["source.fixAll"])
        assert 'tf.layers.dense(features["x"], 1)' in applied(DICT, every, uri).replace("'", '"')
