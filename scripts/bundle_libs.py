"""Puts tflint and the packages that it needs into vscode-extension/bundled/libs: `python -m scripts.bundle_libs`.

What is put there runs on every platform, in every Python that tflint supports.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIBS = ROOT / "vscode-extension" / "bundled" / "libs"
COMPILED = {".so", ".pyd", ".dylib", ".dll"}
OPTIONAL = {"markupsafe"}
"""Packages whose compiled part only makes them faster."""


def main() -> None:
    shutil.rmtree(LIBS, ignore_errors=True)
    pins = ROOT / "constraints" / "python3.11.txt"
    pip = (sys.executable, "-m", "pip", "--quiet", "--quiet", "--disable-pip-version-check")
    subprocess.run([*pip, "install", "--no-compile", "--target", LIBS, "--constraint", pins, ROOT], check=True)
    shutil.rmtree(LIBS / "bin", ignore_errors=True)
    for file in [file for file in LIBS.rglob("*") if file.suffix in COMPILED]:
        if file.relative_to(LIBS).parts[0] not in OPTIONAL:
            sys.exit(f"{file} runs on one platform alone: the extension cannot carry it")
        file.unlink()


if __name__ == "__main__":
    main()
