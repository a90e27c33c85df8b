"""What `scripts/check_packages.py` recorded of public packages, as a part of docs/accuracy.md."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

RECORD = Path(__file__).resolve().parents[2] / "docs" / "packages.json"
JUDGED = RECORD.with_name("packages_judged.json")
HEAD = """
## Public packages

{packages} packages from PyPI, every Python file of them, measured on {date} by `scripts/check_packages.py`; none of
their code is kept here. It runs `tflint check` on each, for the targets 2.15 and 1.15.

*Models*: what tflint reports as a model. *To the end*: followed from the Estimator to the predictions without a limit.
*With a reason*: a limit says what could not be followed and where. *model_fns*: functions that tf.estimator would take
as one, counted without tflint; and how many of them a reported model names. *Seconds*: the slower of two runs.

| Package | Files | with Estimator code | Models | to the end | with a reason | model_fns: named | Crashes | Internal errors | Seconds |
|--|--|--|--|--|--|--|--|--|--|
"""

FIRST = """
tflint was corrected with these packages at hand, so this is no estimate of how it does on others. At the first reading
44 of 75 warnings for the target 2.15 were true. The false ones came of parts of models taken for a model_fn, of a budget
that ran out taken for a model_fn that returns nothing, of programs that only train and never export, and of what other
libraries return taken for a tensor.
"""


def section() -> Iterator[str]:
    """The lines of the section."""
    record: dict[str, Any] = json.loads(RECORD.read_text("utf-8"))
    rows: list[dict[str, Any]] = record["rows"]
    yield HEAD.format(packages=len(rows), date=record["date"]).rstrip("\n")
    for row in rows:
        yield _row(row["package"].replace("==", " "), row)
    sums = {key: sum(value(row) for row in rows) for key, value in _COLUMNS.items()}
    yield "| **all** | " + " | ".join(_cell(sums)) + " |"
    yield from _reasons(rows)
    yield from _findings(rows)
    yield from _judged(rows)


_COLUMNS = {
    key: (lambda row, key=key: row[key])
    for key in ("files", "estimator_files", "models", "limited", "model_fns", "crashes", "internal_errors", "seconds")
} | {"unnamed": lambda row: len(row["unnamed"])}


def _row(name: str, row: dict[str, Any]) -> str:
    return f"| {name} | {' | '.join(_cell({key: value(row) for key, value in _COLUMNS.items()}))} |"


def _cell(of: dict[str, Any]) -> Iterator[str]:
    yield from (f"{of['files']:,}", str(of["estimator_files"]), str(of["models"]), str(of["models"] - of["limited"]))
    yield from (str(of["limited"]), f"{of['model_fns']}: {of['model_fns'] - of['unnamed']}", str(of["crashes"]))
    yield from (str(of["internal_errors"]), f"{of['seconds']:.1f}")


def _reasons(rows: list[dict[str, Any]]) -> Iterator[str]:
    yield "\nThe reasons, and of how many models:\n"
    reasons = sum((Counter(row["reasons"]) for row in rows), Counter[str]())
    yield from (f"- {count}: {reason}" for reason, count in reasons.most_common())
    unnamed = [f"`{row['package'].partition('==')[0]}/{place}`" for row in rows for place in row["unnamed"]]
    if unnamed:
        yield "\nmodel_fns that no model names, all of them parts of another or of a copy of tf.estimator itself:"
        yield ", ".join(unnamed) + "."


def _findings(rows: list[dict[str, Any]]) -> Iterator[str]:
    targets = list(rows[0]["findings"])
    counted: dict[str, Counter[str]] = {target: Counter() for target in targets}
    for row in rows:
        for target, found in row["findings"].items():
            counted[target].update(found)
    yield "\nFindings by rule:\n"
    yield "| Rule | " + " | ".join(f"{target}: errors | warnings | infos" for target in targets) + " |"
    yield "|--|" + "--|" * (3 * len(targets))
    rules = sorted({key.partition(" ")[2] for found in counted.values() for key in found})
    for rule in rules:
        cells = [counted[target][f"{loud} {rule}"] for target in targets for loud in ("error", "warning", "info")]
        yield f"| `{rule.partition(' ')[2]}` | {' | '.join(str(cell) if cell else '–' for cell in cells)} |"


def _judged(rows: list[dict[str, Any]]) -> Iterator[str]:
    """How many of the warnings and errors were found true, reading the code."""
    judged: list[dict[str, str]] = json.loads(JUDGED.read_text("utf-8"))
    said = {
        f"{row['package'].partition('==')[0]} {target} {one}"
        for row in rows
        for target, loud in row["loud"].items()
        for one in loud
    }
    verdicts = {
        f"{one['package']} {target} {one['finding']}": one for one in judged for target in one["targets"].split()
    }
    counts = Counter(one["verdict"] for key, one in verdicts.items() if key in said)
    yield (
        f"\nOf the {len(said)} warnings and errors (each counted once for each target), {sum(counts.values())} were judged"
        f" by reading the code: {counts['true']} true, {counts['false']} false, {counts['undecidable']} undecidable."
    )
    yield FIRST.rstrip()
    wrong = {one["finding"]: one for key, one in verdicts.items() if key in said and one["verdict"] != "true"}
    if wrong:
        yield ""
        yield from (
            f"- {one['verdict']}: `{one['package']}`, `{one['finding']}`: {one['why']}." for one in wrong.values()
        )
