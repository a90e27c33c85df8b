"""Generator functions: what they yield is known item by item only where each item is certainly yielded."""

from __future__ import annotations

import pytest

from analyzer.reading.values import Const, Sequence
from tests.reading.running import value


def yielded(body: str, read: str = "list(g())") -> tuple[list[object], bool]:
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    found = value(f"import sys\ndef inner():\n    yield 8\n    yield 9\ndef g():\n{lines}\nx = {read}")
    assert isinstance(found, Sequence)
    return [item.value if isinstance(item, Const) else item for item in found.items], found.complete


@pytest.mark.parametrize(
    "body",
    [
        "if sys.argv:\n    yield 1",
        "yield 1\nif sys.argv:\n    yield 2",
        "for a in sys.argv:\n    yield 1",
        "while sys.argv:\n    yield 1",
        "while True:\n    yield 1",
        "yield 1\nyield from sys.argv",
        "if sys.argv:\n    return\nyield 1",
    ],
)
def test_what_may_be_yielded_is_no_whole_list(body: str) -> None:
    assert yielded(body)[1] is False


@pytest.mark.parametrize(
    ("body", "items"),
    [
        ("yield 1\nyield 2", [1, 2]),
        ("for a in (1, 2, 3):\n    if a != 2:\n        yield a", [1, 3]),
        ("yield from inner()", [8, 9]),
        ("yield 7\nyield from [1, 2]", [7, 1, 2]),
        ("for a in inner():\n    yield a + 1", [9, 10]),
    ],
)
def test_what_is_certainly_yielded_is_a_whole_list(body: str, items: list[object]) -> None:
    assert yielded(body) == (items, True)
    assert yielded(body, "[item for item in g()]") == (items, True)
