"""The entry that a report prints for a model that was not built has it built, pasted and filled in."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from analyzer import cli

pytestmark = pytest.mark.dryrun

HEAD = """\
import tensorflow as tf

v1 = tf.compat.v1


def received():
    wind = v1.placeholder(tf.float32, [None, 4], name="wind")
    return tf.estimator.export.ServingInputReceiver({"wind": wind}, {"wind": wind})


"""
PLAIN = """\
def rain_model_fn(features, labels, mode):
    return tf.estimator.EstimatorSpec(mode, predictions={"rain": v1.layers.dense(features["wind"], 3)})
"""
SCRIPT = """\
def train(out, units):
    def receive():
        return received()

    def model_fn(features, labels, mode):
        return tf.estimator.EstimatorSpec(mode, predictions={"rain": v1.layers.dense(features["wind"], units)})

    tf.estimator.Estimator(model_fn, "model").export_saved_model(out, receive)
"""
PROGRAMS = {
    "plain.py": PLAIN,
    "hyperparameters.py": PLAIN.replace("mode):", "mode, params):").replace("3)", 'params["units"])'),
    "builder.py": """\
class Size:
    def __init__(self, units, depth=1):
        self.units = units
        self.depth = depth


def rain_model_fn_builder(size, names, scale=1.0):
    def model_fn(features, labels, mode, params):
        h = features["wind"]
        for _ in names * size.depth:
            h = v1.layers.dense(h, size.units)
        return tf.estimator.EstimatorSpec(mode, predictions={"rain": h * scale})

    return model_fn
""",
    "estimator.py": """\
class Rain(tf.estimator.Estimator):
    def __init__(self, units, model_dir=None, *, scale):
        self.units = units
        self.scale = scale
        super().__init__(model_fn=self._model_fn, model_dir=model_dir)

    def _model_fn(self, features, labels, mode):
        h = v1.layers.dense(features["wind"], self.units) * self.scale
        return tf.estimator.EstimatorSpec(mode, predictions={"rain": h})
""",
    "warm.py": PLAIN.replace(":\n", ":\n    tf.train.list_variables('gs://bucket/model.ckpt')\n", 1),
    "tpu.py": PLAIN.replace("estimator.EstimatorSpec", "compat.v1.estimator.tpu.TPUEstimatorSpec"),
    "script.py": SCRIPT,
    "trained.py": """\
import plain


def main(argv):
    tf.estimator.Estimator(plain.rain_model_fn, argv[1]).train(open(argv[2]))
""",
    "callable.py": SCRIPT.replace("train(out, units)", 'train(out="out", units=3)'),
    "unimportable.py": f"import library_that_is_not_there\n\n\n{PLAIN}",
}
VALUES = {
    "hyperparameters.py": {"params": "{units = 3}"},
    "builder.py": {"arguments.size": '{_target_ = "builder.Size", units = 3}', "arguments.names": '["a", "b"]'},
    "estimator.py": {"arguments.units": "3", "arguments.scale": "2.0"},
    "script.py": {"arguments.out": '"out"', "arguments.units": "3"},
}
TO_FILL = ["plain.py", "warm.py", "tpu.py", "hyperparameters.py", "builder.py", "estimator.py", "script.py"]
WRONG = {
    '{_target_ = "builder.Sise"}': "builder.Sise(...) raised ModuleNotFoundError",
    '{_target_ = "builder.Size"}': "builder.Size(...) raised TypeError",
}
Models = Mapping[str, list[dict[str, Any]]]


def dry_run(folder: Path, *paths: str) -> Models:
    """The models that a dry run reports, by the program that was named for it."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        words = ["check", "--no-cache", "--dry-run", "--output-format", "json", *paths]
        done = CliRunner().invoke(cli.main, words)
    finally:
        os.chdir(before)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    by_file: dict[str, list[dict[str, Any]]] = {}
    for model in json.loads(done.stdout)["models"]:
        by_file.setdefault(model["model_fn"]["file"], []).append(model)
    return by_file


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("weather")
    for name, text in PROGRAMS.items():
        (made / name).write_text(HEAD + text)
    return made


@pytest.fixture(scope="module")
def unbuilt(folder: Path) -> Models:
    return dry_run(folder, *TO_FILL, "callable.py", "unimportable.py")


@pytest.fixture(scope="module")
def built(folder: Path, unbuilt: Models) -> Models:
    (folder / "pyproject.toml").write_text("\n\n".join(filled(name, unbuilt) for name in TO_FILL))
    return dry_run(folder, *TO_FILL)


def filled(name: str, unbuilt: Models) -> str:
    """The entry with each value in its place, and a shape for each feature."""
    lines = []
    for line in unbuilt[name][0]["entry"].splitlines():
        key = line.partition(" = ")[0]
        value = VALUES.get(name, {}).get(key, '"float32[?, 4]"' if key.startswith("features") else None)
        lines.append(line if value is None else f"{key} = {value}")
    return "\n".join(lines).replace("[tool.tflint.models.rain]", f"[tool.tflint.models.{name.removesuffix('.py')}]")


@pytest.mark.parametrize("name", TO_FILL)
def test_pasted_and_filled_in_it_has_the_model_built(name: str, unbuilt: Models, built: Models) -> None:
    assert unbuilt[name][0]["results"] == []
    assert unbuilt[name][0]["entry"]
    (model,) = built[name]
    assert model["found_by"] == "configuration", model["limits"]
    assert {(one["outcome"], one["interpreter"]) for one in model["results"]} == {("converts", "matches")}
    assert model["entry"] == ""


def test_a_function_that_needs_no_arguments_is_called_without_one(unbuilt: Models) -> None:
    (model,) = unbuilt["callable.py"]
    assert model["found_by"] == "entry point"
    assert {one["outcome"] for one in model["results"]} == {"converts"}


def test_there_is_none_where_the_module_cannot_be_imported(unbuilt: Models) -> None:
    (model,) = unbuilt["unimportable.py"]
    assert any("No module named 'library_that_is_not_there'" in limit for limit in model["limits"])
    assert model["entry"] == ""


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("paths", [["trained.py"], ["trained.py", "plain.py"]])
def test_it_tells_of_a_model_fn_whichever_file_trains_it(folder: Path, paths: list[str]) -> None:
    (model,) = dry_run(folder, *paths)["plain.py"]
    assert model["found_by"] == "configuration"


def test_what_is_wrong_in_an_argument_is_told(tmp_path: Path) -> None:
    (tmp_path / "builder.py").write_text(HEAD + PROGRAMS["builder.py"])
    entries = [
        f"""\
[tool.tflint.models.rain{number}]
model-fn = "builder.py:rain_model_fn_builder"
arguments = {{size = {size}, names = ["a"]}}
features.wind = "float32[?, 4]"
"""
        for number, size in enumerate(WRONG)
    ]
    (tmp_path / "pyproject.toml").write_text("\n".join(entries))
    said = json.dumps(dry_run(tmp_path, "builder.py"))
    assert [words for words in WRONG.values() if words not in said] == []
