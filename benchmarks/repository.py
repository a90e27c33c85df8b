"""A repository to measure on: many Python files of ordinary code, a few with an Estimator, in packages of a hundred."""

from __future__ import annotations

from pathlib import Path

from benchmarks.bench_static import program

ONE_IN = 50
"""One file in so many holds Estimator code."""
PACKAGE = 100
"""Files of a package."""
SIZES = (90, 150, 220)
"""Lines of the files with Estimator code."""

ORDINARY = '''"""Records of part {n}, written by benchmarks/repository.py."""

import collections
import json
import logging

from .part_{neighbour} import {above}load as load_before

log = logging.getLogger(__name__)


class Record{n}:
    """One row of table {n}."""

    def __init__(self, name, amount, tags=()):
        self.name = name
        self.amount = amount
        self.tags = tuple(tags)

    def scaled(self, factor):
        return Record{n}(self.name, self.amount * factor, self.tags)

    def as_json(self):
        return json.dumps({{"name": self.name, "amount": self.amount, "tags": list(self.tags)}}, sort_keys=True)
'''
LOAD = """

def load(path):
    with open(path) as lines:
        return [Record{n}(*line.split()) for line in lines]
"""
FUNCTION = '''

def total_{n}_{k}(records, least={k}):
    """The sum of each tag's amounts, of records of at least `least`."""
    sums = collections.defaultdict(float)
    for record in records:
        if record.amount < least:
            log.debug("left out: %s", record.name)
            continue
        for tag in record.tags or ("untagged",):
            sums[tag] += record.amount
    return dict(sums)
'''


def ordinary(n: int) -> str:
    """A file of about 270 lines that has nothing to do with TensorFlow."""
    head = ORDINARY.format(n=n, neighbour=n - 1 if n % PACKAGE else n, above="")
    return head + LOAD.format(n=n) + "".join(FUNCTION.format(n=n, k=k) for k in range(20))


def write(folder: Path, files: int) -> list[Path]:
    """Writes a repository of `files` Python files; the paths of those with Estimator code."""
    (folder / ".git").mkdir(parents=True)
    (folder / ".gitignore").write_text("*.pyc\n/out/\n", "utf-8")
    speaking: list[Path] = []
    for n in range(files):
        package = folder / f"area_{n // (PACKAGE * 10)}" / f"package_{n // PACKAGE}"
        package.mkdir(parents=True, exist_ok=True)
        path = package / f"part_{n}.py"
        if n % ONE_IN == 0:
            speaking.append(path)
            path.write_text(program(SIZES[n // ONE_IN % len(SIZES)]), "utf-8")
        else:
            path.write_text(ordinary(n), "utf-8")
    return speaking
