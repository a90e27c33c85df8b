# ruff: noqa: B905, PTH107, PTH110, PTH119, PTH120, UP031, UP035
"""The steps of a measurement, each in a process of its own, under the TensorFlow that is measured.

Reads one JSON job a line, forks, and answers with one JSON line: a converter that aborts or an interpreter that
segfaults costs its fork only. Runs on Python 3.7 with TensorFlow and NumPy.
"""

from __future__ import annotations

import contextlib
import glob
import importlib
import json
import os
import pickle
import re
import resource
import runpy
import shutil
import signal
import sys
import tempfile
import traceback
import warnings
from typing import Any, Callable, Iterable

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
warnings.filterwarnings("ignore")

import numpy as np  # noqa: E402
import tensorflow as tensorflow_  # noqa: E402

Json = Any  # what crosses the pipe, and the tensors TensorFlow hands out
V1 = tensorflow_.compat.v1
MEMORY = 6 << 30
TELLING = re.compile(
    r"TF Select ops:[^\n]*|Custom ops:[^\n]*|you will need custom implementations:[^\n]*|Check failed[^\n]*"
    r"|TensorFlow Lite currently doesn.t support[^\n]*|error: [^\n]*"
)


def in_words(error: BaseException, limit: int = 300) -> str:
    """The telling part of an error message, on one line."""
    text = str(error)
    telling = list(dict.fromkeys(TELLING.findall(text)))
    words = " | ".join(telling) if telling else text
    return re.sub(r"\s+", " ", "%s: %s" % (type(error).__name__, words))[:limit]


class Stub:
    """Stands in for tf.estimator where there is none: every export is one that another TensorFlow made before."""

    def __init__(self, exported: str) -> None:
        self.exported = exported

    def __getattr__(self, name: str) -> Stub:
        return Stub(self.exported)

    def __call__(self, *args: Json, **kwargs: Json) -> Stub:
        return Stub(self.exported)

    def export_saved_model(self, base: str, *args: Json, **kwargs: Json) -> bytes:
        return shutil.copytree(self.exported, os.path.join(base, "1700000000")).encode()


def watch_conversions(folder: str) -> list[str]:
    """The files of what the program converts itself, each as it was converted."""
    lite, made = importlib.import_module("tensorflow.lite.python.lite"), []  # type: Any, list[str]

    def watched(original: Callable[..., Json]) -> Callable[..., Json]:
        def load(*args: Json, **kwargs: Json) -> Json:
            converter = original(*args, **kwargs)
            convert = converter.convert

            def kept() -> Json:
                flatbuffer = convert()
                made.append(os.path.join(folder, "own%d.tflite" % len(made)))
                with open(made[-1], "wb") as file:
                    file.write(flatbuffer)
                return flatbuffer

            converter.convert = kept
            return converter

        return load

    for cls in (lite.TFLiteConverter, lite.TFLiteConverterV2):
        for name in [name for name in dir(cls) if name.startswith("from_")]:
            setattr(cls, name, staticmethod(watched(getattr(cls, name))))
    return made


def run_program(job: Json) -> Json:
    """Run the program as `__main__` in its scratch folder; training and export are real.

    With `exported` the program gets that SavedModel from its export, and trains nothing.
    """
    os.chdir(job["scratch"])
    tempfile.tempdir = job["scratch"]
    entry = job["entry"]
    sys.argv, sys.path[0] = [entry], os.path.dirname(entry)
    if job["v1_view"]:
        V1.disable_v2_behavior()
        sys.modules["tensorflow"] = V1
    if job["exported"]:
        tensorflow_.estimator = V1.estimator = Stub(job["exported"])
    answer: Json = {"error": None, "in_export": False, "own": watch_conversions(job["scratch"])}
    try:
        runpy.run_path(entry, run_name="__main__")
    except SystemExit as error:
        if error.code not in (0, None):
            answer["error"] = "SystemExit: %s" % error.code
    except Exception as error:  # whatever the user's program dies of is the measurement
        frames = traceback.extract_tb(error.__traceback__)
        answer["error"] = in_words(error)
        places = (frame.name + os.path.basename(frame.filename) for frame in frames)
        answer["in_export"] = any(re.search("export|serving_input", place) for place in places)
    pattern = os.path.join(job["scratch"], "**", "saved_model.pb")
    written = [path for path in glob.glob(pattern, recursive=True) if "/temp-" not in path]
    answer["export"] = os.path.dirname(max(written, key=os.path.getmtime)) if written else None
    return answer


