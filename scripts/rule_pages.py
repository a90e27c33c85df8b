"""Writes docs/rules: a page for every code, from the rules' own docstrings and measured outcomes.

`python -m scripts.rule_pages`; a test fails where a page is out of date.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from analyzer.codes import EXPLAINED
from analyzer.explained import Explained
from analyzer.findings import Outcome, Target
from analyzer.reporting.wording import OUTCOMES
from analyzer.rules import CHECKED

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "rules"
STAGES = {
    "0": "The program itself", "1": "Input pipeline", "2": "Serving signature", "3": "Control flow and recurrence",
    "4": "Ops and dtypes", "5": "Silently wrong models", "6": "How the converter is called",
    "9": "What only the dry run saw",
}  # fmt: skip


def pages() -> dict[str, str]:
    """Every page by its file name."""
    outcomes = {found.rule.code: found.rule.outcomes for found in CHECKED}
    found = {f"{known.name}.md": page(known, outcomes.get(known.code, {})) for known in EXPLAINED.values()}
    return {"README.md": index(), **found}


def page(known: Explained, outcomes: Mapping[Target, Outcome]) -> str:
    lines = [f"# {known.code} {known.name}", "", known.explanation.strip(), ""]
    if outcomes:
        lines += ["| converter | a model with only this fault |", "|--|--|"]
        lines += [f"| {target.value} | {OUTCOMES[outcome]} |" for target, outcome in outcomes.items()]
        lines.append("")
    return "\n".join([*lines, f"`tflint rule {known.code}` prints this page. [All rules](README.md)", ""])


def index() -> str:
    lines = ["# Rules", "", "Written by `python -m scripts.rule_pages` from the rules themselves.", ""]
    for digit, stage in STAGES.items():
        lines += [f"## TFL{digit}: {stage}", ""]
        own = (known for code, known in EXPLAINED.items() if code[3] == digit)
        lines += [f"- {known.code} [{known.name}]({known.name}.md): {known.summary}" for known in own]
        lines.append("")
    return "\n".join(lines)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    wanted = pages()
    for old in FOLDER.glob("*.md"):
        if old.name not in wanted:
            old.unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
