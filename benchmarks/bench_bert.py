"""How much a weightless dry run saves on a model of BERT-base's size, and that it says the same.

`python -m benchmarks.bench_bert` in an environment with tflint and TensorFlow 2.15. About three minutes, 8 GB. With
`--curve` it shows instead how a dry run grows: with the layers, and with the width alone, which adds parameters but no
ops. About five minutes.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.measure import Ran, machine, run

HERE = Path(__file__).resolve().parent
PROGRAM = HERE / "bert_encoder.py"
FASTER = 8.0
SMALLER = 4.0
DEPTHS = (1, 3, 6, 12, 24)
WIDTHS = (192, 384, 768, 1536)
LAYERS_OF_WIDTHS = 3
BAR_SECONDS = 1.0

Verdicts = dict[str, tuple[str, str]]
"""Outcome and interpreter's result by profile."""


@dataclass(frozen=True, slots=True)
class Point:
    """A dry run of an encoder of some size."""

    layers: int
    width: int
    ops: int
    parameters: int
    seconds: float
    peak_bytes: int


def main() -> None:
    if "--curve" in sys.argv:
        curve()
    else:
        compare()


def curve() -> None:
    """How time and memory of a dry run grow with ops, and with parameters alone."""
    print("with the layers, at the width of BERT-base:")
    plot(point(layers, 768) for layers in DEPTHS)
    print(f"with the width, at {LAYERS_OF_WIDTHS} layers:")
    plot(point(LAYERS_OF_WIDTHS, width) for width in WIDTHS)
    print(machine())


def plot(points: Iterator[Point]) -> None:
    for one in points:
        size = f"{one.layers:>2} layers of {one.width:>4}: {one.ops:>5,} ops, {one.parameters / 1e6:>5.1f} M parameters"
        bar = "#" * round(one.seconds / BAR_SECONDS)
        print(f"  {size}, {one.peak_bytes / 1e9:.2f} GB, {one.seconds:>5.1f} s {bar}", flush=True)


def point(layers: int, width: int) -> Point:
    """A dry run of the program with another size written into it."""
    with tempfile.TemporaryDirectory(prefix="tflint-bert-") as scratch:
        program = Path(scratch) / PROGRAM.name
        text = PROGRAM.read_text("utf-8")
        program.write_text(text.replace("LAYERS = 12", f"LAYERS = {layers}").replace("WIDTH = 768", f"WIDTH = {width}"))
        ran, model = dry_run(program, Path(scratch))
    of_layer = 12 * width * width + 13 * width
    embedded = (30522 + 512 + 2 + 2) * width
    rest = width * width + 3 * width + 2
    ops = sum(op["count"] for op in model["results"][0]["ops"])
    return Point(layers, width, ops, layers * of_layer + embedded + rest, ran.seconds, ran.peak_bytes)


def compare() -> None:
    """Against training for a step, exporting and converting by hand."""
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
    ran, model = dry_run(PROGRAM, scratch)
    results = [result for result in model["results"] if result["signature"] == "serving_default"]
    return ran, {result["profile"]: (result["outcome"], result["interpreter"]) for result in results}


def dry_run(program: Path, scratch: Path) -> tuple[Ran, dict[str, Any]]:
    """The run, and what it reports of the program's one model."""
    flags = ("--dry-run", "--no-cache", "--exit-zero", "--output-format", "json")
    ran = run(
        [sys.executable, "-m", "analyzer", "check", str(program), *flags], scratch, {"PYTHONPATH": str(HERE.parent)}
    )
    (model,) = json.loads(ran.stdout)["models"]
    return ran, model


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
