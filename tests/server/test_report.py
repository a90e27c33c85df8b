"""The conversion report in the editor: which model it is of, and in whose words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.server.editor import PULL, Editor, editor
from tests.server.programs import DICT, PY_FUNC

OTHER = """

def other_fn(features, labels, mode):
    return tf.estimator.EstimatorSpec(mode, predictions={"y": features["x"] * 2.0})


tf.estimator.Estimator(other_fn).export_saved_model("other", receiver)
"""
HEADING = re.compile(r'<details class="model"[^>]*>\s*<summary>\s*<h2>([^<]*)</h2>')


async def headings(code: Editor, uri: str, line: int) -> list[str]:
    """The models that the report speaks of, asked for at a 0-based line."""
    report = await code.command("tflint.server.showReport", uri, line)
    return HEADING.findall(report["content"])


@pytest.mark.asyncio
async def test_it_is_of_the_model_at_the_cursor(tmp_path: Path) -> None:
    program = tmp_path / "model.py"
    program.write_text(PY_FUNC + OTHER)
    last = len((PY_FUNC + OTHER).splitlines()) - 1
    async with editor(PULL, tmp_path) as code:
        uri = code.open(program)
        await code.diagnostics(uri)
        assert await headings(code, uri, 5) == ["model_fn (line 4)"]
        assert await headings(code, uri, last) == ["other_fn (line 23)"]
        assert len(await headings(code, uri, 0)) == 2


@pytest.mark.asyncio
async def test_it_speaks_of_no_flags(tmp_path: Path) -> None:
    program = tmp_path / "model.py"
    program.write_text(DICT)
    async with editor(PULL, tmp_path) as code:
        report = await code.command("tflint.server.showReport", code.open(program), 0)
    text = re.sub(r"<(script|style).*?</\1>", "", report["content"], flags=re.DOTALL)
    assert re.findall(r"--[a-z][\w-]*", text) == []
    assert "a dry run asks the converter" in text
