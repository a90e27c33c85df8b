"""The JSON report keeps schema 1, and the schema says all that the report holds."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from analyzer.findings import Certainty, Ruling, Severity, Verdict
from analyzer.reporting import json_report
from analyzer.reports import Converted, Failure, Report
from analyzer.settings import Settings
from tests.command import reports
from tests.command.reports import conversion, finding, model, report, span

DRY = Settings(dry_run=True, output_format="json")
DOCS = Path(__file__).parents[2] / "docs"
SCHEMA: dict[str, Any] = json.loads((DOCS / "report.schema.json").read_text("utf-8"))


def everything() -> Report:
    made = reports.dict_bug()
    more = finding(
        span(1, 1, path=Path("päckchen/ein.py").absolute()),
        Verdict.INCONCLUSIVE,
        Severity.INFO,
        certainty=Certainty.MAYBE,
        partial=True,
        rulings=(
            Ruling(reports.TF, Verdict.INCONCLUSIVE, Severity.INFO, "the converted model was not run"),
            Ruling("tensorflow 1.15.5", Verdict.REFUTED, Severity.HINT),
        ),
    )
    unnamed = replace(
        model(
            conversion("int8", "crashed", "not run", signature=None), stopped_at="convert", limits=("no bubblewrap",)
        ),
        converted=(
            Converted(reports.TF, None, "int8", "matches"),
            Converted("tensorflow 1.15.5", "read", None, "not run", "NotFoundError: Op type not registered"),
        ),
    )
    return replace(
        made,
        findings=(*made.findings, more),
        models=(*made.models, unnamed, replace(unnamed, model_fn=None, receiver=None, built_with=None, seconds=None)),
        errors=(
            Failure(Path("gone.py").absolute(), "no such file or directory"),
            Failure(None, "TensorFlow is missing"),
        ),
    )


def undocumented(value: Any, schema: dict[str, Any], path: str = "$") -> list[str]:
    """Where `value` has a key that `schema` does not name."""
    while "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].rsplit("/", 1)[1]]
    if isinstance(value, list):
        return [
            found
            for i, item in enumerate(value)
            for found in undocumented(item, schema.get("items", {}), f"{path}[{i}]")
        ]
    if not isinstance(value, dict):
        return []
    properties = schema.get("properties", {})
    found = [f"{path}.{key}" for key in value if key not in properties]
    for key in value.keys() & properties.keys():
        found += undocumented(value[key], properties[key], f"{path}.{key}")
    return found


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("made", [everything(), reports.notebook(), Report(), report(finding(span(3, 1)))])
def test_reports_keep_the_schema_and_it_names_every_field(made: Report) -> None:
    document = json_report.document(made, replace(DRY, show_refuted=True))
    jsonschema.validate(document, SCHEMA)
    assert undocumented(document, SCHEMA) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema",), 2),
        (("findings", 0, "line"), 0),
        (("findings", 0, "severity"), "fatal"),
        (("findings", 0, "evidence", 0, "stage"), "somewhere"),
        (("models", 0, "stopped_at"), "there"),
        (("models", 0, "mended", "results", 0, "outcome"), "perhaps"),
        (("models", 0, "signatures", 0, "inputs", 0, "shape"), ["?"]),
    ],
)
def test_the_schema_refuses_what_is_wrong(path: tuple[str | int, ...], value: object) -> None:
    document: Any = json_report.document(everything(), DRY)
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, SCHEMA)


def test_the_example_of_the_documentation_keeps_the_schema() -> None:
    example = (DOCS / "json.md").read_text("utf-8").split("```json\n", 1)[1].split("```", 1)[0]
    document = json.loads(example)
    jsonschema.validate(document, SCHEMA)
    assert undocumented(document, SCHEMA) == []


def test_the_documentation_names_every_field() -> None:
    words = (DOCS / "json.md").read_text("utf-8")
    for definition in (SCHEMA, *SCHEMA["$defs"].values()):
        for key in definition.get("properties", {}):
            assert f"`{key}`" in words, key


def test_a_finding_in_full() -> None:
    assert json_report.document(reports.dict_bug(), DRY)["findings"] == [
        {
            "rule": "TFL204",
            "name": "feature-dict-used-as-tensor",
            "file": "model.py",
            "cell": None,
            "line": 3,
            "column": 61,
            "end_line": 3,
            "end_column": 69,
            "severity": "error",
            "certainty": "certain",
            "verdict": "confirmed",
            "message": "the dict {'features': Tensor} when serving",
            "reason": "",
            "evidence": [
                {
                    "converter": "tensorflow 2.15.1",
                    "profile": "builtins",
                    "stage": "export",
                    "op": "",
                    "words": "TypeError: Failed to convert '{'features': ...}' to a shape",
                }
            ],
            "related": [
                {"file": "model.py", "cell": None, "line": 32, "column": 1, "message": "Estimator"},
                {"file": "model.py", "cell": None, "line": 39, "column": 1, "message": "export_savedmodel"},
            ],
            "fix": "take features['features'], or export with TensorServingInputReceiver",
            "patch": None,
            "partial": False,
            "rulings": [],
        }
    ]


def test_refuted_findings_are_there_on_request_only() -> None:
    hidden = json_report.document(reports.dict_bug(), DRY)["findings"]
    shown = json_report.document(reports.dict_bug(), replace(DRY, show_refuted=True))["findings"]
    assert [item["verdict"] for item in hidden] == ["confirmed"]
    assert sorted(item["verdict"] for item in shown) == ["confirmed", "refuted"]


def test_a_model_in_full() -> None:
    (document,) = json_report.document(reports.dict_bug(), DRY)["models"]
    result = document["mended"]["results"][0]
    assert document == {
        "model_fn": {"file": "model.py", "cell": None, "line": 2, "name": "model_fn"},
        "receiver": {"file": "model.py", "cell": None, "line": 30, "name": "serving_input_receiver_fn"},
        "found_by": "export call",
        "saved_model": None,
        "built_with": "tensorflow 2.15.1",
        "presented_as_v1": False,
        "stopped_at": "export",
        "signatures": [
            {
                "name": "serving_default",
                "inputs": [{"name": "features", "dtype": "float32", "shape": [None, 2]}],
                "outputs": [{"name": "p", "dtype": "float32", "shape": None}],
            }
        ],
        "results": [],
        "mended": {
            "mends": ["features['features'] instead of features (model.py:3)"],
            "stopped_at": None,
            "results": [result],
            "converted": [],
        },
        "seconds": 0.9,
        "limits": [],
        "entry": "",
        "converted": [],
    }
    assert result == {
        "converter": "tensorflow 2.15.1",
        "profile": "builtins",
        "signature": "serving_default",
        "outcome": "converts",
        "interpreter": "matches",
        "ops": [
            {"type": "MatMul", "count": 2, "support": "builtin"},
            {"type": "Relu", "count": 5, "support": "builtin"},
            {"type": "Const", "count": 4, "support": "folded"},
        ],
        "operators": [],
        "delegates": [],
        "size_bytes": 3116,
        "seconds": 0.2,
    }


def test_several_converters_are_told_apart() -> None:
    document = json_report.document(everything(), DRY)
    (told,) = [found["rulings"] for found in document["findings"] if found["rulings"]]
    assert told[1] == {"converter": "tensorflow 1.15.5", "verdict": "refuted", "severity": "hint", "reason": ""}
    assert document["models"][1]["converted"][1] == {
        "converter": "tensorflow 1.15.5",
        "stopped_at": "read",
        "profile": None,
        "interpreter": "not run",
        "words": "NotFoundError: Op type not registered",
    }


def test_a_notebook_is_told_by_cell_and_line() -> None:
    document = json_report.document(reports.notebook(), DRY)
    (found,) = document["findings"]
    assert (found["file"], found["cell"], found["line"], found["column"]) == ("trial.ipynb", 5, 2, 9)
    assert (found["end_line"], found["end_column"]) == (2, 19)
    assert [(step["cell"], step["line"]) for step in found["related"]] == [(7, 1), (5, 1)]
    (made,) = document["models"]
    assert (made["model_fn"]["cell"], made["model_fn"]["line"]) == (5, 1)
    assert (made["receiver"]["cell"], made["receiver"]["line"]) == (None, 30)
