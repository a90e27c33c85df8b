"""Text and positions: decoding, columns in bytes, code points and UTF-16, and recovery from syntax errors."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from analyzer.findings import Span

LINE_ENDS = re.compile(r"\r\n|\r|\n")
MOST_REPAIRS = 200
"""Statements left out of one file before recovery gives up."""

PYTHON_2 = re.compile(
    r"""^\s*(print\s+[^=\s(]|print\s*$|print\s*>>|exec\s+["'\w]|raise\s+\w+\s*,|except\s+[\w.]+\s*,\s*\w+\s*:)"""
    r"""|<>|`[^`]*`|\b0[0-7]+\b|\b[uU][rR]["']"""
)


PRINT = re.compile(r"^\s*(print|exec)(\s+[^=\s(]|\s*$)")


class UnreadableSource(Exception):
    """The bytes of a file are not Python text; the message says why in one clause."""


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """Where a file stops being Python 3, in Python's own words."""

    line: int
    column: int
    words: str
    python_2: bool


@dataclass(frozen=True, slots=True)
class Source:
    """A file's text."""

    path: Path
    text: str
    lines: tuple[str, ...]

    @classmethod
    def of(cls, path: Path, text: str) -> Source:
        return cls(path, text, tuple(LINE_ENDS.split(text)))

    def code_points(self, line: int, byte_column: int) -> int:
        """0-based code-point column of a 0-based UTF-8 byte column on a 1-based line."""
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        return byte_column if text.isascii() else len(text.encode()[:byte_column].decode(errors="ignore"))

    def utf16(self, line: int, column: int) -> int:
        """0-based UTF-16 column of a 1-based code-point column, as editors count."""
        text = self.lines[line - 1][: column - 1] if line <= len(self.lines) else ""
        return len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass(frozen=True, slots=True)
class Parsed:
    """A syntax tree, and what had to be done to the text to get it.

    `shifts` holds, for lines that were reindented, how far right they were moved; `left_out` the blanked lines.
    """

    source: Source
    tree: ast.Module
    problem: SyntaxProblem | None = None
    shifts: Mapping[int, int] = field(default_factory=dict)
    left_out: frozenset[int] = frozenset()

    @property
    def partial(self) -> bool:
        return self.problem is not None

    def span(self, line: int, column: int, end_line: int, end_column: int) -> Span:
        """The Span of a node, from ast's 1-based lines and 0-based byte columns."""
        return Span(
            self.source.path,
            line,
            self.source.code_points(line, column - self.shifts.get(line, 0)) + 1,
            end_line,
            self.source.code_points(end_line, end_column - self.shifts.get(end_line, 0)) + 1,
        )


def decode(data: bytes) -> str:
    """The text of a Python file, by its BOM or coding line (PEP 263).

    Raises UnreadableSource for binary data and for bytes that are not in the declared encoding.
    """
    if b"\0" in data:
        raise UnreadableSource("it is a binary file, not Python text")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    except SyntaxError as error:
        if "unknown encoding" in str(error.msg):
            raise UnreadableSource(f"its encoding cannot be told: {error.msg}") from error
        encoding = "utf-8"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableSource(f"line {line} is not valid {error.encoding}; save the file as UTF-8") from error


def read(path: Path) -> Source:
    """The text of a file. Raises OSError where it cannot be read and UnreadableSource where it is not text."""
    return Source.of(path, decode(path.read_bytes()))


def parse(source: Source) -> Parsed:
    """The tree of a source; around statements that do not parse where there are any.

    A line whose indentation fits no outer level is moved to the nearest one; any other statement that fails is
    replaced by `pass`. Of what cannot be saved within MOST_REPAIRS repairs the part before it is left.
    """
    try:
        return Parsed(source, _tree("\n".join(source.lines)))
    except SyntaxError as error:
        problem = _problem(source, error)
        repair = _Repair(list(source.lines))
        return repair.run(source, problem, error)


def _tree(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        try:
            return ast.parse(text)
        except (RecursionError, MemoryError) as error:
            raise SyntaxError("too deeply nested to parse", ("", 1, 1, "")) from error
        except ValueError as error:
            raise SyntaxError(str(error), ("", 1, 1, "")) from error


def _problem(source: Source, error: SyntaxError) -> SyntaxProblem:
    line = min(max(error.lineno or 1, 1), len(source.lines))
    text = source.lines[line - 1]
    python_2 = bool(PYTHON_2.search(text)) or "Missing parentheses in call to" in error.msg
    return SyntaxProblem(line, max(1, min(error.offset or 1, len(text) + 1)), error.msg, python_2)


class _Repair:
    """Rewrites lines until they parse, remembering what was moved and what was lost."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.shifts: dict[int, int] = {}
        self.left_out: set[int] = set()

    def run(self, source: Source, problem: SyntaxProblem, error: SyntaxError) -> Parsed:
        line = 1
        for _ in range(MOST_REPAIRS):
            line = min(max(error.lineno or 1, 1), len(self.lines))
            if not self._mend(line, error):
                break
            try:
                tree = _tree("\n".join(self.lines))
            except SyntaxError as next_error:
                error = next_error
            else:
                return Parsed(source, tree, problem, self.shifts, frozenset(self.left_out))
        return self._head(source, problem, line)

    def _head(self, source: Source, problem: SyntaxProblem, line: int) -> Parsed:
        """What stands before the top-level statement that cannot be saved; an empty module where that fails too."""
        while line > 1 and (not self.lines[line - 1].strip() or _indent(self.lines[line - 1])):
            line -= 1
        try:
            tree = _tree("\n".join(self.lines[: line - 1]))
        except SyntaxError:
            tree, line = ast.Module(body=[], type_ignores=[]), 1
        lost = self.left_out.union(range(line, len(self.lines) + 1))
        return Parsed(source, tree, problem, self.shifts, frozenset(lost))

    def _mend(self, line: int, error: SyntaxError) -> bool:
        """One repair at a line; False when it leaves nothing to try."""
        if "Missing parentheses in call to" in error.msg and self._blank_prints():
            return True
        if "unindent does not match" in error.msg and self._reindent(line):
            return True
        if "expected an indented block" in error.msg:
            header = int(m[1]) if (m := re.search(r"on line (\d+)", error.msg)) else line
            return self._fill_block(header, line)
        return self._blank(line)

    def _blank_prints(self) -> bool:
        """Blanks every one-line print statement of Python 2 at once: such files have hundreds."""
        found = [number for number, text in enumerate(self.lines, 1) if PRINT.match(text) and _balanced(text)]
        for number in found:
            self.lines[number - 1] = " " * _indent(self.lines[number - 1]) + "pass"
        self.left_out.update(found)
        return bool(found)

    def _reindent(self, line: int) -> bool:
        """Moves the block that starts at `line` to the nearest outer level."""
        width = _indent(self.lines[line - 1])
        levels = _outer_levels(self.lines[: line - 1], width)
        if line in self.shifts or not levels:
            return False
        shift = min(levels, key=lambda level: (abs(level - width), level)) - width
        for number in range(line, len(self.lines) + 1):
            text = self.lines[number - 1]
            if text.strip() and _indent(text) < width:
                break
            if text.strip():
                self.lines[number - 1] = " " * (_indent(text) + shift) + text.lstrip()
                self.shifts[number] = self.shifts.get(number, 0) + shift
        return True

    def _fill_block(self, header: int, line: int) -> bool:
        """Gives a header without a body the body `pass`, on a line that holds nothing."""
        for number in range(header + 1, line):
            if not self.lines[number - 1].strip():
                self.lines[number - 1] = " " * (_indent(self.lines[header - 1]) + 1) + "pass"
                return True
        return self._blank(header)

    def _blank(self, line: int) -> bool:
        """Replaces the statement that holds `line` by `pass`, the nearest earlier one where that is blank already."""
        while line >= 1 and (not self.lines[line - 1].strip() or line in self.left_out):
            line -= 1
        if line < 1:
            return False
        first, last = self._statement(line)
        for number in range(first, last + 1):
            self.lines[number - 1] = ""
            self.left_out.add(number)
        self.lines[first - 1] = " " * self._level(first) + "pass"
        return True

    def _statement(self, line: int) -> tuple[int, int]:
        """First and last line of the bracketed statement that a line belongs to, as far as brackets tell."""
        depth, first = 0, line
        for number in range(line, max(0, line - 40), -1):
            text = self.lines[number - 1]
            depth += text.count(")") + text.count("]") + text.count("}")
            depth -= text.count("(") + text.count("[") + text.count("{")
            first = number
            if depth <= 0:
                break
        else:
            first = line
        return first, line

    def _level(self, line: int) -> int:
        """The indentation at which `pass` fits at a line."""
        before = next((text for text in reversed(self.lines[: line - 1]) if text.strip()), "")
        after = next((text for text in self.lines[line:] if text.strip()), "")
        opens = before.rstrip().endswith(":")
        return (
            _indent(before) + 1
            if opens and _indent(after) <= _indent(before)
            else max(_indent(after), 0)
            if opens
            else _indent(before)
        )


def _balanced(text: str) -> bool:
    """Whether a line opens no bracket that it does not close, and goes on nowhere."""
    pairs = all(text.count(one) == text.count(other) for one, other in ("()", "[]", "{}"))
    return pairs and not text.rstrip().endswith("\\")


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def _outer_levels(lines: list[str], width: int) -> list[int]:
    """The indentation levels open at the end of `lines`, nearest the given width."""
    stack: list[int] = []
    for text in lines:
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        level = _indent(text)
        while stack and stack[-1] > level:
            stack.pop()
        if not stack or stack[-1] < level:
            stack.append(level)
    return [level for level in stack if abs(level - width) <= 8]
