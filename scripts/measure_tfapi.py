"""Measure what each converter version does with a minimal graph of each API, and write the tables of `tfapi`.

    python scripts/measure_tfapi.py --python 1.15=PATH --python 2.15=PATH --python 2.21=PATH --cache FOLDER
    python scripts/measure_tfapi.py ... --only tensorflow.math.cumprod     (one API, or several: repeat it)
    python scripts/measure_tfapi.py --cache FOLDER --write                 (only write the tables)

Everything measured goes to `FOLDER/results.jsonl` at once, keyed by the code of the probe: a second run resumes.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from analyzer.tfapi.names import canonical  # noqa: E402
from scripts.measure_tfapi_inputs import INPUTS, SWEPT, inputs_of  # noqa: E402
from scripts.measure_tfapi_tables import letter, write_tables  # noqa: E402
from scripts.measure_tfapi_templates import templates  # noqa: E402

TARGETS = ("1.15", "2.15", "2.21")
BUILDER = {"1.15": "1.15", "2.15": "2.15", "2.21": "2.15"}
FLOATS = ("float32", "float64", "float16")
EVERY = (*FLOATS, "int32", "int64", "uint8", "bool", "string")
OPERATORS = (*EVERY, "int8", "int16")
PROBE_FILES = ("measure_tfapi_probes_math.txt", "measure_tfapi_probes_models.txt", "measure_tfapi_probes_data.txt")
Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Probe:
    """Code that uses one API on placeholders."""

    key: str
    code: str
    dtypes: tuple[str, ...]
    batches: tuple[int | None, ...] = (None, 2)
    tried: tuple[str, ...] = ()
    """Other code to try in turn, for probes that nobody wrote by hand."""


def default_dtype(code: str) -> str:
    """The dtype that a probe's row is about: that of its first input."""
    names = inputs_of(code)
    if not names or SWEPT.intersection(names):
        return "float32"
    return str(INPUTS[names[0]]("float32", None, 1)[1])


def key_of(code: str) -> str:
    """The canonical name of the API that a probe calls first."""
    match = re.search(r"\btf2?((?:\.\w+)+)", code)
    if match is None:
        raise ValueError(f"no API in {code!r}")
    return canonical("tensorflow" + match.group(1))


def handwritten() -> Iterator[Probe]:
    for name in PROBE_FILES:
        for line in (HERE / name).read_text(encoding="utf-8").splitlines():
            if not line or line.startswith("#"):
                continue
            flag, _, rest = line.partition(" ") if line[0] in "*+" else ("", "", line)
            written, separator, code = rest.rpartition(" := ")
            base, bracket, variant = written.partition("[")
            key = base if base.startswith("operator.") else canonical("tensor" + "flow" + base[2:]) if base else ""
            many = OPERATORS if base.startswith("operator.") else EVERY
            dtypes = many if flag == "*" else FLOATS if flag == "+" else (default_dtype(code),)
            ast.parse(code, mode="eval")
            yield Probe(key + bracket + variant if separator else key_of(code), code, dtypes)


def probes() -> list[Probe]:
    """One probe a key: what is written by hand first."""
    found: dict[str, Probe] = {}
    for probe in handwritten():
        found.setdefault(probe.key, probe)
    for key, codes in templates(set(found)):
        found.setdefault(key, Probe(key, codes[0], ("",), (None,), tuple(codes)))
    return list(found.values())


