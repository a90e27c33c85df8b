"""Starts the tflint that lies beside this file. What the server starts, a user's program among it, does not find it."""

import runpy
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "libs"))
runpy.run_module("lsp_server", run_name="__main__")
