"""What twenty small programs take in one dry run, against one of them; and when nothing has changed since.

`python -m benchmarks.bench_many` in an environment with tflint and TensorFlow 2.15. About a minute.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.measure import Ran, machine, run

PROGRAMS = 20
MOST = 4.0
"""Times that one program takes."""
MOST_AGAIN = 0.1
PROGRAM = """\
import tensorflow as tf
v1 = tf.compat.v1

def model_fn(features, labels, mode):
    hidden = v1.layers.dense(features["x"], {units}, activation=tf.nn.relu)
    return tf.estimator.EstimatorSpec(mode, predictions={{"y": v1.layers.dense(hidden, 1)}})

def receiver():
    x = v1.placeholder(tf.float32, [None, 3])
    return tf.estimator.export.ServingInputReceiver({{"x": x}}, {{"x": x}})

tf.estimator.Estimator(model_fn).export_saved_model("out", receiver)
"""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="tflint-many-") as scratch:
        folder = Path(scratch) / "programs"
        folder.mkdir()
        for number in range(PROGRAMS):
            (folder / f"p{number:02}.py").write_text(PROGRAM.format(units=number + 2))
        cache = ("--cache-dir", str(Path(scratch) / "cache"))
        one = _check(Path(scratch), "programs/p00.py", "--no-cache")
        many = _check(Path(scratch), "programs", *cache)
        again = _check(Path(scratch), "programs", *cache)
    ratio, share = many.seconds / one.seconds, again.seconds / many.seconds
    print(f"one program {one.seconds:.1f} s; {PROGRAMS} {many.seconds:.1f} s: {ratio:.1f} times (at most {MOST:g})")
    print(f"again, from the cache {again.seconds:.1f} s: {share:.2f} of that (at most {MOST_AGAIN:g})")
    print(machine())
    if ratio > MOST or share > MOST_AGAIN:
        sys.exit("the promise is broken")


def _check(scratch: Path, *words: str) -> Ran:
    command = [sys.executable, "-m", "analyzer", "check", "--dry-run", "--output-format", "concise", *words]
    done = run(command, scratch)
    if done.code != 0:
        sys.exit(f"{' '.join(words)} ended with {done.code}: {done.stdout}")
    return done


if __name__ == "__main__":
    main()
