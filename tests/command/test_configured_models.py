"""`[tool.tflint.models]`: what a project says of models that other code exports, and what a dry run makes of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from analyzer import cli
from analyzer.configuration import BadConfiguration, section
from analyzer.dryrun.protocol import FeatureSpec

PROGRAM = """\
import tensorflow as tf


def rain_model_fn(features, labels, mode, params):
    h = tf.compat.v1.layers.dense(features["wind"], params.units)
    rain = tf.compat.v1.layers.dense(h, params["outputs"])
    return tf.estimator.EstimatorSpec(mode, predictions={"rain": tf.compat.v1.erf(rain)})


def make(depth):
    def model_fn(features, labels, mode, params):
        h = features
        for _ in range(depth):
            h = tf.compat.v1.layers.dense(h, 4)
        return tf.estimator.EstimatorSpec(mode, predictions={"h": h})

    return model_fn


def received():
    wind = tf.compat.v1.placeholder(tf.float32, [None, 4], name="wind")
    return tf.estimator.export.ServingInputReceiver({"wind": wind}, {"wind": wind})
"""
RAIN = """
[tool.tflint.models.rain]
model-fn = "weather/model.py:rain_model_fn"
params = {units = 8, outputs = 1}
"""
FEATURES = 'features = {wind = "float32[?, 4]"}\n'
RECEIVER = 'receiver = "weather/model.py:received"\n'
DEEP = """
[tool.tflint.models.deep]
model-fn = "weather/model.py:make"
arguments = {depth = 2}
features = "float32[1, 4]"
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "weather").mkdir()
    (tmp_path / "weather" / "model.py").write_text(PROGRAM)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def tflint(*words: str) -> Result:
    done = CliRunner().invoke(cli.main, ["check", "--no-cache", *words])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    return done


def models(here: Path, configuration: str) -> list[dict[str, Any]]:
    (here / "pyproject.toml").write_text(configuration)
    found: list[dict[str, Any]] = json.loads(tflint("--dry-run", "--output-format", "json", ".").stdout)["models"]
    return found


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("models = 3", "must be a table of tables"),
        ("models = {rain = 3}", "must be a table with a model-fn"),
        ('models = {rain = {model-fn = "m.py:f", feature = "x"}}', "has no setting `feature`"),
        ('models = {rain = {model-fn = "m.f"}}', "must name a file and a function in it"),
        ('models = {rain = {model-fn = "m.py"}}', "must name a file and a function in it"),
        ('models = {rain = {model-fn = "m.py:f()"}}', "must name a file and a function in it"),
        ('models = {rain = {model-fn = "../m.py:f"}}', "below the folder of this one"),
        ('models = {rain = {model-fn = "/m.py:f"}}', "below the folder of this one"),
        ('models = {rain = {model-fn = "m.py:f", params = 3}}', "`params` of `rain` must be a table"),
        ('models = {rain = {model-fn = "m.py:f", features = {}}}', "must be a table of specs"),
        ('models = {rain = {model-fn = "m.py:f", features = {x = "float[3]"}}}', "'float[3]' is no spec"),
        ('models = {rain = {model-fn = "m.py:f", features = {x = "float32"}}}', "'float32' is no spec"),
        ('models = {rain = {model-fn = "m.py:f", features = {x = "float32[a]"}}}', "'float32[a]' is no spec"),
        ('models = {r = {model-fn = "m.py:f", receiver = "m.py:r", features = "int32[]"}}', "says both"),
    ],
)
def test_an_entry_that_cannot_be_used_is_told_in_a_sentence(here: Path, entry: str, words: str) -> None:
    file = here / "pyproject.toml"
    file.write_text(f"[tool.tflint]\n{entry}\n")
    with pytest.raises(BadConfiguration) as caught:
        section(file)
    assert words in str(caught.value)
    done = tflint(".")
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1


def test_specs(here: Path) -> None:
    file = here / "pyproject.toml"
    file.write_text(RAIN + 'features = {a = "float32[?, 28,28]", b = "string[]", c = "int64[ 3 ]"}\n')
    (model,) = (section(file) or {})["models"]
    assert model.features == {
        "a": FeatureSpec("float32", (None, 28, 28)),
        "b": FeatureSpec("string", ()),
        "c": FeatureSpec("int64", (3,)),
    }


@pytest.mark.dryrun
@pytest.mark.parametrize("receiver", [FEATURES, RECEIVER])
def test_a_model_is_built_as_its_entry_says(here: Path, receiver: str) -> None:
    (rain, _) = models(here, RAIN + receiver)
    assert rain["found_by"] == "configuration"
    assert [result["profile"] for result in rain["results"] if result["outcome"] == "converts"] == ["select"] * 2
    assert any("[tool.tflint.models.rain]" in limit for limit in rain["limits"])


@pytest.mark.dryrun
def test_a_model_fn_that_a_function_makes(here: Path) -> None:
    deep = next(model for model in models(here, DEEP) if model["found_by"] == "configuration")
    (signature,) = deep["signatures"]
    assert [tensor["shape"] for tensor in signature["inputs"]] == [[1, 4]]
    assert {result["outcome"] for result in deep["results"]} == {"converts"}


@pytest.mark.dryrun
def test_what_is_missing_is_said_as_the_entry_that_would_tell_it(here: Path) -> None:
    said = {model["model_fn"]["name"]: model["entry"] for model in models(here, "[tool.tflint]\n")}
    assert said["rain_model_fn"].splitlines() == [
        "[tool.tflint.models.rain]",
        'model-fn = "weather/model.py:rain_model_fn"',
        "params = {}  # what model_fn reads of them",
        'features.wind = ...  # dtype and shape, such as "int64[?, 128]"',
    ]
    assert said["model_fn"].startswith(
        '[tool.tflint.models.model]\nmodel-fn = "weather/model.py:make"\narguments.depth = ...'
    )


@pytest.mark.dryrun
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (RAIN.replace("rain_model_fn", "snow_model_fn") + FEATURES, "weather/model.py has no snow_model_fn"),
        (DEEP.replace("depth = 2", "deep = 2"), "make(...) raised TypeError"),
    ],
)
def test_an_entry_that_the_program_does_not_bear_out(here: Path, wrong: str, words: str) -> None:
    assert any(words in limit for model in models(here, wrong) for limit in model["limits"])


@pytest.mark.dryrun
@pytest.mark.parametrize(
    ("last", "way"),
    [
        ("tf.estimator.Estimator(rain_model_fn, 'm', params=P).export_saved_model('out', received)\n", "export call"),
        (
            """\
def main():
    tf.estimator.Estimator(rain_model_fn, 'm', params=P).export_saved_model('out', received)


if __name__ == '__main__':
    main()
""",
            "main",
        ),
        ("tf.estimator.Estimator(rain_model_fn, 'm', params=P).train(data)\n", "input_fn"),
    ],
)
def test_each_way_to_a_model_is_named(here: Path, last: str, way: str) -> None:
    data = "def data():\n    return tf.data.Dataset.from_tensors(({'wind': tf.zeros([2, 4])}, tf.zeros([2, 1])))\n\n\n"
    before = PROGRAM.partition("def make")[0].replace("params.units", "params['units']")
    serving = "def received" + PROGRAM.partition("def received")[2] if way != "input_fn" else ""
    text = f"{before}{serving}\n\n{data}P = {{'units': 8, 'outputs': 1}}\n{last}"
    (here / "weather" / "model.py").write_text(text)
    assert {model["found_by"] for model in models(here, "")} == {way}
