"""Notebooks made by hand."""

from __future__ import annotations

import json
from typing import Any


def cell(source: object, kind: str = "code", **more: Any) -> dict[str, Any]:
    return {"cell_type": kind, "metadata": {}, "source": source} | more


def nb4(*cells: str | dict[str, Any], language: str | None = "python", **metadata: Any) -> str:
    """The JSON of a notebook, as Jupyter writes it; a text is a code cell of these lines."""
    made = [cell(one.splitlines(keepends=True)) if isinstance(one, str) else one for one in cells]
    told = {"kernelspec": {"name": "k", "language": language}} if language else {}
    return json.dumps({"cells": made, "metadata": told | metadata, "nbformat": 4, "nbformat_minor": 4}, indent=1) + "\n"
