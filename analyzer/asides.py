"""What is said on standard error while something else is done."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.status import Status


def note(sentence: str) -> None:
    click.echo(f"note: {sentence}.", err=True)


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A line on standard error that says what is going on, while that is a terminal that can redraw it."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda _: None
        return
    status: Status | None = None

    def tell(text: str) -> None:
        nonlocal status
        if status is None:
            from rich.console import Console

            status = Console(stderr=True, highlight=False, markup=False, emoji=False).status(text)
            status.start()
        else:
            status.update(text)

    try:
        yield tell
    finally:
        if status is not None:
            status.stop()
