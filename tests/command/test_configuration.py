"""`[tool.tflint]`: the nearest file decides, the command line decides over it, and what is wrong is said in a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from analyzer import cli
from analyzer.configuration import READERS, BadConfiguration, Configurations, section
from analyzer.configured import ConfiguredModel
from analyzer.dryrun.protocol import FeatureSpec
from analyzer.findings import Severity, Target
from analyzer.settings import PerFile, Settings

PROGRAM = """
import tensorflow.compat.v1 as tf

def model_fn(features, labels, mode):
    y = tf.py_func(lambda v: v, [features["x"]], tf.float32)
    return tf.estimator.EstimatorSpec(mode, predictions={"y": y})

def receiver():
    x = tf.placeholder(tf.float32, [None, 3])
    return tf.estimator.export.ServingInputReceiver({"x": x}, {"x": x})

tf.estimator.Estimator(model_fn).export_saved_model("out", receiver)
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def tflint(*words: str) -> Result:
    done = CliRunner().invoke(cli.main, ["check", "--no-cache", "--output-format", "concise", *words])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    return done


def flagged(*words: str) -> list[str]:
    return [line.split(":")[0] for line in tflint(*words).stdout.splitlines() if " TFL401 " in line]


@pytest.mark.parametrize(
    "text",
    ["", "[project]\nname = 'x'\n", "[tool.ruff]\nselect = ['E']\n", "not toml at all", "# tflint is not used\n"],
)
def test_a_file_that_says_nothing_to_tflint(here: Path, text: str) -> None:
    assert section(put(here / "pyproject.toml", text)) is None


def test_every_key(here: Path) -> None:
    text = """
[tool.tflint]
target = "1.15"
ops = "select"
select = ["TFL3", "tfl401"]
extend-select = ["TFL5"]
ignore = ["TFL301"]
exclude = ["gen/"]
show-refuted = true
fail-on = "error"
output-format = "concise"
baseline = "known.json"
per-file-ignores = {"legacy/**" = ["TFL4"]}
models = {rain = {model-fn = "rain.py:model_fn", features = {wind = "float32[?, 4]"}}}
"""
    file = put(here / "pyproject.toml", text)
    assert set(section(file) or {}) == {key.replace("-", "_") for key in READERS}
    assert Configurations({}).of_folder(here) == Settings(
        target=Target.V1_15,
        ops="select",
        select=("TFL3", "TFL401", "TFL5"),
        ignore=("TFL301",),
        exclude=("gen/",),
        show_refuted=True,
        fail_on=Severity.ERROR,
        output_format="concise",
        baseline=here / "known.json",
        per_file_ignores=(PerFile("legacy/**", ("TFL4",)),),
        models=(
            ConfiguredModel(
                "rain",
                Path("rain.py"),
                "model_fn",
                arguments=None,
                params=None,
                receiver_path=None,
                receiver=None,
                features={"wind": FeatureSpec("float32", (None, 4))},
            ),
        ),
    )


def test_the_nearest_that_speaks_to_tflint_decides(here: Path) -> None:
    put(here / "pyproject.toml", "[tool.tflint]\ntarget = '1.15'\n")
    put(here / "a/pyproject.toml", "[project]\nname = 'a'\n")
    put(here / "a/b/pyproject.toml", "[tool.tflint]\nops = 'select'\n")
    found = Configurations({})
    assert found.of_file(here / "a/x.py").target is Target.V1_15
    assert found.of_file(here / "a/b/c/x.py") == Settings(ops="select")
    assert Configurations({}, isolated=True).of_file(here / "a/x.py") == Settings()
    assert Configurations({}, here / "a/b/pyproject.toml").of_file(here / "x.py") == Settings(ops="select")


