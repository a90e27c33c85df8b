"""What is told of the place under the cursor."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.server.editor import PULL, editor
from tests.server.programs import PY_FUNC


@pytest.mark.asyncio
async def test_on_a_finding(tmp_path: Path) -> None:
    program = tmp_path / "model.py"
    program.write_text(PY_FUNC)
    async with editor(PULL, tmp_path) as code:
        uri = code.open(program)
        await code.diagnostics(uri)
        told = await code.hover(uri, 4, 20)
    assert "**TFL401 py-func-in-exported-graph**" in told
    assert "Suspected, not tested" in told
    assert "keeps Python inside the graph" in told


@pytest.mark.asyncio
async def test_on_an_api(tmp_path: Path) -> None:
    text = "import tensorflow.compat.v1 as tf\nv1 = tf.nn\nx = tf.math.erf(1.0) + v1.relu(2.0)\ny = tf.flags.FLAGS\n"
    async with editor(PULL, tmp_path) as code:
        uri = code.open(tmp_path / "new.py", text)
        told = await code.hover(uri, 2, 13)
        assert "`tf.math.erf` in an exported model" in told
        assert "| 2.15 | needs Select TF ops (Erf) |" in told
        assert "`tf.nn.relu` in an exported model" in await code.hover(uri, 2, 26)
        assert await code.hover(uri, 3, 12) == ""
        assert await code.hover(uri, 0, 3) == ""


@pytest.mark.asyncio
async def test_on_a_code_in_a_comment(tmp_path: Path) -> None:
    text = "x = 1  # tflint: ignore[TFL501, py-func-in-exported-graph] because\ny = 2  # noqa: TFL401, E501\n"
    async with editor(PULL, tmp_path) as code:
        uri = code.open(tmp_path / "new.py", text)
        await code.diagnostics(uri)
        assert (await code.hover(uri, 0, 26)).startswith("# TFL501 noise-in-exported-graph")
        assert (await code.hover(uri, 0, 40)).startswith("# TFL401 py-func-in-exported-graph")
        assert (await code.hover(uri, 1, 17)).startswith("# TFL401 py-func-in-exported-graph")
        assert "# TFL" not in await code.hover(uri, 1, 24)
        assert await code.hover(uri, 0, 2) == ""
