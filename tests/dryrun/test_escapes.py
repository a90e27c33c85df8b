"""What a program may not do: each way out is tried, and shut, or ended within the limits, and the report says so.

Every escape is tried under each sandbox that this machine has; all programs of one share a worker, and after each an
honest program is answered by it.
"""

from __future__ import annotations

import os
import socket
import sys
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from unittest import mock

import pytest

from analyzer.dryrun import sandbox
from analyzer.dryrun.client import Workers
from analyzer.dryrun.protocol import Outcome
from analyzer.dryrun.sandbox import Mechanisms
from tests.dryrun.writing import EXPORT, MODEL, grader, job, write

SLEEP = f"86420{os.getpid()}"
"""So long that only this test run sleeps it."""
CONVERTED = [("converts", "matches")] * 2
LIMITS = {"seconds": 40.0, "memory_bytes": 2 << 30, "disk_bytes": 64 << 20, "processes": 24}


HERE = sandbox.found()
SANDBOXES: Mapping[str, Mechanisms] = {
    **({"bubblewrap": HERE} if HERE.bubblewrap is not None else {}),
    **({"landlock": replace(HERE, bubblewrap=None)} if HERE.landlock and HERE.is_filtered else {}),
}
"""Those of this machine, by name."""
if not SANDBOXES:
    warnings.warn("NO SANDBOX HERE: neither bubblewrap nor Landlock can be used, no escape is tried", stacklevel=1)

pytestmark = [
    pytest.mark.dryrun,
    pytest.mark.skipif(not SANDBOXES, reason="neither bubblewrap nor Landlock with seccomp can be used here"),
]


@dataclass(frozen=True, slots=True)
class Prison:
    """A sandbox with a warm worker, and a folder for programs."""

    workers: Workers
    folder: Path
    mechanisms: Mechanisms

    def run(self, text: str, **limits: float) -> Outcome:
        program = write(self.folder / f"p{time.monotonic_ns()}", MODEL + text)
        return self.workers.run(replace(job(program, (), **(LIMITS | limits)), profiles=("builtins",)))

    @property
    def scratch(self) -> list[Path]:
        """What is left of all runs."""
        return [left for place in self.workers.scratch() for left in (place / "runs").iterdir()]


@contextmanager
def prison(name: str, folder: Path) -> Iterator[Prison]:
    with (
        mock.patch.object(sandbox, "found", return_value=SANDBOXES[name]),
        Workers(Path(sys.executable)) as workers,
    ):
        yield Prison(workers, folder, SANDBOXES[name])


@pytest.fixture(scope="module", params=list(SANDBOXES))
def cell(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prison]:
    with prison(request.param, tmp_path_factory.mktemp(request.param)) as cell:
        yield cell


IN_ANY = pytest.mark.parametrize("cell", list(SANDBOXES)[:1], indirect=True)
"""For what every sandbox does alike."""


@pytest.fixture(autouse=True)
def _the_next_honest_run_answers(cell: Prison) -> Iterator[None]:
    yield
    assert cell.scratch == []
    assert sleepers() == []
    outcome = cell.run(EXPORT)
    assert [(result.outcome, result.interpreter) for result in outcome.models[0].as_written.results] == CONVERTED
    assert outcome.not_enforced == cell.mechanisms.not_enforced


def sleepers() -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            except (FileNotFoundError, ProcessLookupError):
                continue
            found += [line] * (SLEEP in line)
    return found


def stopped_by(outcome: Outcome, *words: str) -> None:
    """The program died of an exception of which the report says these words, or some of its few."""
    assert outcome.stopped_at == "import"
    assert any(word in outcome.message for word in words), outcome.message


def ended(outcome: Outcome, words: str) -> None:
    assert outcome.stopped_at in ("crashed", "timeout")
    assert words in outcome.message


CLOSED = "Read-only file system", "Permission denied"


def trying(acts: Sequence[str], refusals: Sequence[str]) -> str:
    """A program that dies of what it could do although it should not."""
    return f"""\
import os, socket, subprocess, urllib.request
done = []
for act in {list(acts)!r}:
    try:
        exec(act)
        done.append(act)
    except Exception as error:
        if not any(words in str(error) for words in {list(refusals)!r}):
            done.append(act + " said " + str(error))
raise ValueError(f"could do {{done}}")
"""


