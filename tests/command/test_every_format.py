"""What holds for all formats: no report, however odd, and no stream, however poor, loses a finding or an error."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from analyzer import reporting
from analyzer.settings import OutputFormat, Settings
from tests.command import reports

ROOT = Path(__file__).parents[2]
SHAPES = reports.every_shape()
FORMATS: tuple[OutputFormat, ...] = get_args(OutputFormat)


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("output_format", FORMATS)
def test_every_shape_is_told(capsys: pytest.CaptureFixture[str], output_format: OutputFormat, name: str) -> None:
    made = SHAPES[name]
    assert reporting.write(made, Settings(output_format=output_format, show_refuted=True)) == ()
    told = capsys.readouterr()
    assert told.out.count("TFL401") >= sum(found.code == "TFL401" for found in made.findings)
    for error in made.errors if "hostile" not in name else ():
        assert error.message in told.out + told.err
    assert not set("\x1b\x07\0\x9b\u202e") & set(told.out + told.err)
    (told.out + told.err).encode("utf-8")


POOR = """
from analyzer import reporting
from analyzer.settings import Settings
from tests.command import reports
for name in ("cause", "paths", "undecodable path", "hostile: right to left", "hostile: surrogates"):
    reporting.write(reports.every_shape()[name], Settings(output_format="{}", dry_run=True))
"""


@pytest.mark.parametrize("output_format", FORMATS)
def test_a_stream_in_ascii_gets_the_whole_report(output_format: OutputFormat) -> None:
    done = subprocess.run(
        [sys.executable, "-c", POOR.format(output_format)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"},
        cwd=ROOT,
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.isascii()
    assert b"Traceback" not in done.stderr
    assert done.stdout.count(b"TFL401") >= 4