def serialized(examples: Iterable[Json]) -> list[bytes]:
    """tf.Example protos of plain dictionaries."""
    blobs = []
    for features in examples:
        example = V1.train.Example()
        for key, values in features.items():
            values = values if isinstance(values, list) else [values]
            into = example.features.feature[key]
            if isinstance(values[0], str):
                into.bytes_list.value.extend(value.encode() for value in values)
            elif isinstance(values[0], float):
                into.float_list.value.extend(values)
            else:
                into.int64_list.value.extend(values)
        blobs.append(example.SerializeToString())
    return blobs


def jpegs(shape: list[int], count: int, seed: int) -> list[bytes]:
    """Small random JPEG files."""
    pixels = np.random.RandomState(seed).randint(0, 255, shape).astype("uint8")
    with V1.Graph().as_default(), V1.Session() as session:
        return [session.run(V1.image.encode_jpeg(pixels))] * count


def made_input(wanted: Json, dtype: str, shape: Json, batch: int, seed: int) -> Json:
    """One input tensor: what the truth file asks for, or random numbers of the signature's shape."""
    wanted = wanted or {}
    if "examples" in wanted:
        return np.roll(np.array(serialized(wanted["examples"]), dtype=object), seed, axis=0)
    if "jpeg" in wanted:
        return np.array(jpegs(wanted["jpeg"], wanted.get("count", 2), seed), dtype=object)
    if "value" in wanted:
        if dtype == "string":
            return np.roll(np.array(wanted["value"], dtype=object), seed, axis=0)
        value = np.array(wanted["value"]).astype(dtype)
        return value * (1 + seed) if dtype.startswith("float") else np.roll(value, seed, axis=0)
    shape = wanted.get("shape", [batch, 4] if shape is None else shape)
    sizes = [size if size >= 0 else (batch if axis == 0 else 8) for axis, size in enumerate(shape)]
    random = np.random.RandomState(seed + 1)
    if dtype == "string":
        return np.array(random.choice(["a", "b", "c"], size=sizes), dtype=object)
    if dtype == "bool":
        return random.rand(*sizes) > 0.5
    if "int" in dtype:
        low, high = wanted.get("range", (0, 2))
        return random.randint(low, high, size=sizes).astype(dtype)
    return np.asarray(random.randn(*sizes)).astype(dtype)


def same(one: Json, other: Json) -> bool:
    """Whether two runs gave equal outputs."""
    for key, value in one.items():
        a, b = np.asarray(value), np.asarray(other[key])
        if a.shape != b.shape:
            return False
        if not (np.allclose(a, b, 1e-4, 1e-5) if a.dtype.kind == "f" else np.array_equal(a, b)):
            return False
    return True


def depends_on_batch(together: Json, alone: Json, batch: int) -> bool:
    """Whether the first row of a batch comes out otherwise than on its own."""
    for key, value in together.items():
        whole, single = np.asarray(value), np.asarray(alone[key])
        by_row = whole.ndim and whole.shape[0] == batch and single.shape[:1] == (1,) and whole.dtype.kind == "f"
        if by_row and not np.allclose(whole[:1], single, 1e-3, 1e-4):
            return True
    return False


def examined(session: Any, inputs: Json, outputs: Json, feeds_for: Callable[[int], Json]) -> tuple[Json, Json, Json]:
    """What TensorFlow itself computes for a signature, and how that behaves."""

    def outputs_of(feeds: Json) -> Json:
        return session.run(outputs, {inputs[key]["name"]: value for key, value in feeds.items()})

    feeds = feeds_for(0)
    expected = outputs_of(feeds)
    facts: Json = {"deterministic": same(expected, outputs_of(feeds)), "constant": False, "by_batch": False}
    if not inputs:
        return feeds, expected, facts
    others = [feeds_for(seed) for seed in (1, 2, 3)]
    facts["constant"] = all(same(expected, outputs_of(other)) for other in others)
    sizes = {np.shape(value)[:1] for value in feeds.values()}
    if facts["deterministic"] and len(sizes) == 1 and min(sizes) > (1,):
        try:
            alone = outputs_of({key: value[:1] for key, value in feeds.items()})
            facts["by_batch"] = depends_on_batch(expected, alone, min(sizes)[0])
        except Exception as error:  # a batch size baked into the graph: the single row cannot be run
            facts["alone"] = in_words(error)
    return feeds, expected, facts


