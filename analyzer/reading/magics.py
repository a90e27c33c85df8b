"""IPython's own syntax in a cell, taken out so that every line and column of Python stays where it is.

A magic that stands alone becomes nothing, or `pass` in a block; the value of one becomes `get_ipython()`, which is
unknown when read and harmless when run; `%time f()` becomes `f()`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from analyzer.reading.source import LINE_ENDS

CELL_MAGIC = re.compile(r"%%(\w+)(?!\w*\?)")
RUN_HERE = frozenset(
    ("capture", "debug", "memit", "prun", "pyinstrument", "scalene", "snakeviz", "time", "timeit", "wandb")
)
"""Cell magics that run their cell as Python, in the notebook's own names."""
STATEMENT = re.compile(r"%(?:memit|prun|time|timeit)[ \t]+(?:-[a-zA-Z]+[ \t]*\d*[ \t]+|--[\w-]+[ \t]+)*(?=\S)")
"""A line magic that runs the rest of its line."""
ESCAPED = re.compile(r"[ \t]*(?=[!%?,;/])")
REST = re.compile(r"(?:[^\n]*\\\n)*[^\n]*")
UNESCAPED = re.compile(
    r"(?:cat|cd|conda|cp|ll|load_ext|ls|mamba|matplotlib|mkdir|mv|pip|pwd|pylab|reload_ext|rm|rmdir|set_env"
    r"|tensorflow_version|whos)(?:[ \t]+(?!=)[^\n]*)?"
)
"""Magics that IPython takes without `%`, in cells of one line."""
STAND_IN = "get_ipython()"

TOKEN = re.compile(
    r"""
    (?P<skipped> \#[^\n]* | \\\n | [ \t]+
      | "{3} (?: \\. | [^\\] )*? "{3} | '{3} (?: \\. | [^\\] )*? '{3}
      | "{3} .* | '{3} .*
      )
  | (?P<string> " (?: \\. | [^"\\\n] )* "? | ' (?: \\. | [^'\\\n] )* '? )
  | (?P<open> [(\[{] )
  | (?P<close> [)\]}] )
  | (?P<newline> \n )
  | (?P<magic> (?<![=<>!:+\-*/%&|^@~]) = (?!=) [ \t]* (?= ! | %[ \t]*[^\W\d] ) )
  | (?P<other> \w+ | . )
    """,
    re.VERBOSE | re.DOTALL,
)


class Kind(Enum):
    """What a logical line is."""

    PYTHON = "python"
    MAGIC = "magic"
    ASSIGNMENT = "assignment"


@dataclass(frozen=True, slots=True)
class Line:
    """A logical line, by its offsets in the cell; of an assignment `value` is where the magic begins."""

    kind: Kind
    start: int
    end: int
    value: int = 0


@dataclass(frozen=True, slots=True)
class Python:
    """What Python sees of a cell, line by line; `shifts` tells of lines that begin elsewhere than in the cell."""

    lines: tuple[str, ...]
    shifts: Mapping[int, int]
    """By 1-based line how far right it was moved: a negative number where it was moved left."""


def python(text: str) -> Python | None:
    """The Python of a cell; None where `%%bash` or the like makes it something else."""
    lines = LINE_ENDS.split(text)
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    shifts: dict[int, int] = {}
    _dedent(lines, first, shifts)
    if magic := CELL_MAGIC.match(lines[first]):
        if magic[1] not in RUN_HERE:
            return None
        lines[first] = ""
    code = "\n".join(lines)
    if UNESCAPED.fullmatch(code.strip()):
        return Python(("",) * len(lines), {})
    plain = "".join(_plain(code, line, shifts) for line in logical_lines(code))
    return Python(tuple(plain.split("\n")), shifts)


def _dedent(lines: list[str], first: int, shifts: dict[int, int]) -> None:
    """As IPython does, where the whole cell is indented."""
    indent = lines[first][: len(lines[first]) - len(lines[first].lstrip())]
    if not indent:
        return
    for number, line in enumerate(lines):
        if line.startswith(indent):
            lines[number] = line[len(indent) :]
            shifts[number + 1] = -len(indent)


def logical_lines(code: str) -> Iterator[Line]:
    """The logical lines of a cell, each with its newline; what lies in brackets or strings begins none."""
    start = 0
    while start < len(code):
        line = _logical_line(code, start)
        yield line
        start = line.end


def _logical_line(code: str, start: int) -> Line:
    if escaped := ESCAPED.match(code, start):
        return Line(Kind.MAGIC, start, _rest(code, escaped.end()))
    depth, last, at = 0, "", start
    while at < len(code) and (token := TOKEN.match(code, at)) is not None:
        at = token.end()
        match token.lastgroup:
            case "open":
                depth += 1
            case "close":
                depth = max(depth - 1, 0)
            case "magic" if depth == 0:
                return Line(Kind.ASSIGNMENT, start, _rest(code, at), at)
            case "newline" if depth == 0:
                break
        if token.lastgroup not in ("skipped", "newline"):
            last = token.group()
    return Line(Kind.MAGIC if last == "?" else Kind.PYTHON, start, at)


def _rest(code: str, at: int) -> int:
    """Where the line ends, and the lines it goes on to with a backslash, the newline included."""
    rest = REST.match(code, at)
    return min((rest.end() if rest else at) + 1, len(code))


def _plain(code: str, line: Line, shifts: dict[int, int]) -> str:
    text = code[line.start : line.end]
    if line.kind is Kind.PYTHON:
        return text
    newlines = "\n" * text.count("\n")
    if line.kind is Kind.ASSIGNMENT:
        magic = code[line.value : line.end]
        if statement := _statement(magic):
            return code[line.start : line.value] + " " * statement + magic[statement:]
        return code[line.start : line.value] + STAND_IN + newlines
    indent = text[: len(text) - len(text.lstrip())]
    if statement := _statement(text[len(indent) :]):
        number = code.count("\n", 0, line.start) + 1
        shifts[number] = shifts.get(number, 0) - statement
        return indent + text[len(indent) + statement :]
    return (indent + "pass" if indent.strip("\n") else "") + newlines


def _statement(magic: str) -> int:
    """How long the beginning of a magic is that is followed by the Python it runs; 0 for other magics."""
    found = STATEMENT.match(magic)
    if found is None:
        return 0
    try:
        ast.parse(magic[found.end() :])
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return 0
    return found.end()
