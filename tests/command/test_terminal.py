"""Colours and the progress line: on a terminal, and nowhere else."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REPORT = """
from analyzer import reporting
from analyzer.settings import Settings
from tests.command import reports
reporting.write(reports.dict_bug(), Settings(dry_run=True))
"""
PROGRESS = """
import time
from analyzer.asides import progress
with progress() as tell:
    tell("converting [1/2] model_fn")
    time.sleep(0.5)
    tell("converting [2/2] model_fn")
print("done")
"""
IMPORTS = """
import sys
from analyzer.cli import main
try:
    main(["--version"])
except SystemExit as exit:
    assert exit.code == 0
for name in ("rich", "astroid", "pathspec", "json", "xml", "hashlib", "asyncio", "importlib.metadata"):
    assert name not in sys.modules, name
"""


def environment(**more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "FORCE_COLOR", "COLUMNS"}}
    return {**kept, "TERM": "xterm-256color", "PYTHONPATH": str(ROOT), **more}


def on_a_terminal(script: str, **more: str) -> str:
    """What a terminal gets on standard output and standard error."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdin=slave, stdout=slave, stderr=slave, env=environment(**more), cwd=ROOT
    )
    os.close(slave)
    got = b""
    # Linux ends a terminal whose other side is closed with EIO.
    with suppress(OSError):
        while chunk := os.read(master, 65536):
            got += chunk
    os.close(master)
    assert process.wait(60) == 0, got
    return got.decode()


def piped(script: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment(**more), cwd=ROOT, check=True
    )


def test_a_terminal_gets_colours() -> None:
    out = on_a_terminal(REPORT)
    assert "\x1b[1;31merror" in out


@pytest.mark.parametrize("more", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_colours_can_be_refused(more: dict[str, str]) -> None:
    out = on_a_terminal(REPORT, **more)
    assert "error TFL204" in out
    assert "\x1b" not in out


def test_a_pipe_gets_none() -> None:
    done = piped(REPORT)
    assert "error TFL204" in done.stdout
    assert "\x1b" not in done.stdout + done.stderr


def test_a_report_reaches_an_output_that_lacks_its_signs() -> None:
    done = piped(REPORT, PYTHONIOENCODING="ascii")
    assert "export fails - mended: builtins converts" in done.stdout


def test_progress_is_a_line_that_goes_away() -> None:
    out = on_a_terminal(PROGRESS)
    assert "converting [1/2] model_fn" in out
    assert out.count("\r\n") <= 2
    assert out.rstrip().endswith("done")


@pytest.mark.parametrize("more", [{"TERM": "dumb"}])
def test_a_terminal_that_cannot_redraw_gets_no_progress(more: dict[str, str]) -> None:
    assert on_a_terminal(PROGRESS, **more) == "done\r\n"


def test_a_pipe_gets_no_progress() -> None:
    done = piped(PROGRESS)
    assert (done.stdout, done.stderr) == ("done\n", "")


def test_the_version_loads_nothing_heavy() -> None:
    assert piped(IMPORTS).stdout.startswith("tflint ")