def sample(job: Json) -> Json:
    """Load the SavedModel, run each signature with TensorFlow and keep inputs and outputs for later comparison."""
    from tensorflow.python.saved_model import loader_impl

    kept: Json = {}
    facts: Json = {}
    tags = [list(meta.meta_info_def.tags) for meta in loader_impl.parse_saved_model(job["export"]).meta_graphs]
    answer = {"tags": tags, "signatures": facts, "averages_untouched": False}
    if ["serve"] in tags:
        with V1.Graph().as_default(), V1.Session() as session:
            meta = V1.saved_model.loader.load(session, ["serve"], job["export"])
            averages = [v for v in V1.global_variables() if re.search("moving_(mean|variance)", v.name)]
            values = session.run(averages)
            untouched = [np.all(value == float("variance" in v.name)) for v, value in zip(averages, values)]
            answer["averages_untouched"] = bool(untouched) and all(map(bool, untouched))
            for name, signature in meta.signature_def.items():
                if name.startswith("__") or not signature.outputs:
                    continue
                inputs = {}
                for key, info in signature.inputs.items():
                    shape = None if info.tensor_shape.unknown_rank else [dim.size for dim in info.tensor_shape.dim]
                    inputs[key] = {"name": info.name, "dtype": V1.as_dtype(info.dtype).name, "shape": shape}
                outputs = {key: info.name for key, info in signature.outputs.items()}

                def feeds_for(seed: int, inputs: Json = inputs) -> Json:
                    wanted, batch = job["feeds"], job["feeds"].get("__batch__", 3)
                    return {
                        key: made_input(wanted.get(key), tensor["dtype"], tensor["shape"], batch, seed)
                        for key, tensor in inputs.items()
                    }

                try:
                    feeds, expected, facts[name] = examined(session, inputs, outputs, feeds_for)
                except Exception as error:  # a graph that TensorFlow cannot run either
                    feeds, expected, facts[name] = feeds_for(0), None, {"error": in_words(error)}
                facts[name]["strings"] = any(tensor["dtype"] == "string" for tensor in inputs.values())
                kept[name] = {"inputs": inputs, "outputs": outputs, "feeds": feeds, "expected": expected}
    with open(job["samples"], "wb") as file:
        pickle.dump(kept, file, protocol=4)
    return answer


def convert(job: Json) -> Json:
    """One conversion; `signature` None names none."""
    lite, signature = tensorflow_.lite, job["signature"]
    naming = {}
    if signature and tensorflow_.__version__.startswith("1."):
        naming = {"signature_key": signature}
        from tensorflow.lite.python import convert as toco

        toco._toco_from_proto_bin = ""  # in this fork rather than in another process: four seconds less each time
    elif signature:
        naming = {"signature_keys": [signature]}
    converter = lite.TFLiteConverter.from_saved_model(job["export"], **naming)
    if job["select"]:
        converter.target_spec.supported_ops = [lite.OpsSet.TFLITE_BUILTINS, lite.OpsSet.SELECT_TF_OPS]
    flatbuffer = converter.convert()
    with open(job["flatbuffer"], "wb") as file:
        file.write(flatbuffer)
    return {}


def invoke_named(interpreter: Any, kept: Json, signature: str) -> Json:
    """Run a signature by name (2.x); None where the interpreter knows no such signature."""
    listed = interpreter.get_signature_list() if hasattr(interpreter, "get_signature_list") else {}
    if signature not in listed:
        return None
    taken = set(listed[signature]["inputs"])
    return interpreter.get_signature_runner(signature)(**{k: v for k, v in kept["feeds"].items() if k in taken})


def invoke_tensors(interpreter: Any, kept: Json, signature: str) -> Json:
    """Run by tensor, as code without signatures does."""
    details = interpreter.get_input_details()
    placed = []
    for key, value in kept["feeds"].items():
        tensor = kept["inputs"][key]["name"].split(":")[0]
        names = {tensor, key, "%s_%s" % (signature, key)}
        detail = next((d for d in details if d["name"].split(":")[0] in names), None)
        if detail is None:
            continue
        if list(detail["shape"]) != list(np.shape(value)):
            interpreter.resize_tensor_input(detail["index"], list(np.shape(value)))
        placed.append((detail["index"], value))
    interpreter.allocate_tensors()
    for index, value in placed:
        interpreter.set_tensor(index, value)
    interpreter.invoke()
    by_tensor = {name.split(":")[0]: key for key, name in kept["outputs"].items()}
    got = {}
    for detail in interpreter.get_output_details():
        name = detail["name"].split(":")[0]
        got[by_tensor.get(name, detail["name"])] = interpreter.get_tensor(detail["index"])
    return got