class Worker:
    """One TensorFlow that builds, converts and runs."""

    def __init__(self, python: str) -> None:
        environment = {"PATH": f"{Path(python).parent}:/usr/bin:/bin", "TF_CPP_MIN_LOG_LEVEL": "1"}
        self._process = subprocess.Popen(
            [python, "-W", "ignore", str(HERE / "measure_tfapi_worker.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**environment, "HOME": tempfile.gettempdir(), "CUDA_VISIBLE_DEVICES": "-1"},
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._stdin: IO[str] = self._process.stdin
        self._stdout: IO[str] = self._process.stdout
        self.version: str = json.loads(self._stdout.readline())["version"]

    def ask(self, **job: Any) -> Answer:
        self._stdin.write(json.dumps(job) + "\n")
        self._stdin.flush()
        answer: Answer = json.loads(self._stdout.readline())
        return answer

    def close(self) -> None:
        self._stdin.close()
        self._process.wait(timeout=30)


class Results:
    """What has been measured, on disk as soon as it is known."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "results.jsonl"
        self.rows: dict[str, Answer] = {}
        if self._path.exists():
            for line in self._path.read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                self.rows[row["id"]] = row

    def forget(self, keys: set[str]) -> None:
        """Let these APIs be measured again; what is on disk stays, and the later row counts."""
        self.rows = {name: row for name, row in self.rows.items() if row["key"].partition("[")[0] not in keys}

    def add(self, row: Answer) -> None:
        self.rows[row["id"]] = row
        with self._path.open("a", encoding="utf-8") as out:
            out.write(json.dumps(row) + "\n")


def in_order(wanted: list[Probe], results: Results) -> Iterator[Probe]:
    """What matters most first: operators, then each written probe's own dtype, its other dtypes, then templates.

    The static batch comes last, for one dtype, and only where the batch of None was not B: it decides nothing else.
    """
    written = [probe for probe in wanted if not probe.tried]
    operators = [probe for probe in written if probe.key.startswith("operator.")]
    for probe in (*operators, *(replace(probe, dtypes=probe.dtypes[:1]) for probe in written), *written, *wanted):
        yield replace(probe, batches=(None,))
    troubled = {row["key"] for row in results.rows.values() if row["batch"] is None and letter(row) not in ("B", None)}
    for probe in written:
        if probe.key in troubled:
            yield replace(probe, dtypes=probe.dtypes[:1])


def row_id(target: str, codes: tuple[str, ...], dtype: str, batch: int | None) -> str:
    text = json.dumps([target, codes, dtype, batch])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def measure(probe: Probe, workers: dict[str, Worker], results: Results) -> None:
    """Measure what is not yet known of one probe."""
    codes = probe.tried or (probe.code,)
    for builder in dict.fromkeys(BUILDER[target] for target in workers):
        converters = [target for target in workers if BUILDER[target] == builder]
        for dtype in probe.dtypes:
            for batch in probe.batches:
                wanted = [one for one in converters if row_id(one, codes, dtype, batch) not in results.rows]
                if not wanted or builder not in workers:
                    continue
                folder = tempfile.mkdtemp(prefix="tfapi-")
                asked = dtype or "float32"
                found: Answer = {"tried": 0}
                if builder not in wanted:
                    found = workers[builder].ask(folder=folder, codes=codes, dtype=asked, batch=batch, only="built")
                for target in sorted(wanted, key=lambda one: one != builder):
                    built = {name: found[name] for name in ("tried", "probe", "built") if name in found}
                    if "ops" in built.get("built", {"ops": []}):
                        found = workers[target].ask(folder=folder, codes=codes, dtype=asked, batch=batch, found=built)
                    row = {
                        "id": row_id(target, codes, dtype, batch),
                        "key": probe.key,
                        "dtype": dtype or default_dtype(found["probe"]),
                        "batch": batch,
                        "target": target,
                        "tensorflow": workers[target].version,
                        "date": time.strftime("%Y-%m-%d"),
                    }
                    kept = ("probe", "built", "builtins", "select", "run")
                    results.add(row | {name: found[name] for name in kept if name in found})
                shutil.rmtree(folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", action="append", default=[], metavar="TARGET=PATH")
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--only", action="append", default=[], metavar="KEY", help="measure this API again")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop after about so long")
    parser.add_argument("--write", action="store_true", help="write analyzer/tfapi/support.json and ops.json")
    options = parser.parse_args()
    results = Results(options.cache)
    wanted = probes()
    ends = time.monotonic() + 60 * options.minutes
    if options.python:
        workers = {target: Worker(path) for target, _, path in (pair.partition("=") for pair in options.python)}
        results.forget(set(options.only))
        for probe in in_order(wanted, results):
            if options.only and probe.key.partition("[")[0] not in options.only:
                continue
            if time.monotonic() > ends:
                print(f"stopped before {probe.key}")
                break
            measure(probe, workers, results)
            print(f"{len(results.rows)} measurements, {probe.key}", flush=True)
        for worker in workers.values():
            worker.close()
    if options.write:
        write_tables(results.rows.values(), {probe.key: probe.tried or (probe.code,) for probe in wanted})


if __name__ == "__main__":
    main()
