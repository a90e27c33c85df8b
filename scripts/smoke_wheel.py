"""Builds the wheel, installs it where nothing else is, and checks an example with it: statically, and in a dry run that
borrows the TensorFlow of the interpreter that runs this script."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "rain_tomorrow.py"
DICT_AS_TENSOR = "feature-dict-used-as-tensor"


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="tflint-smoke-") as scratch:
        here = Path(scratch)
        run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", scratch, str(ROOT))
        (wheel,) = here.glob("tflint-*.whl")
        venv.create(here / "clean", with_pip=True)
        binaries = here / "clean" / ("Scripts" if sys.platform == "win32" else "bin")
        pins = ROOT / "constraints" / "python3.11.txt"
        run(binaries / "python", "-m", "pip", "-qq", "--disable-pip-version-check", "install", "-c", pins, wheel)
        absent = run(binaries / "python", "-c", "import tensorflow", expect=1)
        require("No module named 'tensorflow'" in absent.stderr, f"TensorFlow came with the wheel: {absent.stderr}")
        run(binaries / "tflint", "--version")

        static = check(binaries / "tflint", here)
        require(verdicts(static) == ["untested"], f"static analysis gave {static['findings']}")
        dry = check(binaries / "tflint", here, "--dry-run", "--python", sys.executable)
        require(verdicts(dry) == ["confirmed"], f"the dry run gave {dry['findings']}")
        require(is_served(binaries / "tflint"), "tflint server shows nothing of the example")
        print(f"{wheel.name}: installs alone, suspects {DICT_AS_TENSOR} in {EXAMPLE.name} and has it confirmed")


def check(tflint: Path, cwd: Path, *flags: str) -> dict[str, Any]:
    done = run(tflint, "check", EXAMPLE, "--output-format", "json", "--no-cache", *flags, expect=1, cwd=cwd)
    report: dict[str, Any] = json.loads(done.stdout)
    require(not report["errors"], f"errors: {report['errors']}")
    return report


def is_served(tflint: Path) -> bool:
    """Whether the language server of the wheel shows what is wrong with the example."""
    opened = {"uri": EXAMPLE.as_uri(), "languageId": "python", "version": 1, "text": EXAMPLE.read_text("utf-8")}
    messages: tuple[dict[str, Any], ...] = (
        {"id": 1, "method": "initialize", "params": {"processId": None, "rootUri": None, "capabilities": {}}},
        {"method": "initialized", "params": {}},
        {"method": "textDocument/didOpen", "params": {"textDocument": opened}},
    )
    said = [json.dumps({"jsonrpc": "2.0"} | message).encode() for message in messages]
    with subprocess.Popen([str(tflint), "server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        for body in said:
            server.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        server.stdin.flush()
        while line := server.stdout.readline():
            size = int(line.partition(b":")[2]) if line.startswith(b"Content-Length:") else 0
            server.stdout.readline()
            server.stdout.readline()
            if DICT_AS_TENSOR.encode() in server.stdout.read(size):
                break
        server.stdin.close()
        return bool(line)


def verdicts(report: dict[str, Any]) -> list[str]:
    return [finding["verdict"] for finding in report["findings"] if finding["name"] == DICT_AS_TENSOR]


def run(*command: str | Path, expect: int = 0, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    words: Sequence[str] = [str(word) for word in command]
    done = subprocess.run(words, capture_output=True, text=True, cwd=cwd, timeout=600, check=False)
    require(done.returncode == expect, f"{' '.join(words)} gave {done.returncode}:\n{done.stdout}{done.stderr}")
    return done


def require(true: bool, otherwise: str) -> None:
    if not true:
        sys.exit(f"smoke test of the wheel: {otherwise}")


if __name__ == "__main__":
    main()