def test_writing_outside(cell: Prison, tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_text("kept")
    acts = [
        "open({path!r}, 'w')",
        "open({path!r}, 'a')",
        "os.truncate({path!r}, 0)",
        "os.unlink({path!r})",
        "os.rename({path!r}, {path!r} + '2')",
        "os.rename({path!r}, 'here')",
        "os.link({path!r}, 'link'); open('link', 'w')",
        "os.symlink({path!r}, 'way'); open('way', 'w')",
        "os.mkdir({path!r} + '.d')",
        "os.mkfifo({path!r} + '.p')",
        "tf.io.gfile.GFile({path!r}, 'w').write('x')",
        "subprocess.run(['sh', '-c', 'echo > \"$0\"', {path!r}], check=True)",
        "open('/proc/sys/kernel/hostname', 'w').write('x')",
        "os.mknod('disk', 0o60600, os.makedev(254, 0))",
    ]
    refusals = (*CLOSED, "Invalid cross-device link", "exit status", "Operation not permitted")
    outcome = cell.run(trying([act.format(path=str(kept)) for act in acts], refusals))
    stopped_by(outcome, "could do []")
    assert kept.read_text() == "kept"
    assert [entry.name for entry in tmp_path.iterdir()] == ["kept.txt"]


def test_a_refused_write_is_what_the_report_says(cell: Prison, tmp_path: Path) -> None:
    outcome = cell.run(f"open({str(tmp_path / 'new')!r}, 'w')\n")
    stopped_by(outcome, *CLOSED)
    assert str(tmp_path / "new") in outcome.message


def test_changing_the_mode_of_a_file_outside(cell: Prison, tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_text("kept")
    kept.chmod(0o640)
    before = kept.stat()
    cell.run(f"import os\nos.utime({str(kept)!r}, (1, 1))\nos.chmod({str(kept)!r}, 0o777)\n")
    assert (kept.stat().st_mode, kept.stat().st_mtime_ns) == (before.st_mode, before.st_mtime_ns)


def test_deleting_the_program_s_own_folder(cell: Prison) -> None:
    text = "import os, shutil\nshutil.rmtree(os.path.dirname(__file__))\n"
    outcome = cell.run(text + EXPORT)
    stopped_by(outcome, *CLOSED)
    assert outcome.raised is not None
    assert Path(outcome.raised.frames[0].path).read_text().endswith(EXPORT)


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_UNIX])
def test_connecting(cell: Prison, tmp_path: Path, family: socket.AddressFamily) -> None:
    with socket.socket(family) as server:
        server.bind(("127.0.0.1", 0) if family == socket.AF_INET else os.fspath(tmp_path / "socket"))
        server.listen()
        text = f"import socket\nsocket.socket({int(family)}).connect({server.getsockname()!r})\n"
        stopped_by(cell.run(text), "Network is unreachable")
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_other_ways_to_the_network(cell: Prison) -> None:
    acts = [
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'out', ('127.0.0.1', 9))",
        "socket.socket().bind(('127.0.0.1', 0))",
        "socket.socket(socket.AF_INET6).bind(('::1', 0))",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).bind(('', 0))",
        "socket.socket(socket.AF_UNIX).bind('\\0tflint-test')",
        "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
        "socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0].sendto(b'out', '/dev/log')",
        "urllib.request.urlopen('http://127.0.0.1:9/')",
    ]
    stopped_by(cell.run(trying(acts, ["Network is unreachable"])), "could do []")


def test_what_asyncio_needs_is_left(cell: Prison) -> None:
    outcome = cell.run("import asyncio\nasyncio.new_event_loop().run_until_complete(asyncio.sleep(0))\n" + EXPORT)
    assert [model.found_by for model in outcome.models] == ["export call"]


BOMBS = {
    "of one group": "for _ in range(6):\n    os.fork()\ntime.sleep(60)\n",
    "of many sessions": "for _ in range(6):\n    if os.fork() == 0:\n        os.setsid()\ntime.sleep(60)\n",
    "of the shell": """\
bomb = 'f() { if [ $1 = 6 ]; then sleep 60; else f $(($1 + 1)) & f $(($1 + 1)); fi; }; f 0'
subprocess.run(['sh', '-c', bomb])
""",
    "forking for ever": """\
first, until = os.getpid(), time.time() + 60
for _ in range(5):
    os.fork()
while os.getpid() != first and time.time() < until:
    if os.fork():
        os._exit(0)
    os.setsid()
time.sleep(60)
""",
}
"""They stop by themselves, for the sake of a machine where this test fails."""


