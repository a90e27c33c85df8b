"""`--sandbox`: what is said where a machine cannot keep a program in."""

from __future__ import annotations

import sys
from pathlib import Path
from unittest import mock

import pytest
from click.testing import CliRunner, Result

from analyzer import cli
from analyzer.dryrun import sandbox
from analyzer.dryrun.sandbox import Mechanisms
from tests.dryrun.writing import EXPORT, MODEL, write

NOTHING, ALL = Mechanisms(), Mechanisms("/usr/bin/bwrap", 6, True)


def tflint(*words: str) -> Result:
    return CliRunner().invoke(cli.main, ["check", "--no-cache", *words], prog_name="tflint")


def test_required_runs_nothing_where_something_is_left_open(tmp_path: Path) -> None:
    program = write(tmp_path, MODEL + EXPORT)
    with mock.patch.object(sandbox, "found", return_value=NOTHING), mock.patch("subprocess.Popen") as started:
        done = tflint("--dry-run", "--sandbox", "required", str(program))
    assert done.exit_code == 2
    assert done.stderr.count("--sandbox required") == 1
    assert "the network can be reached" in done.stderr
    assert not started.called


def test_required_asks_for_nothing_where_all_is_shut() -> None:
    with mock.patch.object(sandbox, "found", return_value=ALL):
        assert sandbox.why_refused("required") is None


def test_what_is_left_open_is_in_the_report() -> None:
    assert ALL.not_enforced == ()
    assert Mechanisms(None, 6, True).not_enforced == ()
    assert Mechanisms(None, 3, True).not_enforced == (sandbox.SIGNALS,)
    assert Mechanisms("/usr/bin/bwrap", 6, False).not_enforced == (sandbox.UNIX_SOCKETS,)
    assert set(NOTHING.not_enforced) >= {sandbox.FILES, sandbox.NETWORK, sandbox.SIGNALS}


@pytest.mark.dryrun
def test_off_confines_nothing_and_says_so(tmp_path: Path) -> None:
    text = f"open({str(tmp_path / 'made')!r}, 'w')\n"
    program = write(tmp_path / "program", MODEL + text + EXPORT)
    done = tflint("--dry-run", "--sandbox", "off", "--python", sys.executable, str(program))
    assert (tmp_path / "made").exists()
    assert "not enforced while your code ran: files outside" in done.stdout


def test_without_a_dry_run_there_is_nothing_to_confine(tmp_path: Path) -> None:
    done = tflint("--sandbox", "required", str(write(tmp_path, MODEL)))
    assert "--sandbox has no effect without --dry-run" in done.stderr
