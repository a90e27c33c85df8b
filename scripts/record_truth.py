#!/usr/bin/env python3
"""Measure the labelled programs of tests/programs and write what was measured into their NAME.truth.json.

What people write in a truth file: `program`, `entry`, `causes` (`file`, `text`, `what`, `class`, `rule`, `silent`,
`repair`), `must_not_flag` (`quiet`: not even an info), `infos` (lines that deserve an info of `rule`), `feeds`,
`unmended` (version: why the mended program is not B there). What this script writes: line numbers (found by `text`),
`outcome`, `default_call`, `signatures`, `own_call`, `converter_says`, each cause's `fatal`, `after_fix` and `sources`.

A program is run as a user runs it, with its few steps of training and its own export, under 1.15.5 and 2.15.1; when it
needs 1.x names that 2.15 lacks, again with `tensorflow` = tensorflow.compat.v1. Its SavedModel is converted by the
TensorFlow that wrote it, the one of 2.15 by 2.21.0 too; every signature by name and once without a name, with builtins
first and then with Select TF ops. The flatbuffer runs in the interpreter and is compared with TensorFlow's own outputs.

`fatal` is measured, not claimed: a scratch copy has all other causes repaired, and this one alone is left in it.

A program that calls TFLiteConverter itself has `own_call` too: what comes of its own conversion, by the version that
runs it. A cause in that call says `"own_call": true`, and its `fatal` is that of the program's own conversion. `needs`
names the rule of a cause that it does no harm without: that stays, and `fatal` is where repairing the call changes the
letter. 2.21.0 has no tf.estimator: there the program gets the SavedModel of 2.15.1 from its export.

Letters, better first: B builtins, runs, right · W* as TensorFlow computes, but the model is wrong (random on each call,
statistics of the batch, untouched moving averages) · F only with Select TF ops · W differs or ignores its inputs ·
R converts, interpreter fails · X never converts · E dies in the export · n/a does not run there.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PROGRAMS = HERE.parent / "tests" / "programs"
BEST_FIRST = ["B", "W*", "F", "W", "R", "X", "E"]
V1_VIEW = "2.15.1 (v1 view)"
MISSING_IN_V2 = re.compile("module .* has no attribute|No module named|cannot import name|eager|Keras|DEPRECATED")
FOLDERS = re.compile(r"(?:/?[\w.@+-]+/)+(?=[\w.@+-]+\.(?:py|cc|h)\b)")
MACHINE = re.compile(r"(?<![\w./:])/(?:[\w.@+-]+/)+[\w.@+-]*")
NO_FLEX = ("Regular TensorFlow ops are not supported", "Select TensorFlow op(s)")

Truth = dict[str, Any]


class Worker:
    """A warm interpreter that does one step at a time."""

    def __init__(self, python: Path, scratch: Path, seconds: int) -> None:
        self._scratch = scratch
        self._seconds = seconds
        # TOCO is started by name where it is not called in process, hence PATH.
        environment = {"PATH": f"{python.parent}:/usr/bin:/bin", "HOME": str(scratch), "TF_ENABLE_ONEDNN_OPTS": "0"}
        self._process = subprocess.Popen(
            [str(python), str(HERE / "truth_worker.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        )

    def __call__(self, step: str, **job: Any) -> dict[str, Any]:
        job |= {"step": step, "seconds": self._seconds}
        job |= {"answer": str(self._scratch / "answer.json"), "log": str(self._scratch / "log.txt")}
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the worker has no pipes")
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the worker ended during {step}: does its Python import TensorFlow and NumPy?")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait()


@dataclass(slots=True)
class Measurement:
    """Letters and words, keyed by version as in the truth files."""

    outcome: dict[str, str] = field(default_factory=dict)
    default_call: dict[str, str] = field(default_factory=dict)
    signatures: dict[str, dict[str, str]] = field(default_factory=dict)
    own: dict[str, str] = field(default_factory=dict)
    says: dict[str, str] = field(default_factory=dict)
    converted_by_2_21: str | None = None

    def key(self, version: str) -> str:
        """Where the letters of `version` stand."""
        return V1_VIEW if self.outcome.get(version) == "n/a" and V1_VIEW in self.outcome else version

    def fails(self, version: str) -> bool | None:
        """Whether anything but B was measured; None where the program does not run on that version."""
        key = self.key(version)
        letter = self.outcome.get(key, "n/a")
        return None if letter == "n/a" else {letter, self.default_call.get(key, "B")} != {"B"}

    def own_fails(self, version: str) -> bool | None:
        """Whether the program's own conversion ends in anything but B."""
        letter = self.own.get(self.key(version))
        return None if letter is None else letter != "B"


