"""What `--fix` would change, as unified diffs: of programs such as `patch -p0` takes, of notebooks cell by cell."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from difflib import unified_diff
from pathlib import Path

import click

from analyzer.reading.notebook import read
from analyzer.reading.source import NOTEBOOK
from analyzer.reporting.selection import relative
from analyzer.reporting.wording import errors, plural
from analyzer.reports import Report

NO_NEWLINE = "\\ No newline at end of file\n"


def write(report: Report, changes: Iterable[tuple[Path, str, str]]) -> None:
    """Print the diff of each changed file on standard output, how many findings that mends on standard error."""
    for path, before, after in changes:
        for line in _of_file(path, before, after):
            click.echo(line.encode(sys.stdout.encoding or "utf-8", errors="backslashreplace"), nl=False)
    for sentence in errors(report):
        click.echo(sentence, err=True)
    click.echo(f"Would fix {plural(len(report.fixed), 'finding')}." if report.fixed else "Nothing to fix.", err=True)


def _of_file(path: Path, before: str, after: str) -> Iterator[str]:
    if path.suffix != NOTEBOOK:
        yield from lines(relative(path), before, after)
        return
    for old, new in zip(read(before).cells, read(after).cells, strict=True):
        yield from lines(f"{relative(path)}:cell {old.number}", old.text, new.text)


def lines(name: str, before: str, after: str) -> Iterator[str]:
    """The diff of one file, its line endings as they are."""
    for line in unified_diff(_lines(before), _lines(after), name, name):
        yield line if line.endswith("\n") else f"{line}\n{NO_NEWLINE}"


def _lines(text: str) -> list[str]:
    return [part + "\n" for part in text.split("\n")[:-1]] + ([last] if (last := text.rpartition("\n")[2]) else [])
