"""An interpreter that cannot serve gives one sentence: which, and what to install."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from analyzer.dryrun import client
from analyzer.dryrun.protocol import Outcome
from tests.dryrun.writing import EXPORT, MODEL, job, write


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python without any package."""
    folder = tmp_path_factory.mktemp("bare")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    return folder / "bin" / "python"


def outcome_under(python: Path, folder: Path) -> Outcome:
    outcome = client.run(job(write(folder, MODEL + EXPORT)), python)
    assert outcome.stopped_at == "interpreter"
    assert outcome.models == ()
    assert "install tensorflow" in outcome.message
    assert str(python) in outcome.message
    return outcome


def test_an_interpreter_that_does_not_exist(tmp_path: Path) -> None:
    assert "cannot be run" in outcome_under(tmp_path / "no" / "python", tmp_path).message


def test_an_interpreter_without_tensorflow(bare: Path, tmp_path: Path) -> None:
    assert "has no TensorFlow" in outcome_under(bare, tmp_path).message


def test_a_tensorflow_that_does_not_import(bare: Path, tmp_path: Path) -> None:
    (packages,) = bare.parent.parent.glob("lib/python*/site-packages")
    (packages / "tensorflow.py").write_text("raise RuntimeError('compiled for another processor')\n")
    try:
        assert "compiled for another processor" in outcome_under(bare, tmp_path).message
    finally:
        (packages / "tensorflow.py").unlink()


def test_a_tensorflow_that_ends_the_process(bare: Path, tmp_path: Path) -> None:
    (packages,) = bare.parent.parent.glob("lib/python*/site-packages")
    (packages / "tensorflow.py").write_text("import os\nos.abort()\n")
    try:
        assert "ended before TensorFlow was imported" in outcome_under(bare, tmp_path).message
    finally:
        (packages / "tensorflow.py").unlink()


@pytest.mark.parametrize("script", ["exit 3", "echo hello", "echo '[1]'"])
def test_a_command_that_is_no_python(script: str, tmp_path: Path) -> None:
    command = tmp_path / "python"
    command.write_text(f"#!/bin/sh\n{script}\n")
    command.chmod(0o755)
    assert "ended before TensorFlow was imported" in outcome_under(command, tmp_path).message
