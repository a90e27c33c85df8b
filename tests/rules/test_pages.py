"""docs/rules is what the rules say of themselves."""

from __future__ import annotations

from analyzer.codes import EXPLAINED
from scripts.rule_pages import FOLDER, STAGES, pages


def test_every_page_is_current_and_no_other_is_there() -> None:
    written = {path.name: path.read_text("utf-8") for path in FOLDER.iterdir()}
    assert written == pages(), "run python -m scripts.rule_pages"


def test_every_code_is_in_a_stage() -> None:
    assert {code[3] for code in EXPLAINED} <= STAGES.keys()
