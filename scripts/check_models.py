"""Dry-run model_fns of public packages, on their real helper modules, and record what came of it in docs/models.json.

    python scripts/check_models.py --scratch FOLDER --python 1.15.5=TF115/bin/python --python 2.15.1=.venv/bin/python
    python scripts/check_models.py --scratch FOLDER --python ... --only deepctr          (one package again)

`check_models.toml` beside this file names them. The packages are fetched with pip into FOLDER, and what they import is
installed there, beside the TensorFlow of the interpreters; none of their code is kept here. Each model_fn is first
dry-run as a user would who says nothing: `tflint check --dry-run FILE`; where that builds no model, once more with the
entry that the list has for it in the pyproject.toml. `python -m tests.accuracy.report` then writes the table of
docs/accuracy.md.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from scripts.check_packages import fetched  # noqa: E402

LIST = HERE / "check_models.toml"
RECORD = HERE.parent / "docs" / "models.json"
LONGEST = 900.0
"""Seconds after which a dry run counts as one that hangs."""
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """A model_fn of a package; `entry`: what pyproject.toml says of it, `why` it must; `needs`: what it imports."""

    package: str
    file: str
    model_fn: str
    tensorflow: str
    entry: str = ""
    why: str = ""
    needs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.package} {self.file}:{self.model_fn}"


def interpreter(python: Path, needs: tuple[str, ...], folder: Path) -> Path:
    """An interpreter with the packages of another one, and `needs` in a place of its own."""
    own = folder / "bin" / "python"
    if not own.exists():
        subprocess.run([str(python), "-m", "venv", str(folder)], check=True)
        (site,) = (folder / "lib").glob("python*/site-packages")
        asked = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
        (site / "tensorflow.pth").write_text(subprocess.check_output(asked, text=True))
        # TensorFlow 1.15's converter looks for it on PATH.
        if (converter := python.parent / "toco_from_protos").exists():
            (folder / "bin" / converter.name).symlink_to(converter)
    if needs:
        subprocess.run([str(own), "-m", "pip", "install", "-q", "--no-deps", *needs], check=True)
    return own


def dry_run(case: Case, folder: Path, python: Path, converter: Path) -> Row:
    """What `tflint check --dry-run` reports of the file, run in the package's folder."""
    command = [
        sys.executable,
        "-m",
        "analyzer",
        "check",
        case.file,
        "--dry-run",
        "--no-cache",
        "--output-format",
        "json",
    ]
    command += ["--python", str(python), "--converter", str(converter)]
    environment = {"PYTHONPATH": str(HERE.parent), "PATH": "/usr/bin:/bin"}
    start = time.monotonic()
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=LONGEST, check=False, env=environment
    )
    if not done.stdout.startswith("{"):
        sys.exit(f"{case.name}: {done.stderr}")
    said: Row = json.loads(done.stdout)
    return said | {"seconds": round(time.monotonic() - start, 1)}


def model_of(case: Case, said: Row) -> Row:
    """The model_fn among the models of a report, one that was built if there is one."""
    named = [model for model in said["models"] if model["model_fn"] and model["model_fn"]["name"] == case.model_fn]
    if not named:
        return {"found_by": None, "limits": ["it was not found"], "signatures": [], "stopped_at": None, "results": []}
    found: Row = max(named, key=was_built)
    return found


def was_built(model: Row) -> bool:
    """Whether its graph for PREDICT was built, or the export itself failed where the real one does."""
    return bool(model["signatures"]) or model["stopped_at"] == "export"


def measure(case: Case, folder: Path, python: Path, converter: Path) -> Row:
    """The row of one model_fn, built by `python`, and converted by it and by `converter`."""
    configuration = folder / "pyproject.toml"
    configuration.unlink(missing_ok=True)
    said = dry_run(case, folder, python, converter)
    model, configured = model_of(case, said), False
    alone = "; ".join(model["limits"]) if not was_built(model) else ""
    if not was_built(model) and case.entry:
        configuration.write_text(f"[tool.tflint.models.real]\n{case.entry}")
        said = dry_run(case, folder, python, converter)
        model, configured = model_of(case, said), True
        configuration.unlink()
    confirmed = [one for one in said["findings"] if one["verdict"] == "confirmed" and one["severity"] == "error"]
    return {
        "package": case.package,
        "file": case.file,
        "model_fn": case.model_fn,
        "tensorflow": case.tensorflow,
        "found_by": model["found_by"],
        "configured": configured,
        "why": case.why if configured else "",
        "without": alone,
        "built": was_built(model),
        "stopped_at": model["stopped_at"],
        "outcomes": outcomes(model),
        "confirmed": sorted({f"{one['rule']} {one['name']} {one['file']}:{one['line']}" for one in confirmed}),
        "reasons": [] if was_built(model) else model["limits"],
        "seconds": said["seconds"],
    }


def outcomes(model: Row) -> dict[str, dict[str, str]]:
    """By converter and profile what the conversion of the first signature came to, and what the interpreter did."""
    found: dict[str, dict[str, str]] = {}
    for result in [*model["results"], *((model.get("mended") or {}).get("results", ()))]:
        if result["signature"] is not None:
            ran = "" if result["interpreter"] == "not run" else f", {result['interpreter']}"
            by_profile = found.setdefault(result["converter"].removeprefix("tensorflow "), {})
            by_profile.setdefault(result["profile"], f"{result['outcome']}{ran}")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scratch", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--python", action="append", default=[], metavar="VERSION=PATH", help="1.15.5 and 2.15.1")
    parser.add_argument("--only", action="append", default=[], metavar="PACKAGE")
    options = parser.parse_args()
    scratch = options.scratch.resolve()
    pythons = {version: Path(path).absolute() for version, _, path in (one.partition("=") for one in options.python)}
    listed = tomllib.loads(LIST.read_text("utf-8"))["model"]
    cases = [Case(**{**one, "needs": tuple(one.get("needs", ()))}) for one in listed]
    known: list[Row] = json.loads(RECORD.read_text("utf-8"))["rows"] if RECORD.exists() else []
    rows = {f"{row['package']} {row['file']}:{row['model_fn']}": row for row in known}
    for case in cases:
        if options.only and case.package.partition("==")[0] not in options.only:
            continue
        print(case.name, flush=True)
        python = interpreter(pythons[case.tensorflow], case.needs, scratch / f"python-{case.tensorflow}")
        converter = next(path for version, path in pythons.items() if version != case.tensorflow)
        rows[case.name] = measure(case, fetched(case.package, scratch), python, converter)
        print(f"  {json.dumps(rows[case.name], indent=2)}", flush=True)
        measured = [rows[one.name] for one in cases if one.name in rows]
        record: Row = {"date": time.strftime("%Y-%m-%d"), "rows": measured}
        RECORD.write_text(json.dumps(record, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