def distance(expected: Any, got: Any) -> float | None:
    """Largest difference relative to the size of the expected values; None for other shapes."""
    a, b = np.asarray(expected), np.asarray(got)
    if a.shape != b.shape:
        return None
    if a.dtype.kind in "OSU" or b.dtype.kind in "OSU":
        return 0.0 if np.array_equal(a.astype("S"), b.astype("S")) else 1.0
    if not a.size:
        return 0.0
    return float(np.max(np.abs(a.astype("float64") - b.astype("float64"))) / max(1.0, float(np.max(np.abs(a)))))


def invoke(job: Json) -> Json:
    """Run the flatbuffer twice and compare it with TensorFlow's outputs."""
    with open(job["samples"], "rb") as file:
        samples = pickle.load(file)
    signature = job["signature"]
    reference = signature or ("serving_default" if "serving_default" in samples else min(samples))
    kept = samples[reference]
    interpreter = tensorflow_.lite.Interpreter(model_path=job["flatbuffer"])
    if job["one_row"]:
        interpreter.allocate_tensors()
        details = {d["name"].split(":")[0]: d for d in interpreter.get_input_details()}
        for key, value in kept["feeds"].items():
            names = (kept["inputs"][key]["name"].split(":")[0], "%s_%s" % (reference, key), key)
            detail = next((details[name] for name in names if name in details), None)
            if detail is not None and list(detail["shape"][1:]) == list(np.shape(value)[1:]):
                strings = np.asarray(value).dtype.kind in "OSU"
                rows = np.resize(value, detail["shape"]).astype(object if strings else detail["dtype"])
                interpreter.set_tensor(detail["index"], rows)
        interpreter.invoke()
        return {}

    def once() -> Json:
        named = invoke_named(interpreter, kept, signature) if signature else None
        return invoke_tensors(interpreter, kept, reference) if named is None else named

    first, second = once(), once()
    floats = [key for key, value in first.items() if np.asarray(value).dtype.kind == "f"]
    varies = any(distance(first[key], second[key]) != 0.0 for key in floats if key in second)
    wrong = []
    for key, value in (kept["expected"] or {}).items():
        compared = [first[key]] if key in first else list(first.values())
        gaps = [gap for gap in (distance(value, got) for got in compared) if gap is not None]
        if not gaps or not min(gaps) < 1e-3:
            wrong.append("%s: %s" % (key, min(gaps) if gaps else "another shape"))
    return {"varies": varies, "wrong": wrong}


STEPS = {"run": run_program, "sample": sample, "convert": convert, "invoke": invoke}


def child(job: Json) -> None:
    """Do one job in this fork and leave the answer in a file."""
    os.setpgid(0, 0)
    signal.alarm(job["seconds"])
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    log = os.open(job["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(log, 1)
    os.dup2(log, 2)
    try:
        answer = dict(STEPS[job["step"]](job), ok=True)
    except Exception as error:  # the step's failure is its answer
        answer = {"ok": False, "says": in_words(error)}
    with open(job["answer"], "w") as file:
        json.dump(answer, file)


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        job = json.loads(line)
        if os.path.exists(job["answer"]):
            os.remove(job["answer"])
        pid = os.fork()
        if pid == 0:
            child(job)
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        with contextlib.suppress(ProcessLookupError):  # the usual case: the step left no process behind
            os.killpg(pid, signal.SIGKILL)
        if os.path.exists(job["answer"]) and not os.WTERMSIG(status):
            with open(job["answer"]) as file:
                answer = json.load(file)
        else:
            died = os.WTERMSIG(status)
            with open(job["log"], errors="replace") as file:
                told = TELLING.findall(file.read())
            says = "time limit" if died == signal.SIGALRM else " | ".join(told)[:300] or "died of signal %d" % died
            answer = {"ok": False, "died": True, "says": says}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
