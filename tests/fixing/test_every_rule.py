"""Every automatic edit, applied: the program still parses, and its dry run shows the finding gone."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from analyzer import engine, settling
from analyzer.codes import EXPLAINED
from analyzer.findings import Finding, Target, Verdict
from analyzer.reports import Report
from analyzer.settings import Settings
from tests.accuracy.labels import PROGRAMS
from tests.rules.asking import program
from tests.rules.exporting import canned, custom

V1 = "import tensorflow.compat.v1 as tf"
LABELLED = {
    "TFL102": "cocoa_float64 pump_float64 warehouse_float64",
    "TFL202": "parcel_keys",
    "TFL203": "spare_features spare_weight",
    "TFL204": "yeast_dict mix_dict_and_double",
    "TFL205": "drum_bare violin_bare",
    "TFL208": "spam_only_classes",
    "TFL210": "meter_scaled_receiver",
    "TFL211": "wrong_outputs",
    "TFL213": "tuple_receiver",
    "TFL216": "canal_lock",
    "TFL412": "lamp_print",
    "TFL415": "tile_batch",
    "TFL501": "sonar_noise",
    "TFL503": "brick_no_updates",
    "TFL602": "otter_count",
    "TFL611": "ice_road",
    "TFL613": "cave_air",
}
"""Programs of tests/programs in which a rule makes an edit."""
PARTLY = ("TFL501_sonar_noise",)
"""Programs that have the same fault again, in a form that no edit mends."""
DRY_RUN: dict[str, list[str]] = {
    "TFL204": [program("y = tf.layers.dense(features, 1)", first=V1)],
    "TFL206": [
        custom(
            "predictions={'y': y}, export_outputs={'serving_default': tf.estimator.export.PredictOutput({'y': y}), "
            "'double': tf.estimator.export.PredictOutput({'d': y + y})}",
            receiver=(
                'x = tf.compat.v1.placeholder(tf.float32, [None, 4], name="x")\n'
                "return tf.estimator.export.ServingInputReceiver({'x': x}, {'x': x})"
            ),
            after="converter = tf.compat.v2.lite.TFLiteConverter.from_saved_model('out')",
        ).replace("tf.layers", "tf.compat.v1.layers").replace("tf.losses", "tf.compat.v1.losses")
    ],
    "TFL411": [
        program(
            "t = tf.get_variable('t', [4, 3], partitioner=tf.fixed_size_partitioner(2))\n"
            "y = tf.layers.dense(tf.nn.embedding_lookup(t, tf.cast(x[:, 0], tf.int32)), 1)",
            first=V1,
        )
    ],
    "TFL412": [program("x = 2.0 * tf.Print(x, [x])\ny = tf.layers.dense(x, 1)", first=V1)],
    "TFL501": [
        program("h = tf.nn.dropout(x, rate=0.3 if params else 0.4)\ny = tf.layers.dense(h, 1)", first=V1),
        program("h = tf.keras.layers.Dropout(0.5)(x, training=True)\ny = tf.layers.dense(h, 1)", first=V1),
    ],
    "TFL502": [
        program("h = tf.layers.batch_normalization(\n    x,\n    training=True,  # always\n)\ny = tf.layers.dense(h, 1)", first=V1)
    ],
}  # fmt: skip
STATIC = {
    "TFL207": [
        canned(
            "tf.estimator.DNNClassifier([4], [fc.numeric_column('x')])",
            after="converter = tf.compat.v1.lite.TFLiteConverter.from_saved_model('out')",
        )
    ],
    "TFL217": [(PROGRAMS / "key_passed_through.py").read_text("utf-8")],
    "TFL501": [program("h = tf.contrib.layers.dropout(x, 0.5)\ny = tf.layers.dense(h, 1)")],
    "TFL502": [program("y = tf.contrib.layers.batch_norm(x)")],
}
"""Programs whose fault only TensorFlow 1.15 has: checked again without being run."""


def places(folder: Path) -> Mapping[Path, str]:
    """Each program written into a folder, with the code of the rule that is to be fixed in it."""
    found: dict[Path, str] = {}
    for code, names in LABELLED.items():
        for name in names.split():
            source = PROGRAMS / name if (PROGRAMS / name).is_dir() else PROGRAMS / f"{name}.py"
            target = folder / f"{code}_{source.stem}"
            if source.is_dir():
                shutil.copytree(source, target)
            else:
                target.mkdir()
                shutil.copy(source, target)
            found[target] = code
    for code, texts in DRY_RUN.items():
        for number, text in enumerate(texts):
            target = folder / f"{code}_{number}"
            target.mkdir()
            (target / "program.py").write_text(text)
            found[target] = code
    return found


def fixed(folder: Path, code: str, target: Target = Target.V2_15) -> settling.Settled:
    """The programs of a folder after the edits of one rule."""
    files = sorted(folder.rglob("*.py"))
    settings = Settings(target=target, cache=False, fix="write", unsafe_fixes=True, select=(code,))
    return settling.settle(lambda _: engine.check(files, settings, lambda _: None), settings)


@pytest.mark.dryrun
def test_the_dry_run_shows_every_finding_gone(tmp_path: Path) -> None:
    programs = places(tmp_path)
    unfixable: dict[Path, list[str]] = {}
    for folder, code in programs.items():
        done = fixed(folder, code)
        assert done.report.errors == (), folder.name
        assert {finding.code for finding in done.report.fixed} == {code}, f"nothing was fixed in {folder.name}"
        unfixable[folder] = [finding.message for finding in done.report.findings]
    settings = Settings(dry_run=True, cache=False, python=Path(sys.executable))
    report = engine.check(sorted(tmp_path.rglob("*.py")), settings, lambda _: None)
    assert report.errors == ()
    for folder, code in programs.items():
        models = [model for model in report.models if model.model_fn and folder in model.model_fn.path.parents]
        assert any(model.built_with is not None for model in models), f"{folder.name} was not run"
        left = [finding for finding in of(report, folder) if finding.code == code]
        assert all(finding.patch is None for finding in left), folder.name
        told = [finding.message for finding in left if finding.verdict is not Verdict.REFUTED]
        assert told == (unfixable[folder] if folder.name in PARTLY else []), folder.name
        stopped = [finding.message for finding in of(report, folder) if finding.code.startswith("TFL9")]
        assert stopped == [], folder.name


def of(report: Report, folder: Path) -> list[Finding]:
    return [finding for finding in report.findings if folder in finding.span.path.parents]


@pytest.mark.parametrize("code", STATIC)
def test_faults_of_1_15_alone(code: str, tmp_path: Path) -> None:
    for number, text in enumerate(STATIC[code]):
        (tmp_path / f"program{number}.py").write_text(text)
    done = fixed(tmp_path, code, Target.V1_15)
    assert done.report.errors == ()
    assert len(done.report.fixed) >= len(STATIC[code])
    assert [finding for finding in done.report.findings if finding.code == code] == []
    for path, _, after in done.changes:
        compile(after, str(path), "exec")


def test_every_rule_that_makes_an_edit_is_tried_here() -> None:
    rules = Path(engine.__file__).parent / "rules"
    makes = re.compile(r"\bpatch=")
    names = {path.stem.replace("_", "-") for path in rules.glob("*.py") if makes.search(path.read_text("utf-8"))}
    names.discard("rule")
    codes = {code for code, known in EXPLAINED.items() if known.name in names}
    assert codes == LABELLED.keys() | DRY_RUN.keys() | STATIC.keys()


def test_fixing_twice_changes_nothing_more(tmp_path: Path) -> None:
    programs = places(tmp_path)
    for folder, code in programs.items():
        fixed(folder, code)
        assert fixed(folder, code).report.fixed == (), folder.name
