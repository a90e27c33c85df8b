"""Entry of the worker, run by path: makes the folder a private package, so that no user module is ever shadowed."""

from __future__ import annotations

import importlib.util
import os
import sys

FOLDER = os.path.dirname(os.path.abspath(__file__))
PACKAGE = "_tflint_worker"


def load() -> None:
    """Import this folder as the package `_tflint_worker` and take it off the path that user code sees."""
    sys.dont_write_bytecode = True
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or os.curdir) != FOLDER]
    spec = importlib.util.spec_from_file_location(
        PACKAGE, os.path.join(FOLDER, "__init__.py"), submodule_search_locations=[FOLDER]
    )
    if spec is None or spec.loader is None:
        raise ImportError("cannot load the worker from " + FOLDER)
    package = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = package
    spec.loader.exec_module(package)


if __name__ == "__main__":
    load()
    sys.exit(importlib.import_module(PACKAGE + ".serving").main(sys.argv[1:]))
