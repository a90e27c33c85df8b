"""What is remembered between runs: never an answer that is no longer true, and never a reason to fail."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analyzer import analysis, cache, cli
from analyzer.followed import Followed
from analyzer.reading.project import Project
from tests.rules.asking import program

ROOT = Path(__file__).parents[2]
PLAIN = "def score(x):\n    return x\n"
PY_FUNC = "import tensorflow as tf\ndef score(x):\n    return tf.py_func(lambda v: v, [x], tf.float32)\n"
MODEL = "from helper import score\n" + program("y = score(x)")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    (folder / "pkg").mkdir(parents=True)
    (folder / "pkg/model.py").write_text(MODEL)
    (folder / "helper.py").write_text(PY_FUNC)
    (folder / ".git").mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def analysed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are analysed rather than remembered."""
    names: list[str] = []
    real = analysis.analyze

    def watched(project: Project, path: Path) -> Followed:
        names.append(path.name)
        return real(project, path)

    monkeypatch.setattr(analysis, "analyze", watched)
    return names


def tflint(*words: str) -> Result:
    arguments = ["check", "--cache-dir", "../cache", "--output-format", "concise", *words]
    return CliRunner().invoke(cli.main, arguments, catch_exceptions=False)


def flagged() -> list[str]:
    """The files with findings; the same as without a cache."""
    done, fresh = tflint(), tflint("--no-cache")
    assert (done.stdout, done.exit_code) == (fresh.stdout, fresh.exit_code)
    assert done.stderr == fresh.stderr
    return [line.split(":")[0] for line in done.stdout.splitlines() if " TFL401 " in line]


def stored(here: Path) -> Path:
    (file,) = (here.parent / "cache").iterdir()
    return file


def test_a_second_run_analyses_nothing(here: Path, analysed: list[str]) -> None:
    for path in here.rglob("*.py"):
        os.utime(path, (1e9, 1e9))
    first = tflint()
    assert "model.py" in analysed
    analysed.clear()
    second = tflint()
    assert analysed == []
    assert (second.stdout, second.stderr, second.exit_code) == (first.stdout, first.stderr, 1)
    tflint("--no-cache")
    assert "model.py" in analysed


def put(path: Path, text: str) -> Callable[[], object]:
    def change() -> None:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)

    return change


