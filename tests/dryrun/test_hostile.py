"""Whatever a program does, the dry run ends, says what happened and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from analyzer.dryrun import client
from analyzer.dryrun.protocol import Outcome
from tests.dryrun.writing import EXPORT, MODEL, grader, job, write

pytestmark = pytest.mark.dryrun

SLEEP = f"97531{os.getpid()}"
"""So long that only this test run sleeps it."""
BEFORE_EXPORT = {
    "trains for ever": "while True:\n    pass\n",
    "sleeps": "import time\ntime.sleep(10**6)\n",
    "exits": "import sys\nsys.exit('bye')\n",
    "reads standard input": "name = input()\n",
    "lacks a file": "open('no_such.csv')\n",
    "wants arguments": (
        "import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('data')\nparser.parse_args()\n"
    ),
}
SAYS = {
    "trains for ever": "did not end within",
    "sleeps": "did not end within",
    "exits": "exits with 'bye'",
    "reads standard input": "EOFError",
    "lacks a file": "no_such.csv",
    "wants arguments": "exits with 2",
}


def dry_run(folder: Path, text: str, with_entry_point: bool = False, **limits: float) -> Outcome:
    program = write(folder, MODEL + text)
    points = (grader(program),) if with_entry_point else ()
    return client.run(job(program, points, **limits), Path(sys.executable))


def command_lines() -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace"))
            except (FileNotFoundError, ProcessLookupError):
                continue
    return found


@pytest.fixture(scope="module")
def before_export(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """Programs that never reach their export, with the entry point that static analysis would find."""
    folder = tmp_path_factory.mktemp("hostile")
    programs = [write(folder / name, MODEL + text + EXPORT) for name, text in BEFORE_EXPORT.items()]
    jobs = [job(program, (grader(program),), seconds=12.0) for program in programs]
    return dict(zip(BEFORE_EXPORT, client.run_many(jobs, Path(sys.executable)), strict=True))


@pytest.mark.parametrize("name", list(BEFORE_EXPORT))
def test_a_program_that_never_exports_is_built_from_its_entry_point(
    name: str, before_export: dict[str, Outcome]
) -> None:
    outcome = before_export[name]
    assert SAYS[name] in outcome.message
    (model,) = outcome.models
    assert model.found_by == "entry point"
    assert [(result.outcome, result.interpreter) for result in model.as_written.results] == [
        ("converts", "matches")
    ] * 2


def test_without_an_entry_point_the_program_itself_is_what_stopped(tmp_path: Path) -> None:
    outcome = dry_run(tmp_path, "open('no_such.csv')\n" + EXPORT)
    assert outcome.stopped_at == "import"
    assert outcome.raised is not None
    assert outcome.raised.type == "FileNotFoundError"
    assert outcome.models == ()


def test_an_abort_is_a_crash(tmp_path: Path) -> None:
    outcome = dry_run(tmp_path, "import os\nos.abort()\n")
    assert (outcome.stopped_at, outcome.models) == ("crashed", ())
    assert "SIGABRT" in outcome.message


def test_killing_the_watcher_is_a_crash_and_leaves_nothing(tmp_path: Path) -> None:
    text = f"import os, subprocess\nos.kill(os.getppid(), 9)\nsubprocess.run(['sleep', '{SLEEP}1'])\n"
    outcome = dry_run(tmp_path, text)
    assert outcome.stopped_at == "crashed"
    assert "ended the process that watches it" in outcome.message
    assert not [line for line in command_lines() if f"{SLEEP}1" in line]


def test_killing_tflint_leaves_nothing(tmp_path: Path) -> None:
    program = write(tmp_path, MODEL + f"import subprocess\nsubprocess.run(['sleep', '{SLEEP}3'])\n")
    text = f"""\
import sys, threading, time
from pathlib import Path
from analyzer.dryrun.client import Workers
from analyzer.dryrun.protocol import Job
with Workers(Path(sys.executable)) as workers:
    job = Job({str(program)!r}, {str(tmp_path)!r})
    threading.Thread(target=workers.run, args=(job,), daemon=True).start()
    while not workers.scratch():
        time.sleep(0.05)
    print(workers.scratch()[0], flush=True)
    time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE, text=True) as tflint:
        assert tflint.stdout is not None
        folder = Path(tflint.stdout.readline().strip())
        wait_until(lambda: any(f"{SLEEP}3" in line for line in command_lines()))
        tflint.kill()
    wait_until(lambda: not folder.exists() and not any(f"{SLEEP}3" in line for line in command_lines()))


def wait_until(is_so: Callable[[], bool], seconds: float = 120.0) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.1)


def test_ignoring_the_alarm_does_not_help(tmp_path: Path) -> None:
    started = time.monotonic()
    outcome = dry_run(
        tmp_path, "import signal, time\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\ntime.sleep(1e6)\n", seconds=6.0
    )
    assert outcome.stopped_at == "timeout"
    assert time.monotonic() - started < 60


def test_memory_is_limited(tmp_path: Path) -> None:
    text = "hoard = []\nwhile True:\n    hoard.append(np.ones(10**7))\n"
    outcome = dry_run(tmp_path, text, memory_bytes=2 << 30)
    assert outcome.stopped_at == "crashed"
    assert "memory" in outcome.message


def test_children_are_ended_even_when_they_double_fork(tmp_path: Path) -> None:
    text = f"""\
import os, subprocess
subprocess.Popen(["sleep", "{SLEEP}2"])
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execvp("sleep", ["sleep", "{SLEEP}2"])
    os._exit(0)
"""
    outcome = dry_run(tmp_path, text + EXPORT)
    assert [model.found_by for model in outcome.models] == ["export call"]
    assert not [line for line in command_lines() if f"{SLEEP}2" in line]


def test_relative_reads_work_and_relative_writes_stay_in_scratch(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "data.txt").write_text("apples")
    text = """\
assert open("sub/data.txt").read() == "apples"
open("sub/data.txt", "w").write("pears")
open("made.txt", "w").write("made")
print("x" * 10**8)
"""
    outcome = dry_run(tmp_path, text + EXPORT)
    assert outcome.models[0].as_written.stopped_at is None, outcome
    assert (tmp_path / "sub" / "data.txt").read_text() == "apples"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["program.py", "sub"]
