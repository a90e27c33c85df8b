"""SavedModels given as paths: judged as an export is, on the folder; what is none is told in one sentence."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from analyzer import discovery

ROOT = Path(__file__).parents[2]
MAKE = """
import sys
import tensorflow as tf

v1 = tf.compat.v1


class Model(tf.Module):
    def __init__(self):
        self.w = tf.Variable(tf.random.stateless_normal([3, 2], [1, 2]))

    @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32, name="x")])
    def classify(self, x):
        return {"y": tf.nn.softmax(x @ self.w)}

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="jpeg")])
    def look(self, jpeg):
        mean = lambda one: tf.reduce_mean(tf.cast(tf.io.decode_jpeg(one, 3), tf.float32))
        return {"light": tf.map_fn(mean, jpeg, fn_output_signature=tf.float32)}


model = Model()
tf.saved_model.save(model, sys.argv[1] + "/modern", signatures={"serving_default": model.classify, "look": model.look})
with v1.Graph().as_default(), v1.Session() as session:
    x, unread = v1.placeholder(tf.float32, [None, 3]), v1.placeholder(tf.float32, [None])
    y = v1.nn.dropout(x @ v1.get_variable("w", [3, 2]), rate=0.5)
    session.run(v1.global_variables_initializer())
    v1.saved_model.simple_save(session, sys.argv[1] + "/old", {"x": x, "unread": unread}, {"y": y})
"""


def check(*arguments: str | Path, code: int) -> tuple[dict[str, Any], str]:
    command = [sys.executable, "-m", "analyzer", "check", "--output-format", "json", "--no-cache", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout), done.stderr


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("saved")
    subprocess.run([sys.executable, "-c", MAKE, str(folder)], capture_output=True, timeout=300, check=True)
    return folder


@pytest.mark.dryrun
def test_functions_are_looked_into_and_every_signature_is_judged(made: Path) -> None:
    report, _ = check("--dry-run", made / "modern", code=1)
    (model,) = report["models"]
    assert (model["found_by"], model["model_fn"], model["receiver"]) == ("SavedModel", None, None)
    assert Path(ROOT, model["saved_model"]).resolve() == (made / "modern").resolve()
    verdicts = {(one["signature"], one["profile"]): (one["outcome"], one["interpreter"]) for one in model["results"]}
    assert verdicts["serving_default", "builtins"] == ("converts", "matches")
    assert verdicts["look", "builtins"] == ("refused", "not run")
    assert verdicts["look", "select"] == ("converts", "matches")
    assert {"type": "DecodeJpeg", "count": 1, "support": "select"} in model["results"][0]["ops"]
    (finding,) = report["findings"]
    assert (finding["rule"], finding["verdict"], finding["line"]) == ("TFL904", "confirmed", 1)
    assert finding["message"] == "the converter refuses DecodeJpeg, in this SavedModel: it needs Select TF ops"


@pytest.mark.dryrun
def test_a_graph_of_tensorflow_1_shows_noise_and_an_input_that_nothing_reads(made: Path) -> None:
    report, _ = check("--dry-run", made / "old", code=1)
    assert [(found["rule"], found["severity"]) for found in report["findings"]] == [
        ("TFL908", "error"),
        ("TFL911", "warning"),
    ]
    assert "`unread` of signature `serving_default`" in report["findings"][1]["message"]
    assert report["models"][0]["results"][0]["interpreter"] == "nondeterministic"


@pytest.mark.dryrun
def test_text_names_the_folder_and_no_line(made: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "analyzer", "check", "--dry-run", "modern"],
        cwd=made, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(made)},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.stdout.startswith("modern error TFL904 op-refused-by-converter"), done.stdout + done.stderr
    assert "\nSavedModel (modern): " in done.stdout


@pytest.mark.dryrun
def test_trained_weights_are_kept_as_such_and_never_overwritten(made: Path, tmp_path: Path) -> None:
    report, told = check("--dry-run", "--save-tflite", tmp_path, made / "old", code=1)
    assert [path.name for path in tmp_path.iterdir()] == ["old.model.serving_default.builtins.tflite"]
    assert "placeholder" not in told
    again, _ = check("--dry-run", "--save-tflite", tmp_path, made / "old", code=2)
    assert [error["message"] for error in again["errors"]] == ["it is there already, and was left as it is"]
    assert report["kept"]
    assert not again["kept"]


@pytest.mark.dryrun
def test_a_folder_that_cannot_be_loaded_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "saved_model.pb").write_bytes(b"junk")
    report, _ = check("--dry-run", tmp_path, code=2)
    (error,) = report["errors"]
    assert error["message"].startswith("the SavedModel cannot be judged: OSError: Cannot parse file")
    assert (report["models"], report["findings"]) == ([], [])


def test_without_a_dry_run_nothing_can_be_said(tmp_path: Path) -> None:
    (tmp_path / "saved_model.pb").write_bytes(b"")
    report, _ = check(tmp_path, code=2)
    assert [error["message"] for error in report["errors"]] == [
        "a SavedModel is judged by converting it, which only --dry-run does"
    ]


def test_only_a_folder_that_is_named_is_taken_for_a_saved_model(tmp_path: Path) -> None:
    inner = tmp_path / "exported"
    inner.mkdir()
    (inner / "saved_model.pb").write_bytes(b"")
    (tmp_path / "train.py").write_text("")
    found = discovery.find([tmp_path])
    assert (found.files, found.saved_models) == ((tmp_path / "train.py",), ())
    assert discovery.find([inner, inner]).saved_models == (inner,)