CHANGES: dict[str, tuple[Callable[[], object], list[str]]] = {
    "the file": (put(Path("pkg/model.py"), program("y = x + 1.0")), []),
    "a module that it imports": (put(Path("helper.py"), PLAIN), []),
    "a module that it imports, by a line": (put(Path("helper.py"), "#\n" + PY_FUNC), ["helper.py"]),
    "a module that comes before it": (put(Path("pkg/helper.py"), PLAIN), []),
    "a package that comes before it": (put(Path("pkg/helper/__init__.py"), PLAIN), []),
    "a module that goes": (Path("helper.py").unlink, []),
    "another file": (put(Path("other.py"), PLAIN), ["helper.py"]),
    "a file beside it with a finding": (put(Path("other.py"), MODEL), ["helper.py"]),
    "a project that begins nearer": (put(Path("pkg/pyproject.toml"), ""), []),
    "settings": (put(Path("pyproject.toml"), "[tool.tflint]\nignore = ['TFL401']\n"), []),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_changes_is_seen(here: Path, name: str) -> None:
    change, expected = CHANGES[name]
    assert flagged() == ["helper.py"]
    change()
    assert flagged() == expected
    assert flagged() == expected


def test_a_module_that_was_not_there_appears(here: Path) -> None:
    (here / "helper.py").unlink()
    assert flagged() == []
    (here / "helper.py").write_text(PY_FUNC)
    assert flagged() == ["helper.py"]


def test_a_change_within_a_tick_of_the_clock_is_seen(here: Path) -> None:
    before = (here / "helper.py").stat()
    assert flagged() == ["helper.py"]
    (here / "helper.py").write_text(PY_FUNC.replace("py_func", "identity"))
    os.utime(here / "helper.py", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert flagged() == []


def test_another_folder_remembers_for_itself(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tflint()
    monkeypatch.chdir(here / "pkg")
    done = CliRunner().invoke(cli.main, ["check", "--cache-dir", "../../cache", "--output-format", "concise"])
    assert done.stdout.startswith("../helper.py:")
    assert len(list((here.parent / "cache").iterdir())) == 2


def written_by_another_version(data: bytes) -> bytes:
    head, _, body = data.partition(b"\n")
    return json.dumps(json.loads(head) | {"tflint": "0.0.9"}).encode() + b"\n" + body


def that_would_run_something(data: bytes) -> bytes:
    class Evil:
        def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
            return os.system, ("touch /tmp/tflint-cache-ran",)

    body = pickle.dumps((1, {}, Evil()))
    return json.dumps(json.loads(data.partition(b"\n")[0]) | {"check": cache._check(body)}).encode() + b"\n" + body


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (written_by_another_version, "was written by tflint 0.0.9, and is made anew"),
        (lambda _: b"", "is damaged, and is made anew"),
        (lambda _: b"\n\n", "is damaged, and is made anew"),
        (lambda _: b"[]\nx", "is damaged, and is made anew"),
        (lambda data: data[:20], "is damaged, and is made anew"),
        (lambda data: data[: len(data) // 2], "is damaged, and is made anew"),
        (lambda data: data[:-1], "is damaged, and is made anew"),
        (lambda data: data + b"x", "is damaged, and is made anew"),
        (lambda data: data[:-200] + bytes(200), "is damaged, and is made anew"),
        (that_would_run_something, "is damaged, and is made anew"),
    ],
)
def test_a_cache_that_cannot_be_used_is_made_anew(here: Path, spoil: Callable[[bytes], bytes], words: str) -> None:
    first = tflint()
    file = stored(here)
    file.write_bytes(spoil(file.read_bytes()))
    again = tflint()
    assert (again.stdout, again.exit_code) == (first.stdout, 1)
    assert again.stderr.splitlines()[0] == f"note: the cache {file_as_named(file)} {words}."
    assert not Path("/tmp/tflint-cache-ran").exists()
    assert tflint().stderr == first.stderr


def file_as_named(file: Path) -> str:
    return f"../cache/{file.name}"


def test_a_cache_that_cannot_be_read_or_written(here: Path) -> None:
    first = tflint()
    file = stored(here)
    file.unlink()
    file.mkdir()
    again = tflint()
    assert (again.stdout, again.exit_code) == (first.stdout, 1)
    assert f"note: the cache {file_as_named(file)} cannot be read (Is a directory), and is made anew." in again.stderr
    assert f"note: the cache {file_as_named(file)} cannot be written (Is a directory): the next run" in again.stderr
    assert list(file.parent.iterdir()) == [file], "nothing is left beside it"


def test_a_folder_that_cannot_be_made(here: Path) -> None:
    (here.parent / "cache").write_text("a file stands here")
    done = tflint()
    assert done.exit_code == 1
    assert "cannot be written (" in done.stderr
    assert done.stdout == tflint("--no-cache").stdout


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_is_not_to_be_written(here: Path) -> None:
    (here.parent / "cache").mkdir(mode=0o500)
    done = tflint()
    assert done.exit_code == 1
    assert "cannot be written (Permission denied): the next run starts anew" in done.stderr


def test_simultaneous_runs(here: Path) -> None:
    for number in range(20):
        (here / f"model{number}.py").write_text(MODEL)
    command = [sys.executable, "-m", "analyzer", "check", "--cache-dir", "../cache", "--output-format", "concise"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for _ in range(2):
        runs = [
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) for _ in range(3)
        ]
        told = {run.communicate(timeout=120) for run in runs}
        assert {run.returncode for run in runs} == {1}
        ((output, errors),) = told
        assert output.startswith(b"helper.py:")
        assert b"note:" not in errors
    assert stored(here).suffix == ".cache"
    assert flagged() == ["helper.py"]