@pytest.mark.parametrize("name", BOMBS)
def test_a_fork_bomb(cell: Prison, name: str) -> None:
    outcome = cell.run("import os, subprocess, time\n" + BOMBS[name], seconds=120.0)
    ended(outcome, "more processes than the limit")


HOARDS = {
    "of its own": "hoard = []\nwhile True:\n    hoard.append(np.ones(10**7))\n",
    "shared": "import mmap\nhoard = mmap.mmap(-1, 1 << 33)\nwhile True:\n    hoard.write(b'1' * (1 << 24))\n",
    "of children": """\
import os
for _ in range(3):
    os.fork()
hoard = []
while True:
    hoard.append(np.ones(10**7))
""",
}


@IN_ANY
def test_memory_bombs(cell: Prison) -> None:
    for name, text in HOARDS.items():
        outcome = cell.run(text, seconds=120.0, memory_bytes=1 << 30)
        assert "more memory than the limit" in outcome.message, (name, outcome.message)


@IN_ANY
def test_memory_that_is_no_process_s(cell: Prison) -> None:
    text = "import os\nheld = os.memfd_create('hoard')\nwhile True:\n    os.write(held, b'1' * (1 << 24))\n"
    stopped_by(cell.run(text), "not implemented")


@IN_ANY
def test_an_endless_loop_that_ignores_every_signal(cell: Prison) -> None:
    text = """\
import signal
for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
while True:
    pass
"""
    started = time.monotonic()
    ended(cell.run(text, seconds=5.0), "did not end within the time limit")
    assert time.monotonic() - started < 60


def test_a_daemon(cell: Prison) -> None:
    text = f"""\
import os
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execvp("sleep", ["sleep", "{SLEEP}"])
    os._exit(0)
"""
    assert [model.found_by for model in cell.run(text + EXPORT).models] == ["export call"]


@pytest.mark.parametrize("who", ["os.getppid()", "1", "-1"])
def test_killing_other_processes(cell: Prison, who: str) -> None:
    if sandbox.SIGNALS in cell.mechanisms.not_enforced:
        pytest.skip("this kernel's Landlock (before Linux 6.12) does not keep signals inside")
    text = f"""\
import os, subprocess
subprocess.Popen(["sleep", "{SLEEP}"], start_new_session=True)
try:
    os.kill({os.getpid()}, 0)
except (PermissionError, ProcessLookupError):
    os.kill({who}, 9)
    subprocess.run(["sleep", "{SLEEP}"])
"""
    outcome = cell.run(text, seconds=5.0)
    alone = who == "1" and cell.mechanisms.bubblewrap is None
    words = ("PermissionError",) if alone else ("ended the process that watches it", "did not end within")
    assert outcome.message.startswith(("program.py was stopped", "the program did not end")) or alone
    assert any(word in outcome.message for word in words), outcome.message


@IN_ANY
def test_stopping_the_parent(cell: Prison) -> None:
    text = "import os, signal, time\nos.kill(os.getppid(), signal.SIGSTOP)\ntime.sleep(1e6)\n"
    with mock.patch("analyzer.dryrun.processes.GRACE_SECONDS", 2.0):
        message = cell.run(text, seconds=6.0).message
    # The latter on a machine so slow that the time is up before the program begins.
    assert "ended the process that watches it" in message or "did not end within the time limit" in message


@IN_ANY
def test_reading_standard_input(cell: Prison) -> None:
    stopped_by(cell.run("name = input()\n"), "EOFError")


FILLING = {
    "one file": "out = open('big', 'wb')\nwhile True:\n    out.write(b'1' * (1 << 20))\n",
    "many files": "for number in range(10**6):\n    open(f'big{number}', 'wb').write(b'1' * (1 << 22))\n",
    "deleted files": """\
import os
held = []
for number in range(10**3):
    held.append(open("big", "wb"))
    os.unlink("big")
    held[-1].write(b"1" * (1 << 22))
""",
    "empty files": "for number in range(10**7):\n    open(f'none{number}', 'wb').close()\n",
}


