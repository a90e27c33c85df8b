"""SARIF logs: valid against the schema of OASIS, and true of the report beyond what a schema can say."""

from __future__ import annotations

import io
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes, urljoin, urlsplit

import jsonschema
import pytest

from analyzer import __version__
from analyzer.codes import EXPLAINED
from analyzer.findings import Edit, Finding, Patch, Related, Severity, Target, Verdict
from analyzer.reporting import sarif, sarif_rules
from analyzer.reports import Failure, Report
from analyzer.settings import Settings
from tests.command import reports
from tests.command.reports import MODEL, finding, model, report, span

SCHEMA: dict[str, Any] = json.loads((Path(__file__).parent / "schemas/sarif-schema-2.1.0.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft4Validator(SCHEMA)
ALL = Settings(output_format="sarif", show_refuted=True)
SHAPES = reports.every_shape()


def log(made: Report, settings: Settings = ALL) -> dict[str, Any]:
    """The one run of a log, read back from what is written."""
    written = io.StringIO()
    sarif.write(made, settings, written)
    document = json.loads(written.getvalue())
    VALIDATOR.validate(document)
    (run,) = document["runs"]
    return dict(run)


def result(made: Report, settings: Settings = ALL) -> dict[str, Any]:
    (only,) = log(made, settings)["results"]
    return dict(only)


def everywhere(value: Any, key: str) -> list[Any]:
    """What stands under `key`, at any depth."""
    if isinstance(value, list):
        return [found for item in value for found in everywhere(item, key)]
    if not isinstance(value, dict):
        return []
    here = [value[key]] if key in value else []
    return here + [found for item in value.values() for found in everywhere(item, key)]


def test_the_schema_is_the_one_of_oasis() -> None:
    VALIDATOR.check_schema(SCHEMA)
    assert SCHEMA["id"] == sarif.SCHEMA


@pytest.mark.parametrize("name", SHAPES)
def test_logs_are_valid_whatever_they_hold(name: str) -> None:
    run = log(SHAPES[name])
    assert len(run["results"]) == len(SHAPES[name].findings)
    for uri in everywhere(run, "uri"):
        assert uri.isascii()
        assert not set(uri) & set(' "<>\\^`{|}')
        assert urlsplit(uri).scheme in ("", "file")
    for region in (*everywhere(run, "region"), *everywhere(run, "deletedRegion")):
        lines = (region["startLine"], region.get("endLine", region["startLine"]))
        assert lines[0] <= lines[1]
        assert lines[0] < lines[1] or region.get("startColumn", 1) <= region.get("endColumn", 1_000)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("runs", 0, "results", 0, "level"), "info"),
        (("runs", 0, "results", 0, "kind"), "refuted"),
        (("runs", 0, "results", 0, "locations", 0, "physicalLocation", "region", "startLine"), 0),
        (("runs", 0, "columnKind"), "bytes"),
        (("runs", 0, "invocations", 0, "executionSuccessful"), "yes"),
        (("runs", 0, "results", 0, "verdict"), "confirmed"),
    ],
)
def test_the_schema_refuses_what_is_wrong(path: tuple[str | int, ...], value: object) -> None:
    document: Any = sarif.document(reports.dict_bug(), ALL)
    VALIDATOR.validate(document)
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(document)


def test_a_result_in_full() -> None:
    found = result(reports.dict_bug(), replace(ALL, show_refuted=False))
    here = {"uri": "model.py", "uriBaseId": "%SRCROOT%"}
    region = {"startLine": 3, "startColumn": 61, "endLine": 3, "endColumn": 69}
    assert found["ruleId"] == "TFL204"
    assert (found["kind"], found["level"]) == ("fail", "error")
    assert found["message"]["text"] == "the dict {{'features': Tensor}} when serving"
    assert found["locations"] == [{"physicalLocation": {"artifactLocation": here, "region": region}}]
    assert [step["message"]["text"] for step in found["relatedLocations"]] == ["Estimator", "export_savedmodel"]
    assert [step["id"] for step in found["relatedLocations"]] == [1, 2]
    assert found["properties"] == {
        "verdict": "confirmed",
        "certainty": "certain",
        "reason": "",
        "fix": "take features['features'], or export with TensorServingInputReceiver",
        "partial": False,
        "evidence": [
            {
                "converter": "tensorflow 2.15.1",
                "profile": "builtins",
                "stage": "export",
                "op": "",
                "words": "TypeError: Failed to convert '{'features': ...}' to a shape",
            }
        ],
    }
    assert "fixes" not in found


