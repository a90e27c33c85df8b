"""What `scripts/check_models.py` recorded of model_fns of public packages, as a part of docs/accuracy.md."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

RECORD = Path(__file__).resolve().parents[2] / "docs" / "models.json"
HEAD = """
## model_fns of public packages, dry-run

{models} model_fns of {packages} packages from PyPI, each with the real helper modules that it imports, on {date}, by
`scripts/check_models.py`: `tflint check --dry-run` of the file, first with nothing said of it, and where that built no
model, with the entry of `[tool.tflint.models]` that `scripts/check_models.toml` has for it. None of their code is kept
here. The seconds are of busy processors, with both converters.

{exported} of {models} were built, exported and given to both converters; {converting} of them convert with at least one. Of {stopped}
the model_fn was called and the export stops at the line that the report names; for three of these (tensorflow-privacy,
tfseqestimator, mesh-tensorflow) it was not looked into whether the entry is at fault. {configured} of {models} ({share:.0%}) needed configuration.

| Package | File | TensorFlow | Found by | Built | Converted by 1.15.5 | Converted by 2.15.1 | Confirmed | Seconds |
|--|--|--|--|--|--|--|--|--|
"""
Row = dict[str, Any]


def section() -> Iterator[str]:
    """The lines of the section."""
    record: Row = json.loads(RECORD.read_text("utf-8"))
    rows: list[Row] = record["rows"]
    configured = sum(row["configured"] for row in rows)
    yield HEAD.format(
        models=len(rows),
        packages=len({row["package"] for row in rows}),
        date=record["date"],
        stopped=sum(row["stopped_at"] == "export" for row in rows),
        exported=sum(bool(row["outcomes"]) for row in rows),
        converting=sum(_converts(row) for row in rows),
        configured=configured,
        share=configured / len(rows),
    ).rstrip("\n")
    yield from map(_line, rows)
    yield "\nWhy an entry was needed, and of how many:\n"
    yield from (f"- {count}: {why}" for why, count in Counter(row["why"] for row in rows if row["why"]).most_common())
    unbuilt = [row for row in rows if not row["built"]]
    if unbuilt:
        yield "\nNot built, and what tflint said:\n"
        yield from (f"- `{row['file']}`: {'; '.join(row['reasons'])}." for row in unbuilt)


def _converts(row: Row) -> bool:
    return any(told.startswith("converts") for by in row["outcomes"].values() for told in by.values())


def _line(row: Row) -> str:
    by = [_outcome(row, version) for version in ("1.15.5", "2.15.1")]
    confirmed = ", ".join(dict.fromkeys(" ".join(one.split()[:2]) for one in row["confirmed"])) or "–"
    cells = [row["package"].replace("==", " "), f"`{row['file'].rpartition('/')[2]}`", row["tensorflow"]]
    built = "no" if not row["built"] else "yes" if row["outcomes"] else "export stops"
    cells += [row["found_by"] or "–", built, *by, confirmed, f"{row['seconds']:.0f}"]
    return f"| {' | '.join(cells)} |"


def _outcome(row: Row, version: str) -> str:
    """By the first profile that converts, else what the last came to."""
    told: dict[str, str] = row["outcomes"].get(version, {})
    fine = next((f"{profile}: {words}" for profile, words in told.items() if words.startswith("converts")), None)
    return fine or next(reversed(told.values()), "–")
