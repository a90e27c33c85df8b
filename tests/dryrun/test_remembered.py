"""An unchanged program is answered from the cache; whatever its run hung on makes it run again."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest

from analyzer.dryrun import client
from analyzer.dryrun.client import Workers
from analyzer.dryrun.protocol import Job, Outcome
from tests.dryrun.writing import EXPORT, MODEL, job, write

pytestmark = pytest.mark.dryrun

TEXT = """\
import helper
units = int(open("units.txt").read())
extra = open("/etc/hostname").read()
"""


class Session:
    """Dry runs that count how many of them were really made."""

    def __init__(self, folder: Path) -> None:
        self.remembered = folder / "cache"
        self.workers = Workers(Path(sys.executable), remembered=self.remembered)
        self.folder = folder / "project"
        self.program = write(self.folder, MODEL + TEXT + EXPORT)
        (self.folder / "helper.py").write_text("rate = 1\n")
        (self.folder / "units.txt").write_text("1\n")

    def is_run(self, asked: Job | None = None) -> bool:
        with mock.patch.object(client, "_run_one", wraps=client._run_one) as run:
            self.last: Outcome = self.workers.run(asked or self.job)
        return bool(run.called)

    @property
    def job(self) -> Job:
        return replace(job(self.program), profiles=("builtins",))


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    session = Session(tmp_path_factory.mktemp("remembered"))
    with session.workers:
        assert session.is_run()
        assert session.last.models
        yield session


def test_the_same_again_is_not_run(session: Session) -> None:
    session.is_run()
    first = session.last
    assert not session.is_run()
    assert session.last == first


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("helper.py", "rate = 2\n"),
        ("units.txt", "2\n"),
        ("beside.csv", "TensorFlow may read it\n"),
        ("program.py", None),
    ],
)
def test_a_file_that_it_may_have_read(session: Session, name: str, text: str | None) -> None:
    session.is_run()
    file = session.folder / name
    file.write_text(text if text is not None else file.read_text() + "# more\n")
    assert session.is_run()


def test_a_module_that_it_does_not_import_does_not_count(session: Session) -> None:
    session.is_run()
    (session.folder / "other.py").write_text("unknown = 1\n")
    assert not session.is_run()


def test_other_flags_and_another_tflint(session: Session) -> None:
    session.is_run()
    assert session.is_run(replace(session.job, profiles=("select",)))
    assert not session.is_run()
    memory = session.workers._memory
    assert memory is not None
    assert memory.recalled(session.job) is not None
    assert replace(memory, written_by="another").recalled(session.job) is None


@pytest.mark.parametrize(
    "text", ["while True:\n    pass\n", "import os\nos.abort()\n", "import os\nos.kill(os.getpid(), 9)\n"]
)
def test_what_was_ended_is_not_kept(session: Session, text: str) -> None:
    program = write(session.folder / "ended", MODEL + text)
    asked = job(program, seconds=5.0)
    assert session.is_run(asked)
    assert session.is_run(asked)


def test_a_damaged_cache_is_run_anew(session: Session) -> None:
    session.is_run()
    for file in session.remembered.iterdir():
        file.write_text(file.read_text()[:-10])
    assert session.is_run()
    assert not session.is_run()