def letter_of_run(facts: dict[str, Any], averages_untouched: bool, run: dict[str, Any], constant_ok: bool) -> str:
    """The letter of a flatbuffer of builtins that ran."""
    if facts.get("deterministic") is False:
        return "W*" if run["varies"] else "W"
    if run["wrong"] or (facts.get("constant") and not constant_ok):
        return "W"
    return "W*" if facts.get("by_batch") or averages_untouched else "B"


class Converter:
    """Converts and runs every signature of one SavedModel."""

    def __init__(self, worker: Worker, export: str, feeds: dict[str, Any], scratch: Path) -> None:
        self._worker = worker
        self._feeds = feeds
        self._files = {"samples": str(scratch / "samples.pickle"), "flatbuffer": str(scratch / "model.tflite")}
        self._export = export
        self._sampled = worker("sample", export=export, feeds=feeds, **self._files)
        self.signatures: list[str] = sorted(self._sampled.get("signatures", {}))

    def letter(self, name: str | None) -> tuple[str, str]:
        """The letter of a signature (None: of the conversion that names none) and what was said."""
        said: list[str] = []
        for select in (False, True):
            done = self._worker("convert", export=self._export, signature=name, select=select, **self._files)
            if done["ok"]:
                break
            said.append(done["says"])
        else:
            return "X", said[-1]
        if not self.signatures:
            return ("F" if select else "B"), ""
        run = self._worker("invoke", signature=name, one_row=False, **self._files)
        if not run["ok"]:
            no_flex = any(words in run["says"] for words in NO_FLEX)
            if select and (no_flex or run.get("died")):
                return "F", said[0]
            return "R", run["says"]
        reference = name or ("serving_default" if "serving_default" in self.signatures else self.signatures[0])
        facts = self._sampled["signatures"][reference]
        if select:
            return ("W", f"differs: {run['wrong']}") if run["wrong"] and facts.get("deterministic") else ("F", said[0])
        untouched = self._sampled["averages_untouched"]
        letter = letter_of_run(facts, untouched, run, bool(self._feeds.get("__constant_ok__")))
        if letter in ("B", "W*") and name and not facts.get("strings"):
            alone = self._worker("invoke", signature=name, one_row=True, **self._files)
            if not alone["ok"]:
                return "R", alone["says"]
        return letter, f"differs: {run['wrong']}" if run["wrong"] else ""

    def own_letter(self, made: list[str]) -> str:
        """The letter of what the program converted itself: it runs, needs Select TF ops, cannot run, was not made."""
        if not made:
            return "X"
        for flatbuffer in made:
            run = self._worker("invoke", signature=None, one_row=True, **(self._files | {"flatbuffer": flatbuffer}))
            if not run["ok"]:
                return "F" if any(words in run["says"] for words in NO_FLEX) else "R"
        return "F" if any(b"Flex" in Path(flatbuffer).read_bytes() for flatbuffer in made) else "B"


class Bench:
    """The interpreters at hand and one scratch folder."""

    def __init__(self, pythons: dict[str, Path], scratch: Path, seconds: int) -> None:
        self._pythons = pythons
        self._scratch = scratch
        self._seconds = seconds
        self._workers: dict[str, Worker] = {}

    def worker(self, version: str) -> Worker:
        if version not in self._workers:
            self._workers[version] = Worker(self._pythons[version], self._scratch, self._seconds)
        return self._workers[version]

    def close(self) -> None:
        for worker in self._workers.values():
            worker.close()

    def measure(self, sources: Path, entry: str, feeds: dict[str, Any]) -> Measurement:
        """Run, export, convert and compare the program in the folder `sources`."""
        measured = Measurement()
        converts = any("TFLiteConverter" in path.read_text() for path in sources.rglob("*.py"))
        exports: dict[str, str] = {}
        for key, version in (("1.15.5", "1.15.5"), ("2.15.1", "2.15.1"), (V1_VIEW, "2.15.1")):
            if key == V1_VIEW and measured.outcome["2.15.1"] != "n/a":
                continue
            where = Path(tempfile.mkdtemp(dir=self._scratch))
            program = {"entry": str(sources / entry), "scratch": str(where), "v1_view": key == V1_VIEW}
            ran = self.worker(version)("run", **program, exported=None)
            words = ran.get("error") or ran.get("says") or ""
            if words:
                measured.says[f"{key} program"] = words
            if not ran.get("export"):
                in_export = ran.get("in_export") and not MISSING_IN_V2.search(words)
                measured.outcome[key] = "E" if in_export else "n/a"
                continue
            exports[key] = ran["export"]
            self._convert(measured, key, version, ran["export"], feeds, ran["own"] if converts else None)
        newer = next((key for key in ("2.15.1", V1_VIEW) if key in exports), None)
        measured.converted_by_2_21 = newer
        if newer is None:
            measured.outcome["2.21.0"] = "n/a"
        else:
            own = self._own_conversions(sources / entry, exports[newer], newer == V1_VIEW) if converts else None
            self._convert(measured, "2.21.0", "2.21.0", exports[newer], feeds, own)
        return measured

    def _own_conversions(self, entry: Path, exported: str, v1_view: bool) -> list[str]:
        """What the program converts itself under 2.21.0, given an export of 2.15.1."""
        program = {"entry": str(entry), "scratch": tempfile.mkdtemp(dir=self._scratch), "v1_view": v1_view}
        made: list[str] = self.worker("2.21.0")("run", **program, exported=exported)["own"]
        return made

    def _convert(
        self, into: Measurement, key: str, version: str, export: str, feeds: dict[str, Any], own: list[str] | None
    ) -> None:
        converter = Converter(self.worker(version), export, feeds, self._scratch)
        if own is not None:
            into.own[key] = converter.own_letter(own)
        letters = {}
        for name in converter.signatures:
            letters[name], words = converter.letter(name)
            if words and letters[name] != "B":
                into.says[key] = words
        into.signatures[key] = letters
        into.outcome[key] = max(letters.values(), key=BEST_FIRST.index, default="X")
        into.default_call[key], words = converter.letter(None)
        if words and into.default_call[key] not in letters.values():
            into.says[f"{key} default"] = words