def test_the_tool_names_itself_and_every_rule() -> None:
    driver = log(Report())["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("tflint", __version__)
    assert [rule["id"] for rule in driver["rules"]] == list(EXPLAINED)
    assert "informationUri" not in driver


@pytest.mark.parametrize("code", EXPLAINED)
def test_a_rule_is_described_by_its_docstring(code: str) -> None:
    rule = next(rule for rule in sarif_rules.descriptors(ALL) if rule["id"] == code)
    explained = EXPLAINED[code]
    assert rule["name"] == explained.name
    assert rule["shortDescription"]["text"] == explained.summary
    assert rule["help"]["text"] == explained.explanation
    # What GitHub cuts off.
    assert len(rule["fullDescription"]["text"]) <= 1024
    assert rule["fullDescription"]["text"].startswith(explained.summary)
    assert "\nBad" not in rule["fullDescription"]["text"]
    markdown = rule["help"]["markdown"]
    assert markdown.count("```") == 2 * markdown.count("```python")
    assert ("Bad" in explained.explanation) == ("```python" in markdown)
    assert not any(line.startswith("    ") for line in unfenced(markdown))
    for line in explained.explanation.splitlines():
        assert line.strip() in markdown


def unfenced(markdown: str) -> list[str]:
    return [line for part in markdown.split("```")[::2] for line in part.splitlines()]


def test_an_example_with_a_blank_line_is_one_block() -> None:
    told = replace(
        EXPLAINED["TFL401"], docstring="Short.\n\n    Bad:\n\n        a = 1\n\n        b = 2\n\n    Good: c\n"
    )
    assert "Bad:\n\n```python\na = 1\n\nb = 2\n```\n\nGood: c" in sarif_rules._markdown(told)


@pytest.mark.parametrize(
    ("code", "settings", "level"),
    [
        ("TFL401", ALL, "warning"),
        ("TFL301", ALL, "note"),
        ("TFL301", replace(ALL, target=Target.V1_15), "warning"),
        ("TFL402", ALL, "warning"),
        ("TFL402", replace(ALL, ops="select"), "note"),
        ("TFL001", ALL, "error"),
        ("TFL902", ALL, "error"),
        ("TFL003", ALL, "note"),
    ],
)
def test_the_level_of_a_rule_is_that_of_the_target(code: str, settings: Settings, level: str) -> None:
    (rule,) = [rule for rule in log(Report(), settings)["tool"]["driver"]["rules"] if rule["id"] == code]
    assert rule["defaultConfiguration"] == {"level": level}


def test_rules_that_were_not_selected_are_disabled() -> None:
    run = log(Report(), replace(ALL, select=("TFL4",), ignore=("TFL401",)))
    rules = run["tool"]["driver"]["rules"]
    off = run["invocations"][0]["ruleConfigurationOverrides"]
    assert all(item["configuration"] == {"enabled": False} for item in off)
    assert all(rules[item["descriptor"]["index"]]["id"] == item["descriptor"]["id"] for item in off)
    left = {rule["id"] for rule in rules} - {item["descriptor"]["id"] for item in off}
    assert left == {code for code in EXPLAINED if code.startswith("TFL4")} - {"TFL401"}
    assert log(Report())["invocations"][0]["ruleConfigurationOverrides"] == []


def test_the_index_of_a_rule_is_its_place_in_the_list() -> None:
    run = log(SHAPES["cause"])
    for found in run["results"]:
        assert run["tool"]["driver"]["rules"][found["ruleIndex"]]["id"] == found["ruleId"]


@pytest.mark.parametrize(
    ("severity", "verdict", "kind", "level"),
    [
        (Severity.ERROR, Verdict.CONFIRMED, "fail", "error"),
        (Severity.WARNING, Verdict.UNTESTED, "fail", "warning"),
        (Severity.WARNING, Verdict.INCONCLUSIVE, "fail", "warning"),
        (Severity.INFO, Verdict.UNTESTED, "fail", "note"),
        (Severity.HINT, Verdict.UNTESTED, "fail", "note"),
        (Severity.HINT, Verdict.REFUTED, "pass", "none"),
    ],
)
def test_levels(severity: Severity, verdict: Verdict, kind: str, level: str) -> None:
    found = result(report(finding(span(3, 13), verdict, severity)))
    assert (found["kind"], found["level"]) == (kind, level)


def test_refuted_results_are_there_on_request_only() -> None:
    assert len(log(reports.dict_bug())["results"]) == 2
    assert [found["kind"] for found in log(reports.dict_bug(), Settings())["results"]] == ["fail"]


def test_the_way_from_the_estimator_is_a_code_flow() -> None:
    found = result(reports.dict_bug(), Settings())
    (flow,) = found["codeFlows"]
    steps = flow["threadFlows"][0]["locations"]
    assert [step["location"]["message"]["text"] for step in steps] == [
        "Estimator",
        "export_savedmodel",
        found["message"]["text"],
    ]
    assert steps[-1]["location"]["physicalLocation"] == found["locations"][0]["physicalLocation"]


def test_a_remark_is_no_step_of_a_code_flow() -> None:
    found = result(report(finding(span(3, 13), related=(Related(span(1, 1), "the receiver gives this"),))))
    assert len(found["relatedLocations"]) == 1
    assert "codeFlows" not in found


def test_edits_are_regions_and_their_text() -> None:
    (fix,) = result(SHAPES["fixes"])["fixes"]
    assert fix["description"] == {"text": "use Keras"}
    assert fix["properties"] == {"safe": False}
    assert [change["artifactLocation"]["uri"] for change in fix["artifactChanges"]] == ["model.py", "other.py"]
    replaced, inserted = fix["artifactChanges"][0]["replacements"]
    (deleted,) = fix["artifactChanges"][1]["replacements"]
    assert replaced == {
        "deletedRegion": {"startLine": 3, "startColumn": 13, "endLine": 3, "endColumn": 28},
        "insertedContent": {"text": "tf.keras.layers.Dense"},
    }
    assert inserted == {
        "deletedRegion": {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1},
        "insertedContent": {"text": "import math\n"},
    }
    assert deleted == {"deletedRegion": {"startLine": 2, "startColumn": 1, "endLine": 3, "endColumn": 1}}


def test_text_that_is_inserted_is_not_touched() -> None:
    text = 'f"{x:>{width}}"\t# [a](1) \u202e\n'
    found = replace(finding(span(1, 1)), patch=Patch((Edit(span(1, 1), text),), safe=True))
    (fix,) = result(report(found))["fixes"]
    assert everywhere(fix, "insertedContent") == [{"text": text}]
    assert "description" not in fix


def test_a_notebook_is_line_1_and_its_cell() -> None:
    made = reports.notebook()
    edited = replace(made.findings[0], patch=Patch((Edit(span(4, 9, 10, reports.NOTEBOOK), "x"),), safe=True))
    found = result(replace(made, findings=(edited,)))
    (place,) = found["locations"]
    assert place["physicalLocation"]["region"] == {"startLine": 1}
    assert place["logicalLocations"] == [
        {"name": "cell 5", "fullyQualifiedName": "trial.ipynb:cell 5:2:9", "kind": "cell"}
    ]
    assert place["properties"] == {"cell": 5, "line": 2, "column": 9}
    assert [step["properties"]["cell"] for step in found["relatedLocations"]] == [7, 5]
    assert "fixes" not in found


def test_what_could_not_be_done_is_a_notification() -> None:
    run = log(SHAPES["errors"])
    (invocation,) = run["invocations"]
    gone, missing = invocation["toolExecutionNotifications"]
    assert invocation["executionSuccessful"] is False
    assert (gone["level"], gone["message"]["text"]) == ("error", "no such file")
    assert everywhere(gone, "uri") == ["gone.py"]
    assert missing == {"level": "error", "message": {"text": "TensorFlow is missing"}}


def test_limits_are_notes_and_no_failure() -> None:
    made = replace(SHAPES["limits"], not_enforced=("the network can be reached",))
    (invocation,) = log(made)["invocations"]
    assert invocation["executionSuccessful"] is True
    followed, enforced = invocation["toolExecutionNotifications"]
    assert (followed["level"], followed["message"]["text"]) == ("note", "limit: the receiver was not followed")
    assert everywhere(followed, "region") == [{"startLine": 2}]
    assert enforced["message"]["text"] == "not enforced while your code ran: the network can be reached"


def test_an_entry_is_a_note_at_its_model() -> None:
    _, entry = log(SHAPES["entry"])["invocations"][0]["toolExecutionNotifications"]
    assert (entry["level"], everywhere(entry, "region")) == ("note", [{"startLine": 2}])
    assert entry["message"]["text"].endswith(reports.ENTRY)


@pytest.mark.parametrize("name", ["cause", "paths", "undecodable path", "outside", "notebook"])
def test_uris_lead_back_to_the_files(name: str) -> None:
    run = log(SHAPES[name])
    base = run["originalUriBaseIds"]["%SRCROOT%"]["uri"]
    assert base.endswith("/")
    told = []
    for found in run["results"]:
        artifact = found["locations"][0]["physicalLocation"]["artifactLocation"]
        assert ("uriBaseId" in artifact) == (not artifact["uri"].startswith("file:"))
        told.append(Path(os.fsdecode(unquote_to_bytes(urlsplit(urljoin(base, artifact["uri"])).path))))
    assert sorted(told) == sorted(finding.span.path for finding in SHAPES[name].findings)


def test_a_path_above_the_working_directory_is_absolute() -> None:
    (notification,) = log(SHAPES["outside"])["invocations"][0]["toolExecutionNotifications"]
    assert everywhere(notification, "artifactLocation") == [{"uri": (Path.cwd().parent / "up.py").as_uri()}]


@pytest.mark.parametrize("name", reports.HOSTILE)
def test_messages_are_plain_text(name: str) -> None:
    text = reports.HOSTILE[name]
    run = log(reports.hostile(text))
    for message in everywhere(run["results"], "text") + everywhere(run["invocations"], "text"):
        assert all(char.isprintable() or char == "\n" for char in message)
        assert "](" not in message.replace("\\](", "")
        assert message.replace("{{", "").replace("}}", "").count("{") == 0
    (found,) = run["results"]
    plain = found["message"]["text"].replace("{{", "{").replace("}}", "}").replace("\\](", "](")
    assert len(plain) == len(text)
    assert all(told in (char, "\N{REPLACEMENT CHARACTER}") for told, char in zip(plain, text, strict=True))


def test_a_hundred_findings_have_a_hundred_fingerprints() -> None:
    results = log(SHAPES["many"])["results"]
    assert len({found["partialFingerprints"]["tflintFinding/v1"] for found in results}) == 100


def test_it_ends_with_one_document_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    made: list[Finding] = [finding(span(3, 13))]
    errors = (Failure(MODEL, "gone"),)
    sarif.write(replace(report(*made, models=(model(),)), errors=errors), ALL, io.StringIO())
    assert capsys.readouterr() == ("", "")
