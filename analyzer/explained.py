"""A code that a finding can have, and what it means."""

from __future__ import annotations

from dataclasses import dataclass
from inspect import cleandoc


@dataclass(frozen=True, slots=True)
class Explained:
    """A code that a finding can have, and what `tflint rule` says of it."""

    code: str
    name: str
    docstring: str

    @property
    def explanation(self) -> str:
        return cleandoc(self.docstring)

    @property
    def summary(self) -> str:
        """The docstring's first paragraph, on one line."""
        return " ".join(self.explanation.split("\n\n", 1)[0].split())
