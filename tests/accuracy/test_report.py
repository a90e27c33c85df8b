"""docs/accuracy.md says what the rules do today."""

from __future__ import annotations

from tests.accuracy.report import DOCUMENT, document


def test_document_is_current() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(), "run python -m tests.accuracy.report"