def source_files(truth: Truth, folder: Path) -> Iterator[tuple[str, Path]]:
    """Names as `causes` spell them, and paths."""
    program = folder / truth["program"]
    if program.is_file():
        yield program.name, program
        return
    for path in sorted(program.rglob("*.py")):
        yield path.relative_to(program).as_posix(), path


def digest(truth: Truth, folder: Path) -> str:
    """Changes when the program, its feeds or a repair does."""
    told = [path.read_text() for _, path in source_files(truth, folder)]
    told += [json.dumps([truth.get("feeds", {}), [cause.get("repair") for cause in truth["causes"]]], sort_keys=True)]
    return hashlib.sha256("\0".join(told).encode()).hexdigest()[:16]


def without_paths(words: str) -> str:
    """What was said, without where on this machine it was said."""
    return MACHINE.sub("(path)", FOLDERS.sub("", words))


def place_lines(truth: Truth, folder: Path) -> None:
    """Give every labelled text its line number; a text must stand on exactly one line of its file."""
    lines = {name: path.read_text().splitlines() for name, path in source_files(truth, folder)}
    for label in [*truth["causes"], *truth["must_not_flag"], *truth.get("infos", [])]:
        at = [number for number, line in enumerate(lines[label["file"]], 1) if line.strip() == label["text"]]
        if len(at) != 1:
            raise SystemExit(f"{truth['program']}: {label['text']!r} stands on lines {at} of {label['file']}")
        label["line"] = at[0]


def scratch_copy(truth: Truth, folder: Path, into: Path, repaired: list[dict[str, Any]]) -> Path:
    """The program with some causes repaired."""
    target = Path(tempfile.mkdtemp(dir=into))
    for name, path in source_files(truth, folder):
        text = path.read_text()
        for change in (change for cause in repaired for change in cause.get("repair", []) if change["file"] == name):
            if text.count(change["old"]) != 1:
                raise SystemExit(f"{truth['program']}: {change['old']!r} is not found once in {name}")
            text = text.replace(change["old"], change["new"])
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_text(text)
    return target


