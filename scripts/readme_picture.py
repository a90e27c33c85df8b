"""Puts what a terminal shows of two examples into README.md: `python -m scripts.readme_picture`, under TF 2.15."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from analyzer import discovery, engine
from analyzer.reporting import text
from analyzer.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
EXAMPLES = ("rain_tomorrow.py", "wine_score.py")
COLUMNS = 110
BLOCK = re.compile(r"(?<=```console\n)\$ tflint check --dry-run .*?(?=```)", re.DOTALL)


def main() -> None:
    README.write_text(BLOCK.sub(lambda _: drawn(), README.read_text("utf-8"), count=1), "utf-8")


def drawn() -> str:
    """The command and its report, but for what this machine cannot enforce: another one can."""
    with inside(ROOT / "examples"):
        files = discovery.find(Path(name) for name in EXAMPLES).files
        settings = Settings(dry_run=True, cache=False)
        report = replace(engine.check(files, settings, lambda _: None), not_enforced=())
        lines = [line.plain.rstrip() for line in text.render(report, settings, COLUMNS)]
    return "\n".join([f"$ tflint check --dry-run {' '.join(EXAMPLES)}", *lines, ""])


@contextmanager
def inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


if __name__ == "__main__":
    main()
