"""What a program in IPython finds that a script does not, each harmless and empty."""

from __future__ import annotations

import importlib.util
import sys
import types
from typing import Any, Iterator


class Nothing:
    """Stands in for IPython's shell, and for all that comes out of it."""

    def __call__(self, *args: Any, **kwargs: Any) -> Nothing:
        return self

    def __getattr__(self, name: str) -> Nothing:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, key: Any) -> Nothing:
        return self

    def __setitem__(self, key: Any, value: Any) -> None:
        return None

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __contains__(self, item: Any) -> bool:
        return False

    def __len__(self) -> int:
        return 0

    def __str__(self) -> str:
        return ""

    def __enter__(self) -> Nothing:
        return self

    def __exit__(self, *error: Any) -> None:
        return None


def names() -> dict[str, Any]:
    """IPython's own names in a notebook."""
    nothing = Nothing()
    return {
        "get_ipython": lambda: nothing,
        "display": lambda *args, **kwargs: None,
        "In": [""],
        "Out": {},
        "_": "",
        "__": "",
        "___": "",
    }


def stand_in_for_ipython() -> None:
    """Let `from IPython.display import Image` succeed where the interpreter has no IPython."""
    if importlib.util.find_spec("IPython") is not None:
        return
    for name in ("IPython", "IPython.display", "IPython.core", "IPython.core.display"):
        module: Any = types.ModuleType(name)
        vars(module).update(names())
        module.__path__ = []
        module.__getattr__ = _missing
        sys.modules[name] = module
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], child, module)


def _missing(name: str) -> Nothing:
    if name.startswith("__"):
        raise AttributeError(name)
    return Nothing()
