"""Check every Python file of public packages with Estimator code, and record what came of it in docs/packages.json.

    python scripts/check_packages.py --scratch FOLDER                     (all packages, a few minutes)
    python scripts/check_packages.py --scratch FOLDER --only tf-word2vec  (one again, or several: repeat it)

The packages are fetched with pip, by name and version, into FOLDER; none of their code is kept here. Each is checked
as a user would: `tflint check` of its folder, once for each target. `python -m tests.accuracy.report` then writes
the tables of docs/accuracy.md.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import subprocess
import sys
import tarfile
import time
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
RECORD = HERE.parent / "docs" / "packages.json"
TARGETS = ("2.15", "1.15")
PACKAGES = (
    "adanet==0.9.0",
    "albert-tensorflow==1.1",
    "bert-serving-server==1.10.0",
    "bert-tensorflow==1.0.4",
    "deepctr==0.9.3",
    "estimator==0.0.10",
    "kfac==0.2.4",
    "magenta==2.1.4",
    "mesh-tensorflow==0.1.21",
    "object-detection==0.0.3",
    "OpenNMT-tf==1.25.3",
    "polyaxon-lib==0.0.4",
    "tensor2tensor==1.15.7",
    "tensorflow-estimator==2.15.0",
    "tensorflow-gan==2.1.0",
    "tensorflow-hub==0.12.0",
    "tensorflow-lattice==2.0",
    "tensorflow-model-analysis==0.21.6",
    "tensorflow-privacy==0.5.1",
    "tensorflow-ranking==0.2.3",
    "tf-models-official==2.2.0",
    "tf-object-detection==0.0.3",
    "tf-word2vec==1.0.7",
    "tfseqestimator==2.2.1",
    "tfx==0.21.5",
    "xlnet-tensorflow==1.1.2",
)
ESTIMATOR_CODE = re.compile(r"stimator|export_saved|train_and_evaluate")
TAKEN = {"features", "labels", "mode", "params", "config", "self", "cls"}
"""The parameters that tf.estimator allows a model_fn to have."""
LONGEST = 600.0
"""Seconds after which a check counts as one that hangs."""
Row = dict[str, Any]


def fetched(package: str, scratch: Path) -> Path:
    """The unpacked source of a package: of its wheel where there is one, as nothing of it runs then."""
    folder = scratch / "source" / package
    if folder.is_dir():
        return folder
    archives = scratch / "archives" / package
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(archives)]
    wheel = ["--only-binary=:all:", "--python-version", "3.7"]
    if subprocess.run([*pip, *wheel, package], capture_output=True, check=False).returncode:
        subprocess.run([*pip, "--no-binary=:all:", package], check=True)
    (archive,) = archives.iterdir()
    folder.mkdir(parents=True)
    if archive.suffix in (".whl", ".zip"):
        with zipfile.ZipFile(archive) as zipped:
            zipped.extractall(folder)
    else:
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")
    return folder


def check(folder: Path, target: str) -> Row:
    """What `tflint check` says of a folder; `crash` where it says nothing."""
    words = [sys.executable, "-m", "analyzer", "check", ".", "--no-cache", "--output-format", "json"]
    start = time.monotonic()
    try:
        done = subprocess.run(
            [*words, "--target", target], cwd=folder, capture_output=True, text=True, timeout=LONGEST, check=False,
            env={"PYTHONPATH": str(HERE.parent), "PATH": "/usr/bin:/bin"},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return {"crash": f"no answer in {LONGEST:g} s"}
    seconds = round(time.monotonic() - start, 1)
    if done.returncode not in (0, 1, 2) or not done.stdout.startswith("{"):
        return {"crash": done.stderr.strip().rpartition("\n")[2] or f"exit code {done.returncode}", "seconds": seconds}
    said: Row = json.loads(done.stdout)
    return {**said, "seconds": seconds}


def model_fns(folder: Path) -> set[tuple[str, int]]:
    """The functions that tf.estimator would take as a model_fn and that make a spec, found without tflint."""
    found: set[tuple[str, int]] = set()
    for path in folder.rglob("*.py"):
        try:
            tree = ast.parse(path.read_text("utf-8", errors="replace"))
        except SyntaxError:
            continue
        for node in ast.walk(tree):
            names = {one.arg for one in node.args.args} if isinstance(node, ast.FunctionDef) else set()
            if {"features", "mode"} <= names <= TAKEN and "Spec" in ast.unparse(node):
                found.add((str(path.relative_to(folder)), getattr(node, "lineno", 0)))
    return found


def measure(package: str, folder: Path) -> Row:
    """The row of one package."""
    texts = [path.read_text("utf-8", errors="replace") for path in folder.rglob("*.py")]
    with_estimators = sum(ESTIMATOR_CODE.search(text) is not None for text in texts)
    row: Row = {"package": package, "files": len(texts), "estimator_files": with_estimators}
    row |= {"crashes": 0, "internal_errors": 0, "unreadable": 0, "findings": {}, "loud": {}}
    for target in TARGETS:
        said = check(folder, target)
        row["seconds"] = max(row.get("seconds", 0.0), said.get("seconds", LONGEST))
        if "crash" in said:
            print(f"  {target}: CRASH {said['crash']}")
            row["crashes"] += 1
            continue
        own = [error for error in said["errors"] if "tflint itself failed" in error["message"]]
        for error in said["errors"]:
            print(f"  {target}: {error['file']}: {error['message']}")
        row["internal_errors"] += len(own)
        row["unreadable"] = len(said["errors"]) - len(own)
        counted = Counter(f"{one['severity']} {one['rule']} {one['name']}" for one in said["findings"])
        row["findings"][target] = dict(sorted(counted.items()))
        loud = [one for one in said["findings"] if one["severity"] in ("warning", "error")]
        row["loud"][target] = sorted(f"{one['name']} {one['file']}:{one['line']}" for one in loud)
        row["models"] = len(said["models"])
        row["limited"] = sum(bool(model["limits"]) for model in said["models"])
        reasons = Counter(reason for model in said["models"] for reason in set(map(general, model["limits"])))
        row["reasons"] = dict(reasons.most_common())
        named = {(one["file"], one["line"]) for one in (model["model_fn"] for model in said["models"]) if one}
        written = model_fns(folder)
        row["model_fns"] = len(written)
        row["unnamed"] = sorted(f"{path}:{line}" for path, line in written - named)
    return row


def general(reason: str) -> str:
    """A reason without the places and names it speaks of."""
    reason = re.sub(r" \([^()]*, line \d+\)$|: it returns `.*$", "", reason)
    return re.sub(r"^[\w.<>]+: ", "", re.sub(r"^line \d+ of \S+", "a line", reason))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scratch", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--only", action="append", default=[], metavar="NAME")
    options = parser.parse_args()
    known: Row = json.loads(RECORD.read_text("utf-8")) if RECORD.exists() else {"rows": []}
    rows: dict[str, Row] = {row["package"]: row for row in known["rows"] if row["package"] in PACKAGES}
    for package in PACKAGES:
        if options.only and package.partition("==")[0] not in options.only:
            continue
        print(package, flush=True)
        rows[package] = measure(package, fetched(package, options.scratch.resolve()))
    measured = [rows[package] for package in PACKAGES if package in rows]
    record: Row = {"date": time.strftime("%Y-%m-%d"), "rows": measured}
    RECORD.write_text(json.dumps(record, indent=1) + "\n", "utf-8")
    failed = sum(row["crashes"] + row["internal_errors"] for row in measured)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