@IN_ANY
def test_filling_the_disk(cell: Prison) -> None:
    for name, text in FILLING.items():
        outcome = cell.run(text, seconds=120.0)
        full = ("wrote more to disk than the limit", "File too large" if name == "one file" else "no other words")
        assert any(words in outcome.message for words in full), (name, outcome.message)


@IN_ANY
def test_gigabytes_to_standard_output(cell: Prison) -> None:
    text = "import os\nfor _ in range(1 << 10):\n    os.write(1, b'1' * (1 << 20))\n"
    assert [model.found_by for model in cell.run(text + EXPORT).models] == ["export call"]


@IN_ANY
def test_crashes(cell: Prison) -> None:
    ended(cell.run("import ctypes\nctypes.string_at(0)\n"), "its process was ended by SIGSEGV")
    ended(cell.run("import os\nos.abort()\n"), "its process was ended by SIGABRT")
    ended(cell.run("import os\nos._exit(0)\n"), "its process ended early")


def test_secrets_of_the_environment(tmp_path: Path) -> None:
    secret = "hush-" + SLEEP
    names = ("GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "PGPASSWORD", "MY_OWN_THING", "DATABASE_URL", "TF_API_KEY")
    text = f"""\
import glob, os
own = [name for name, value in os.environ.items() if {secret!r} in value]
other = []
for path in glob.glob("/proc/[0-9]*/environ"):
    try:
        other += [path] * ({secret.encode()!r} in open(path, "rb").read())
    except OSError:
        continue
raise ValueError(f"own {{own}}, of others {{other}}, data {{os.environ['DATA_DIR']}}, {{os.environ.get('SSH_AUTH_SOCK')}}")
"""
    told = dict.fromkeys(names, secret) | {"DATA_DIR": str(tmp_path), "SSH_AUTH_SOCK": str(tmp_path)}
    for name in SANDBOXES:
        with mock.patch.dict(os.environ, told), prison(name, tmp_path) as cell:
            message = cell.run(text).message
        assert f"own [], of others [], data {tmp_path}, None" in message


FORGED = {
    "empty": "'{}'",
    "a list": "'[]'",
    "nested": "'[' * 10**6",
    "of other types": "json.dumps({'models': 'abc', 'message': 7, 'finished': 'yes'})",
    "leading out": """json.dumps({'finished': True, 'models': [
        dict.fromkeys(['model_fn', 'estimator', 'receiver', 'export'])
        | {'found_by': 'export call', 'as_written': {'saved': '/etc'}}]})""",
}


@IN_ANY
def test_a_forged_report(cell: Prison) -> None:
    for name, text in FORGED.items():
        outcome = cell.run(_forging(f"out = open(path, 'w')\nout.write({text})\nout.close()\n"))
        assert (name, outcome.stopped_at, outcome.models) == (name, "crashed", ())


@IN_ANY
def test_something_else_in_the_place_of_the_report(cell: Prison) -> None:
    for act in ("symlink('/dev/zero', path)", "mkfifo(path)", "mkdir(path)", "symlink('/etc/passwd', path)"):
        outcome = cell.run(_forging(f"os.{act}\n"))
        assert (act, outcome.stopped_at, outcome.models) == (act, "crashed", ())


def _forging(act: str) -> str:
    return f"""\
import json, os, sys
frame = sys._getframe()
while "request" not in frame.f_locals:
    frame = frame.f_back
path = frame.f_locals["request"]["result"]
{act}os._exit(0)
"""


@IN_ANY
def test_a_link_in_the_place_of_the_scratch_folder(cell: Prison, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    text = f"""\
import os
run = os.path.dirname(os.path.dirname(os.getcwd()))
os.rename(run, run + "x")
os.symlink({str(tmp_path / "outside")!r}, run)
os._exit(0)
"""
    program = write(cell.folder / "links", MODEL + text)
    # With an entry point tflint writes into the folder again.
    outcome = cell.workers.run(job(program, (grader(program),), **LIMITS))
    assert "tampered" in outcome.message
    assert list((tmp_path / "outside").iterdir()) == []
