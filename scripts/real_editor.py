"""Tests the extension in a real VS Code and the server in Neovim, as root on Debian.

`python -m scripts.real_editor VSIX`, of what `make vsix` builds.

VS Code comes as code-server from npm, with the Node that it needs, into the user's cache, once for each version of what
is installed; it is shown by Debian's Chromium. Dry runs use the TensorFlow of the interpreter that runs this script;
tflint itself runs in an environment that has no package, as the extension brings all.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Mapping
from pathlib import Path

from platformdirs import user_cache_path

ROOT = Path(__file__).resolve().parent.parent
EXTENSION = ROOT / "vscode-extension"
PACKAGES = {"code-server": "4.139.1", "node": "24.21.0"}
"""`node` fetches its executable when it is installed; what the others would compile is not needed here."""
MANIFEST = json.dumps({"private": True, "dependencies": PACKAGES, "allowScripts": {"node": True}})
QUIET = ("--no-audit", "--no-fund", "--loglevel=error")


def main(vsix: Path) -> None:
    from_debian("nvim", "neovim")
    run(sys.executable, "-m", "pytest", "--quiet", "tests/server/test_neovim.py", cwd=ROOT)
    from_debian("chromium")
    editor = installed()
    with tempfile.TemporaryDirectory(prefix="tflint-real-editor-") as scratch:
        bare, others = Path(scratch, "bare"), Path(scratch, "extensions")
        venv.create(bare, symlinks=True)
        others.mkdir()
        for other in (EXTENSION / "test" / "editor" / "extensions").iterdir():
            package = ("--no-dependencies", "--allow-missing-repository", "--skip-license", "--out")
            run("npx", "vsce", "package", *package, others / f"{other.name}.vsix", cwd=other, quiet=True)
        environment = {
            "PATH": os.pathsep.join([str(editor / "node_modules" / ".bin"), os.environ["PATH"]]),
            "TFLINT_VSIX": str(vsix.resolve()),
            "TFLINT_OTHER_EXTENSIONS": str(others),
            "TFLINT_SERVER_PYTHON": str(bare / "bin" / "python"),
            "TFLINT_DRY_RUN_PYTHON": sys.executable,
        }
        run("node", "--test", "--test-concurrency=1", "test/**/*.test.ts", cwd=EXTENSION, environment=environment)

    if os.environ.get("TFLINT_SCREENSHOTS"):
        from_debian("pngquant")
        run("pngquant", "--force", "--ext", ".png", "--strip", *EXTENSION.glob("images/*.png"))


def from_debian(command: str, package: str = "") -> None:
    """Have a command, from the package of its name or of another."""
    if shutil.which(command) is None:
        run("apt-get", "update", "-qq")
        run("apt-get", "install", "-qq", "--yes", "--no-install-recommends", package or command)


def installed() -> Path:
    """The folder that has code-server and its Node."""
    digest = hashlib.sha256(MANIFEST.encode()).hexdigest()[:12]
    folder = user_cache_path("tflint-real-editor") / digest
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
            new = Path(scratch, "new")
            new.mkdir()
            (new / "package.json").write_text(MANIFEST, "utf-8")
            run("npm", "install", "--ignore-scripts", *QUIET, cwd=new)
            run("npm", "rebuild", "node", *QUIET, cwd=new)
            code = new / "node_modules" / "code-server" / "lib" / "vscode"
            run("npm", "install", "--ignore-scripts", "--omit=dev", "--no-save", *QUIET, cwd=code)
            new.rename(folder)
    return folder


def run(
    *command: str | Path, cwd: Path | None = None, environment: Mapping[str, str] | None = None, quiet: bool = False
) -> None:
    """Run a command; with `quiet`, what it prints is shown only where it fails."""
    told = subprocess.PIPE if quiet else None
    env = {**os.environ, **(environment or {})}
    done = subprocess.run(command, cwd=cwd, env=env, check=False, text=True, stdout=told, stderr=told)
    if done.returncode:
        said = f"{done.stdout}{done.stderr}" if quiet else ""
        sys.exit(f"{said}{' '.join(map(str, command))} ended with {done.returncode}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