def test_the_command_line_decides_over_it(here: Path) -> None:
    put(here / "pyproject.toml", "[tool.tflint]\ntarget = '1.15'\nselect = ['TFL3']\nexclude = ['gen/']\n")
    given: dict[str, Any] = {"select": ("TFL4",), "exclude": ("old/",)}
    assert Configurations(given).of_folder(here) == Settings(
        target=Target.V1_15, select=("TFL4",), exclude=("gen/", "old/")
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("tflint = [", "is not valid TOML"),
        ("[tool]\ntflint = 1\n", "[tool.tflint] must be a table"),
        ("[tool.tflint]\nselct = []\n", "no setting `selct`; did you mean `select`?"),
        ("[tool.tflint]\nxyzzy = []\n", "no setting `xyzzy`; there are target"),
        ("[tool.tflint]\nselect = 'TFL4'\n", "`select` must be a list of codes"),
        ("[tool.tflint]\nignore = ['W605']\n", "no rule's code begins with 'W605'"),
        ("[tool.tflint]\nignore = ['']\n", "no rule's code begins with ''"),
        ("[tool.tflint]\ntarget = '2.14'\n", "`target` must be one of '1.15', '2.15', '2.21'"),
        ("[tool.tflint]\nshow-refuted = 1\n", "`show-refuted` must be true or false"),
        ("[tool.tflint]\nper-file-ignores = []\n", "`per-file-ignores` must be a table"),
        ("[tool.tflint]\nbaseline = ''\n", "`baseline` must be the path of a file, relative to this one"),
        ("[tool.tflint]\nexclude = 'gen'\n", "`exclude` must be a list of strings"),
        ("[tool.tflint]\ndry-run = true\n", "`dry-run` is not for a file to say"),
        ("[tool.tflint]\npython = './evil'\n", "`python` is not for a file to say"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_nothing_runs(here: Path, text: str, words: str) -> None:
    put(here / "a.py", PROGRAM)
    file = put(here / "pyproject.toml", text)
    with pytest.raises(BadConfiguration) as raised:
        section(file)
    assert words in str(raised.value)
    done = tflint()
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("error: pyproject.toml: ")
    assert done.stderr.count("\n") == 1
    assert tflint("--isolated").exit_code == 1


def test_a_folder_whose_configuration_is_wrong_hides_no_other(here: Path) -> None:
    put(here / "good/a.py", PROGRAM)
    put(here / "bad/b.py", PROGRAM)
    put(here / "bad/pyproject.toml", "[tool.tflint]\ncolour = 1\n")
    done = tflint()
    assert done.exit_code == 2
    assert "error: bad/pyproject.toml: [tool.tflint] has no setting `colour`" in done.stderr
    assert flagged() == ["good/a.py"]


def test_exclude(here: Path) -> None:
    for name in ("a.py", "gen/b.py", "pkg/gen_c.py"):
        put(here / name, PROGRAM)
    assert flagged() == ["a.py", "gen/b.py", "pkg/gen_c.py"]
    assert flagged("--exclude", "gen/", "--exclude", "gen_*.py") == ["a.py"]
    assert flagged("--exclude", "gen/", "gen/b.py") == ["gen/b.py"], "named, it is meant"
    assert flagged("--exclude", "gen/", "--force-exclude", "gen/b.py", "a.py") == ["a.py"]


def test_per_file_ignores(here: Path) -> None:
    put(here / "a.py", PROGRAM)
    put(here / "legacy/b.py", PROGRAM)
    put(here / "pyproject.toml", "[tool.tflint]\nper-file-ignores = {'legacy/**' = ['TFL4']}\n")
    assert flagged() == ["a.py"]
    assert flagged("legacy") == []


def test_per_file_ignores_as_a_flag(here: Path) -> None:
    for name in ("a.py", "legacy/b.py", "legacy/c.py"):
        put(here / name, PROGRAM)
    assert flagged("--per-file-ignores", "legacy/**:TFL4") == ["a.py"]
    assert flagged("--per-file-ignores", "b.py:TFL5,tfl401,a.py:ALL") == ["legacy/c.py"]
    assert flagged("--per-file-ignores", "b.py:TFL401", "--per-file-ignores", "c.py:TFL401") == ["a.py"]
    put(here / "pyproject.toml", "[tool.tflint]\nper-file-ignores = {'legacy/**' = ['TFL4']}\n")
    assert flagged("--per-file-ignores", "a.py:TFL4") == ["legacy/b.py", "legacy/c.py"], (
        "as in ruff, it takes the place"
    )


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("TFL401", "'TFL401' is not PATTERN:CODES"),
        (":TFL401", "':TFL401' is not PATTERN:CODES"),
        ("a.py:E501", "no rule's code begins with 'E501'"),
        ("a.py:", "'a.py:' is not PATTERN:CODES"),
    ],
)
def test_a_flag_that_is_no_pattern_and_codes(here: Path, value: str, words: str) -> None:
    done = tflint("--per-file-ignores", value)
    assert (done.exit_code, done.stdout) == (2, "")
    assert words in " ".join(done.stderr.split())


def test_settings_are_shown_with_the_file_that_says_so(here: Path) -> None:
    put(here / "pyproject.toml", "[tool.tflint]\ntarget = '1.15'\n")
    done = tflint("--show-settings")
    assert done.exit_code == 0
    assert ".: configured by pyproject.toml\n  target = 1.15\n" in done.stdout


def test_contradictory_flags(here: Path) -> None:
    file = put(here / "pyproject.toml", "")
    done = tflint("--isolated", "--config", str(file))
    assert done.exit_code == 2
    assert "--isolated reads no configuration" in done.stderr
