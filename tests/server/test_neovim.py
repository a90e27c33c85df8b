"""A real Neovim, set up as docs/editors.md says: it is sent diagnostics, each once."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from tests.server.processes import LINUX
from tests.server.programs import CLEAN, PY_FUNC

ROOT = Path(__file__).resolve().parents[2]
LUA = re.compile(r"```lua\n(.*?)```", re.DOTALL)


@LINUX
def test_diagnostics_come_go_and_are_not_doubled(tmp_path: Path) -> None:
    neovim = shutil.which("nvim")
    if neovim is None:
        warnings.warn("NEOVIM WAS NOT TESTED: apt-get install neovim", stacklevel=1)
        pytest.skip("Neovim is not installed: apt-get install neovim")
    (setup,) = LUA.findall((ROOT / "docs" / "editors.md").read_text())
    (tmp_path / "init.lua").write_text(setup)
    (tmp_path / "model.py").write_text(PY_FUNC)
    (tmp_path / "clean.txt").write_text(CLEAN)
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "HOME": str(tmp_path),
        "PROGRAM": "model.py",
        "CLEAN": "clean.txt",
        "RESULT": "shown.json",
    }
    probe = str(Path(__file__).parent / "probe.lua")
    command = [neovim, "--headless", "--clean", "-n", "-c", "luafile init.lua", "-c", f"luafile {probe}"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)
    assert (tmp_path / "shown.json").exists(), done.stdout + done.stderr
    told = json.loads((tmp_path / "shown.json").read_text())
    assert (told["appeared"], told["went"], told["returned"]) == (True, True, True)
    assert told["clients"] == 1
    assert told["first"] == told["last"] == [{"code": "TFL401", "line": 4, "column": 14, "severity": 2}]
    assert "**TFL401 py-func-in-exported-graph**" in told["hover"]
