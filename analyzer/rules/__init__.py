"""The rules: every other module of this folder holds one, and is found by being here."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from analyzer.rules.rule import Registered, registered

CHECKED: tuple[Registered, ...] = tuple(
    sorted(
        (registered(import_module(f"{__name__}.{name}")) for _, name, _ in iter_modules(__path__) if name != "rule"),
        key=lambda found: found.rule.code,
    )
)
"""Every rule with a static check, by code."""