def twins(cause: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two lines name one cause."""
    named_twice = "either line" in cause["what"] or "either line" in other["what"]
    return cause is other or (named_twice and cause["class"] == other["class"])


def record(truth: Truth, folder: Path, bench: Bench, scratch: Path) -> list[str]:
    """Measure the program as written, mended, and with each cause alone; returns what does not add up."""
    feeds, entry, causes = truth.get("feeds", {}), truth["entry"], truth["causes"]

    def measure(repaired: list[dict[str, Any]]) -> Measurement:
        return bench.measure(scratch_copy(truth, folder, scratch, repaired), entry, feeds)

    as_written = measure([])
    truth["outcome"], truth["measured"] = as_written.outcome, as_written.outcome
    truth["default_call"], truth["signatures"] = as_written.default_call, as_written.signatures
    if as_written.own:
        truth["own_call"] = as_written.own
    truth["converter_says"] = {key: without_paths(words) for key, words in as_written.says.items()}
    truth["exports_used_by_2.21.0"] = as_written.converted_by_2_21
    truth["classes"] = sorted({cause["class"] for cause in causes})
    truth.pop("after_fix", None)
    odd: list[str] = []
    if not any(cause.get("repair") for cause in causes):
        mended = as_written
    else:
        mended = measure(causes)
        truth["after_fix"] = {"outcome": mended.outcome, "default_call": mended.default_call}
        if mended.own:
            truth["after_fix"]["own_call"] = mended.own
    for cause in causes:
        needed = [other for other in causes if cause.get("needs") and other["rule"] == cause["needs"]]
        others = [other for other in causes if not twins(cause, other) and other not in needed]
        alone = measure(others) if any(other.get("repair") for other in others) else as_written
        fails = alone.own_fails if cause.get("own_call") else alone.fails
        cause["fatal"] = {version: fails(version) for version in ("1.15.5", "2.15.1", "2.21.0")}
        if needed:
            without = measure([*others, cause]).own
            changed = {version for version, letter in alone.own.items() if letter != without.get(version)}
            cause["fatal"] = {version: failed and version in changed for version, failed in cause["fatal"].items()}
        if not any(cause["fatal"].values()) and not cause["silent"]:
            odd.append(f"line {cause['line']} ({cause['what']}) is fatal nowhere and not silent")
    repairable = not causes or all(any(c.get("repair") for c in causes if twins(c, cause)) for cause in causes)
    for version in ("1.15.5", "2.15.1", "2.21.0"):
        still = mended.fails(version) or mended.own_fails(version)
        if repairable and still and version not in truth.get("unmended", {}):
            letters = f"{mended.outcome} {mended.default_call} {mended.own}"
            odd.append(f"{version}: {letters} with every cause mended: {mended.says}")
    truth["sources"] = digest(truth, folder)
    return odd


def record_replays(names: list[str], python: Mapping[str, Path], every: bool) -> None:
    """Dry runs of the programs whose recordings are older than they are; needs an environment with tflint.

    What 2.15.1 builds is converted by 2.21.0 too, where that is named.
    """
    sys.path.insert(0, str(HERE.parent))
    from tests.accuracy import replays
    from tests.accuracy.labels import programs

    for builder in replays.BUILDERS:
        if builder not in python:
            continue
        wanted = [
            program
            for program in programs()
            if (program.name in names if names else every or not replays.is_current(program, builder))
        ]
        converters = [python["2.21.0"]] if builder == "2.15.1" and "2.21.0" in python else []
        for program in replays.record(wanted, builder, python[builder], converters):
            print(f"{program.name}: recorded with {builder}", flush=True)


def pythons(arguments: list[str]) -> dict[str, Path]:
    """VERSION=PATH, as given on the command line."""
    pairs = (argument.split("=", 1) for argument in arguments)
    return {version: Path(path) for version, path in pairs}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="programs to measure; default: those that changed since they were")
    parser.add_argument("--python", action="append", default=[], metavar="VERSION=PATH", help="1.15.5, 2.15.1, 2.21.0")
    parser.add_argument("--all", action="store_true", help="measure also what has not changed")
    parser.add_argument("--check", action="store_true", help="write nothing, say where the measurement disagrees")
    parser.add_argument("--lines", action="store_true", help="only renew the line numbers, measuring nothing")
    parser.add_argument("--replays", action="store_true", help="record dry runs instead, of each version named")
    parser.add_argument("--seconds", type=int, default=120, help="limit of each step")
    options = parser.parse_args()
    if options.replays:
        record_replays(options.names, pythons(options.python), options.all)
        return 0
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="truth-") as scratch:
        bench = Bench(pythons(options.python), Path(scratch), options.seconds)
        for path in sorted(PROGRAMS.glob("*.truth.json")):
            truth: Truth = json.loads(path.read_text())
            name = path.name.removesuffix(".truth.json")
            place_lines(truth, PROGRAMS)
            current = truth.get("sources") == digest(truth, PROGRAMS)
            wanted = name in options.names if options.names else options.all or options.check or not current
            if wanted and not options.lines:
                before = truth.get("outcome")
                for line in record(truth, PROGRAMS, bench, Path(scratch)):
                    wrong += 1
                    print(f"{name}: {line}", flush=True)
                print(f"{name}: {truth['outcome']} {truth['default_call']}", flush=True)
                if options.check and before != truth["outcome"]:
                    wrong += 1
                    print(f"{name}: recorded {before}", flush=True)
                for leftover in Path(scratch).iterdir():
                    if leftover.is_dir():
                        shutil.rmtree(leftover)
            if not options.check:
                path.write_text(json.dumps(truth, indent=1) + "\n")
        bench.close()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
