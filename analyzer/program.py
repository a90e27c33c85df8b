"""What can be said of a file before anything is followed: does it parse, is it Python 2, can it hold an Estimator."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from analyzer.explained import Explained
from analyzer.findings import Certainty, Evidence, Finding, Severity, Span, Verdict

if TYPE_CHECKING:
    from analyzer.reading.project import Module
    from analyzer.reading.source import SyntaxProblem

SYNTAX_ERROR = Explained(
    "TFL001",
    "syntax-error",
    """The file is not Python: the message is Python's own, at the place where Python gave up.

    The rest of the file is analysed around the statement that fails, and findings there are marked partial: a cause may
    have been lost with it. A dry run needs a file that parses.
    """,
)
PYTHON_2 = Explained(
    "TFL002",
    "python-2-syntax",
    """The file is written in Python 2, which no TensorFlow since 2.1 runs on.

    `print x`, `except E, e:`, backticks and `<>` end the parse. Modernise it first (2to3, python-modernize).
    """,
)
ALL = (SYNTAX_ERROR, PYTHON_2)


def findings(module: Module) -> Iterator[Finding]:
    """Where the file is not Python 3."""
    if module.parsed.problem is not None:
        for problem in (module.parsed.problem, *module.parsed.more):
            yield _syntax(module, problem)


def _syntax(module: Module, problem: SyntaxProblem) -> Finding:
    known = PYTHON_2 if problem.python_2 else SYNTAX_ERROR
    python = f"Python {sys.version_info.major}.{sys.version_info.minor}"
    words = problem.words
    message = f"this is Python 2 syntax ({words})" if problem.python_2 else words
    span = Span(module.path, problem.line, problem.column, problem.line, problem.column + 1)
    lost = len(module.parsed.left_out)
    rest = (
        "the rest of the file was analysed around it"
        if module.parsed.tree.body
        else "nothing of the file could be analysed"
    )
    return Finding(
        code=known.code,
        name=known.name,
        span=span,
        severity=Severity.ERROR,
        certainty=Certainty.CERTAIN,
        verdict=Verdict.CONFIRMED,
        message=message,
        reason=f"{rest}; {lost} {'line was' if lost == 1 else 'lines were'} left out" if lost else rest,
        evidence=(Evidence(python, "", "import", "", words),),
        fix="run 2to3 or python-modernize over it" if problem.python_2 else "",
        partial=True,
    )
