"""--save-tflite: what is kept can be run by its signature, bears its nature in its name, and overwrites nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from analyzer.dryrun.keeping import Keeper, failures, notes
from analyzer.dryrun.protocol import Kept
from tests.dryrun.writing import EXPORT, MODEL, write

ROOT = Path(__file__).parents[2]
RUN = """
import json, sys
import tensorflow as tf
runner = tf.lite.Interpreter(sys.argv[1]).get_signature_runner("serving_default")
print(json.dumps(runner(apple=tf.ones([2, 3]))["grade"].shape))
"""


def flatbuffer(folder: Path, data: bytes = b"TFL3") -> Path:
    path = folder / "converted.tflite"
    path.write_bytes(data)
    return path


def test_a_name_says_what_the_file_is(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path / "new" / "folder", Path("a b/wine.py"), trained=False)
    kept = keeper.keep(flatbuffer(tmp_path), "model_fn", "serving/default", "builtins", "")
    assert kept == Kept(str(tmp_path / "new/folder/wine.model_fn.serving-default.builtins.placeholder-weights.tflite"))
    assert Path(kept.path).read_bytes() == b"TFL3"


def test_an_earlier_dry_run_is_replaced_and_that_is_said(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path, Path("wine.py"), trained=False)
    first, second = (keeper.keep(flatbuffer(tmp_path, data), "m", "s", "builtins") for data in (b"1", b"2"))
    assert (first.replaced, second.replaced) == (False, True)
    assert Path(second.path).read_bytes() == b"2"
    assert list(notes([second])) == [
        f"1 TensorFlow Lite model is in {tmp_path}: the weights are placeholders, not trained ones",
        "replaced what an earlier dry run left there: wine.m.s.builtins.placeholder-weights.tflite",
    ]


def test_a_file_with_trained_weights_is_never_overwritten(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path, Path("wine"), trained=True)
    first = keeper.keep(flatbuffer(tmp_path, b"1"), "m", "s", "builtins")
    second = keeper.keep(flatbuffer(tmp_path, b"2"), "m", "s", "builtins")
    assert Path(first.path).read_bytes() == b"1"
    assert [failure.message for failure in failures([first, second])] == ["it is there already, and was left as it is"]


@pytest.mark.parametrize("make", [lambda path: path.symlink_to("/etc/passwd"), lambda path: path.mkdir()])
def test_what_a_program_put_in_the_place_of_a_flatbuffer_is_not_copied(tmp_path: Path, make: object) -> None:
    path = tmp_path / "converted.tflite"
    make(path)  # type: ignore[operator]
    kept = Keeper(tmp_path / "kept", Path("wine.py"), trained=False).keep(path, "m")
    assert kept.why_not.startswith("it cannot be written: ")
    assert list((tmp_path / "kept").iterdir()) == []


@pytest.mark.dryrun
def test_what_is_kept_runs_by_its_signature(tmp_path: Path) -> None:
    program = write(tmp_path / "program", MODEL + EXPORT)
    kept = tmp_path / "kept"
    done = subprocess.run(
        [sys.executable, "-m", "analyzer", "check", "--dry-run", "--no-cache", "--save-tflite", str(kept),
         "--output-format", "json", str(program)],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (path,) = kept.iterdir()
    assert path.name == "program.grade_fn.serving_default.builtins.placeholder-weights.tflite"
    report = json.loads(done.stdout)
    assert [Path(ROOT, name).resolve() for name in report["kept"]] == [path.resolve()]
    assert "the weights are placeholders" in done.stderr
    assert report["models"][0]["results"][0]["operators"] == [
        {"name": "FULLY_CONNECTED", "kind": "builtin", "version": 1, "count": 1}
    ]
    ran = subprocess.run(
        [sys.executable, "-c", RUN, str(path)], capture_output=True, text=True, timeout=300, check=True
    )
    assert json.loads(ran.stdout.splitlines()[-1]) == [2, 1]
