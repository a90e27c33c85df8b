"""Columns are counted as the client counts, whatever stands before them on the line."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from tests.server.editor import PULL, editor
from tests.server.programs import PY_FUNC

ROW = '    doubled = tf.py_func(lambda x: x * 2, [features["x"]], tf.float32)'
WIDE = PY_FUNC.replace(ROW, f'    "\N{PILE OF POO}é"; {ROW.strip()}')


@pytest.mark.parametrize(
    ("encoding", "column"),
    [
        (None, 21),
        (types.PositionEncodingKind.Utf16, 21),
        (types.PositionEncodingKind.Utf8, 24),
        (types.PositionEncodingKind.Utf32, 20),
    ],
)
@pytest.mark.asyncio
async def test_columns(encoding: types.PositionEncodingKind | None, column: int, tmp_path: Path) -> None:
    async with editor(PULL, tmp_path, encoding=encoding) as code:
        uri = code.open(tmp_path / "model.py", WIDE)
        (found,) = await code.diagnostics(uri)
        assert found.range.start.character == column
        assert "TFL401" in await code.hover(uri, 4, column + 1)


@pytest.mark.asyncio
async def test_lines_end_where_editors_end_them(tmp_path: Path) -> None:
    text = "# a form feed\f and a line separator\u2028 end no line\r\n" + PY_FUNC.replace("\n", "\r\n")
    async with editor(PULL, tmp_path) as code:
        (found,) = await code.diagnostics(code.open(tmp_path / "model.py", text))
    assert found.range.start.line == 5
