"""How much a weightless dry run saves on a model of BERT-base's size, and that it says the same.

`python -m benchmarks.bench_bert` in an environment with tflint and TensorFlow 2.15. About three minutes, 8 GB.
"""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from benchmarks.measure import Ran, machine, run

HERE = Path(__file__).resolve().parent
PROGRAM = HERE / "bert_encoder.py"
FASTER = 5.0
SMALLER = 3.0

Verdicts = dict[str, tuple[str, str]]
"""Outcome and interpreter's result by profile."""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="tflint-bert-") as scratch:
        dry, dry_says = weightless(Path(scratch))
        real, real_says = by_hand(Path(scratch))
    if not dry_says:
        sys.exit("the dry run converted nothing: is the machine so busy that it ran into its time limit?")
    print(f"weightless dry run: {dry.seconds:.1f} s, {dry.peak_bytes / 1e9:.2f} GB: {dry_says}")
    print(f"train, export, convert: {real.seconds:.1f} s, {real.peak_bytes / 1e9:.2f} GB: {real_says}")
    faster, smaller = real.seconds / dry.seconds, real.peak_bytes / dry.peak_bytes
    print(f"{faster:.1f} times faster (at least {FASTER:g}), {smaller:.1f} times smaller (at least {SMALLER:g})")
    print(machine())
    if dry_says != real_says or faster < FASTER or smaller < SMALLER:
        sys.exit("the promise is broken")


def weightless(scratch: Path) -> tuple[Ran, Verdicts]:
    """What `tflint check --dry-run` takes and says."""
    flags = ("--dry-run", "--no-cache", "--exit-zero", "--output-format", "json")
    ran = run(
        [sys.executable, "-m", "analyzer", "check", str(PROGRAM), *flags], scratch, {"PYTHONPATH": str(HERE.parent)}
    )
    report = json.loads(ran.stdout)
    (model,) = report["models"]
    results = [result for result in model["results"] if result["signature"] == "serving_default"]
    return ran, {result["profile"]: (result["outcome"], result["interpreter"]) for result in results}


def by_hand(scratch: Path) -> tuple[Ran, Verdicts]:
    """What one step of training, the export and the conversion take and say."""
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3"}
    trained = run([sys.executable, str(PROGRAM), str(scratch)], scratch, quiet)
    if trained.code:
        sys.exit((scratch / "stderr").read_text("utf-8")[-2000:])
    (exported,) = (scratch / "export").iterdir()
    converted = run([sys.executable, str(HERE / "convert_saved_model.py"), str(exported)], scratch, quiet)
    if converted.code:
        sys.exit((scratch / "stderr").read_text("utf-8")[-2000:])
    says = {profile: (said["outcome"], said["interpreter"]) for profile, said in json.loads(converted.stdout).items()}
    peak = max(trained.peak_bytes, converted.peak_bytes)
    return replace(trained, seconds=trained.seconds + converted.seconds, peak_bytes=peak), says


if __name__ == "__main__":
    main()
