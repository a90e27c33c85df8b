"""Turn raw measurements into `analyzer/tfapi/support.json` and `ops.json`."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent.parent / "analyzer" / "tfapi"
Row = dict[str, Any]


def letter(row: Row) -> str | None:
    """The catalogue's letter for one conversion, None where nothing was measured."""
    if "ops" not in row["built"]:
        return None
    for profile in ("builtins", "select"):
        answer = row.get(profile, {})
        if answer.get("died") == "timeout":
            return None
        if answer.get("status") == "ok":
            if row["built"]["unrun"] and profile == "builtins":
                return None
            ran = outcome_of_run(row)
            return ran or ("B" if profile == "builtins" else "F")
    return "X"


def outcome_of_run(row: Row) -> str | None:
    """R or W where the interpreter's first answer (batch 1, or the fixed batch) is no answer or a wrong one."""
    ran = row.get("run")
    if ran is None or row["built"]["unrun"]:
        return None
    if "answers" not in ran:
        return "R"
    return {"fails": "R", "wrong": "W"}.get(ran["answers"][0][0])


def outcome_of_other_batch(row: Row) -> str | None:
    """R or W where batch 1 is answered right and batch 2 is not."""
    answers = row.get("run", {}).get("answers", [])
    if len(answers) < 2 or answers[0][0] not in ("right", "random"):
        return None
    return {"fails": "R", "wrong": "W"}.get(answers[1][0])


def words(row: Row) -> str:
    """Why it is not B, in the words of the converter or the interpreter; what happens at batch 2 where that differs."""
    ran = row.get("run", {})
    answers = ran.get("answers", [])
    said = f"the interpreter dies ({ran['died']})" if "died" in ran else answers[0][1] if answers else ""
    if not said:
        for profile in ("select", "builtins"):
            said = said or row.get(profile, {}).get("words", "")
    if outcome_of_other_batch(row):
        said = f"at batch 2: {answers[1][1]}"
    return str(said)[:160]


def refused(row: Row) -> list[str]:
    """Op types that builtins refuse; where Select TF ops refuses too, those that it names."""
    last: list[str] = row.get("select", {}).get("refused", []) if "select" in row else []
    first: list[str] = row.get("builtins", {}).get("refused", [])
    return last or first


def measured(rows: list[Row]) -> Row | None:
    """One cell of the table: a key, a dtype."""
    cell: Row = {"outcomes": {}, "ops": set(), "refused": {}, "static": {}, "other_batch": {}, "words": {}}
    for row in sorted(rows, key=lambda one: one["batch"] is not None):
        found, target = letter(row), row["target"]
        if found is None:
            continue
        cell["ops"] |= set(row["built"]["ops"])
        if row["batch"] is None or target not in cell["outcomes"]:
            cell["outcomes"][target] = found
            if other := outcome_of_other_batch(row):
                cell["other_batch"][target] = other
            if found in "FX" and refused(row):
                cell["refused"][target] = refused(row)
            if words(row) and not (found in "FX" and refused(row)):
                cell["words"][target] = words(row)
        elif found != cell["outcomes"][target]:
            cell["static"][target] = found
    cell["ops"] = sorted(cell["ops"])
    return {name: value for name, value in cell.items() if value or name == "ops"} if cell["outcomes"] else None


def support_rows(results: Iterable[Row], keys: list[str]) -> dict[str, Row]:
    grouped: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in results:
        grouped[row["key"]][row["dtype"]].append(row)
    table: dict[str, Row] = {}
    for key in keys:
        dtypes = {dtype: cell for dtype, rows in grouped[key].items() if (cell := measured(rows)) is not None}
        if not dtypes:
            continue
        some = [row for rows in grouped[key].values() for row in rows if letter(row) is not None]
        table[key] = {
            "probe": some[0]["probe"],
            "dtype": "float32" if "float32" in dtypes else next(iter(dtypes)),
            "dtypes": dtypes,
            "measured": max(row["date"] for row in some),
            "tensorflow": sorted({row["tensorflow"] for row in some}),
        }
    return table


def op_rows(results: Iterable[Row], flex: Iterable[str]) -> dict[str, Row]:
    """What each target does with an op type by itself, from the graphs in which it is alone or among ops that pass."""
    rows = [row for row in results if letter(row) is not None]
    ops: dict[str, Row] = {name: {"flex": True} for name in flex}

    def note(name: str, row: Row, found: str) -> None:
        entry = ops.setdefault(name, {"flex": False})
        if row["target"] not in entry.setdefault("outcomes", {}):
            entry["outcomes"][row["target"]] = found
            entry.setdefault("probes", {})[row["target"]] = row["probe"]

    plain = [row for row in rows if row["dtype"] == "float32"] + [
        row for row in rows if row["dtype"] not in ("float32", "float64", "float16")
    ]
    for row in plain:
        if len(row["built"]["ops"]) == 1 and row["batch"] is None:
            note(row["built"]["ops"][0], row, letter(row) or "")
    for row in plain:
        if letter(row) == "B":
            for name in row["built"]["ops"]:
                note(name, row, "B")
    for row in plain:
        if letter(row) in ("F", "X"):
            for name in refused(row):
                if name in row["built"]["ops"]:
                    note(name, row, letter(row) or "")
    return ops


def write(path: Path, rows: dict[str, Row]) -> None:
    lines = (f"{json.dumps(key)}: {json.dumps(value, sort_keys=True)}" for key, value in sorted(rows.items()))
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def write_tables(results: Iterable[Row], codes: dict[str, tuple[str, ...]]) -> None:
    """Write both tables from what was measured of these probes; the flex allow-list is that of the table before."""
    rows = [row for row in results if row["probe"] in codes.get(row["key"], ())]
    before: dict[str, Row] = json.loads((DATA / "ops.json").read_text(encoding="utf-8"))
    support = support_rows(rows, list(codes))
    ops = op_rows(rows, [name for name, row in before.items() if row["flex"]])
    write(DATA / "support.json", support)
    write(DATA / "ops.json", ops)
    print(f"{len(support)} APIs and variants, {len(ops)} op types")
