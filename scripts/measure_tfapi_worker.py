"""Build, export, convert and run probe graphs: one JSON job a line on stdin, one JSON answer a line on stdout.

Runs in the interpreter that is measured: Python 3.7 or newer, the standard library, numpy and TensorFlow only.
A job runs in a fork, because converters abort and interpreters crash; the next fork goes on after the step that died.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pickle
import re
import shutil
import signal
import sys
import tempfile
import time
import traceback
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.measure_tfapi_inputs import INPUTS, inputs_of

if TYPE_CHECKING:
    from collections.abc import Callable

    Keep = Callable[[str, Any], None]

V1 = tf.compat.v1
IS_1_15 = tf.__version__.startswith("1.")
SECONDS = 60
IMPORTED_LATE = ("tensorflow", "keras", "h5py", "jax", "ml_dtypes", "ai_edge")
# What converters say when they give up, the most telling first.
WORDS = (
    r"Check failed: .*",
    r"F tensorflow/.*",
    r"custom implementations: [\w, ]+",
    r"TensorFlow Lite currently doesn't support.*",
    r"error: .*",
    r".*Error.*",
)
# What they answer may be compared by shape only.
RANDOM = re.compile(r"Random|Multinomial|TruncatedNormal|ParameterizedTruncated|SampleDistorted|\w+CandidateSampler")
# Ops of every graph that say nothing about the API under measurement.
UNTOLD = {"Placeholder", "Const", "NoOp"}


def flatten(result: Any) -> list[Any]:
    """Every tensor in what an API returned."""
    if isinstance(result, dict):
        return [tensor for key in sorted(result, key=str) for tensor in flatten(result[key])]
    if isinstance(result, (tf.SparseTensor, V1.SparseTensorValue)):
        return [result.indices, result.values, result.dense_shape]
    if isinstance(result, tf.RaggedTensor):
        return flatten(result.flat_values) + list(result.nested_row_splits)
    if isinstance(result, tf.IndexedSlices):
        return [result.values, result.indices]
    if isinstance(result, (list, tuple)):
        return [tensor for part in result for tensor in flatten(part)]
    if isinstance(result, tf.Variable):
        return [V1.convert_to_tensor(result)]
    return [result] if isinstance(result, tf.Tensor) else []


def after(operation: Any, tensor: Any) -> Any:
    """For probes of what is run beside the outputs."""
    with V1.control_dependencies([operation]):
        return tf.identity(tensor)


def sparse(tensor: Any) -> Any:
    """Two values of a tensor as a sparse tensor of two rows."""
    return tf.SparseTensor([[0, 0], [0, 2]], tensor[0, :2], [2, 4])


def ancestors(tensors: list[Any]) -> list[Any]:
    """Every op that these tensors need."""
    seen: dict[str, Any] = {}
    todo = [tensor.op for tensor in tensors]
    while todo:
        op = todo.pop()
        if op.name not in seen:
            seen[op.name] = op
            todo += [tensor.op for tensor in op.inputs] + list(op.control_inputs)
    return list(seen.values())


def op_types(operations: list[Any], graph: Any) -> list[str]:
    """Types of these ops and of the ops in the functions that they call."""
    functions = {function.signature.name: function for function in graph.as_graph_def().library.function}
    types, todo = {op.type for op in operations}, [op.node_def for op in operations]
    called: set[str] = set()
    while todo:
        for attribute in todo.pop().attr.values():
            for name in [attribute.func.name, *(one.name for one in attribute.list.func)]:
                if name in functions and name not in called:
                    called.add(name)
                    todo += functions[name].node_def
                    types |= {node.op for node in functions[name].node_def}
    return sorted(types - UNTOLD)


def build(job: dict[str, Any], code: str) -> dict[str, Any]:
    """Build the graph, save it, and keep what TensorFlow itself answers."""
    graph = tf.Graph()
    with graph.as_default():
        V1.set_random_seed(7)
        scope = {
            "tf": tf if IS_1_15 else V1,
            "tf2": tf.compat.v2,
            "np": np,
            "after": after,
            "sparse": sparse,
            "B": job["batch"],
        }
        placeholders = {}
        for name in inputs_of(code):
            shape, dtype, _ = INPUTS[name](job["dtype"], job["batch"], 1)
            placeholders[name] = scope[name] = V1.placeholder(dtype, shape, name=name)
        result = eval(code, scope)
        tensors = [one for one in flatten(result) if one.dtype not in (tf.resource, tf.variant)]
        operations = ancestors(tensors)
        if not any(op is placeholder.op for op in operations for placeholder in placeholders.values()):
            raise ValueError("no output depends on an input")
        types = op_types(operations, graph)
        live = {op.name for op in operations}
        placeholders = {name: one for name, one in placeholders.items() if one.op.name in live}
        outputs = {f"out{number}": tf.identity(one, f"out{number}") for number, one in enumerate(tensors)}
        feeds, unrun = [], ""
        draws = any(RANDOM.match(one) for one in types)
        with V1.Session() as session:
            session.run([V1.global_variables_initializer(), V1.local_variables_initializer(), V1.tables_initializer()])
            for batch in (1, 2) if job["batch"] is None else (job["batch"],):
                values = {name: INPUTS[name](job["dtype"], job["batch"], batch)[2] for name in placeholders}
                feed = {placeholders[name]: value for name, value in values.items()}
                try:
                    first, second = session.run(outputs, feed), session.run(outputs, feed)
                except tf.errors.OpError as error:
                    unrun = error.message[:200]
                    continue
                feeds.append((values, first, draws or not all(same(first[key], second[key]) is None for key in first)))
            signature = V1.saved_model.predict_signature_def(placeholders, outputs)
            builder = V1.saved_model.Builder(job["folder"] + "/saved")
            builder.add_meta_graph_and_variables(
                session, ["serve"], {"serving_default": signature}, main_op=V1.tables_initializer()
            )
            builder.save()
    with open(job["folder"] + "/feeds", "wb") as out:
        pickle.dump(feeds, out, protocol=4)
    # What TensorFlow itself cannot run here (no kernel, no codec) still says whether it converts.
    return {"ops": types, "unrun": "" if feeds else unrun}


def same(wanted: Any, got: Any) -> str | None:
    """None where two answers agree, else in what they differ."""
    wanted, got = np.asarray(wanted), np.asarray(got)
    if wanted.shape != got.shape:
        return f"shape {list(got.shape)} instead of {list(wanted.shape)}"
    if wanted.dtype.kind in "OSUb":
        equal = [as_bytes(one) for one in wanted.flat] == [as_bytes(one) for one in got.flat]
        return None if equal else "values differ"
    loose = 2e-2 if wanted.dtype.itemsize <= 2 and wanted.dtype.kind not in "iu" else 1e-3
    wide = complex if wanted.dtype.kind == "c" else np.float64
    one, other = wanted.astype(wide), got.astype(wide)
    scale = max(1.0, float(np.max(np.abs(one[np.isfinite(one)]))) if np.isfinite(one).any() else 1.0)
    if np.allclose(one, other, rtol=loose, atol=loose * min(scale, 10.0), equal_nan=True):
        return None
    return f"values differ by {float(np.nanmax(np.abs(one - other))):.3g}"


def as_bytes(value: Any) -> Any:
    return value.encode() if isinstance(value, str) else bool(value) if isinstance(value, np.bool_) else value


def convert(job: dict[str, Any], profile: str) -> dict[str, Any]:
    """Convert under one profile and write the flatbuffer."""
    folder = job["folder"] + "/saved"
    if IS_1_15:
        from tensorflow.lite.python import convert as toco

        # The same converter in this process: a fork is cheaper than a fresh interpreter for each graph.
        toco._toco_from_proto_bin = ""
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        converter.target_ops = {tf.lite.OpsSet.TFLITE_BUILTINS}
        if profile == "select":
            converter.target_ops |= {tf.lite.OpsSet.SELECT_TF_OPS}
    else:
        converter = tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=["serving_default"])
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
        if profile == "select":
            converter.target_spec.supported_ops.append(tf.lite.OpsSet.SELECT_TF_OPS)
    try:
        model = converter.convert()
    except Exception as error:
        return {"status": "refused", "words": words_of(str(error)), "refused": refused_by(error)}
    with open(job["folder"] + "/" + profile, "wb") as out:
        out.write(model)
    return {"status": "ok"}


def refused_by(error: Any) -> list[str]:
    """Op types that the converter names in its refusal."""
    found = {one.operator.name.replace("tf.", "", 1) for one in getattr(error, "errors", ()) if one.operator.name}
    for listed in re.findall(r"(?:custom implementations|Custom ops|Select ops): ([\w, ]+)", str(error)):
        found |= {name.strip() for name in listed.split(",") if re.match(r"^[A-Z]\w+$", name.strip())}
    return sorted(found)


def words_of(text: str, line: int = 0) -> str:
    """The one line of an error that says most, or else this one."""
    for pattern in WORDS:
        match = re.search(pattern, text)
        if match:
            return re.sub(r"\x1b\[[0-9;]*m|loc\([^)]*\)+: ", "", match.group(0))[:300].strip()
    return (text.strip().splitlines() or [""])[line][:300]


def run(job: dict[str, Any], profile: str, feeds: int | None = None) -> dict[str, Any]:
    """Invoke the flatbuffer on each feed and compare with what TensorFlow answered."""
    with open(job["folder"] + "/feeds", "rb") as source:
        wanted_answers = pickle.load(source)
    interpreter = tf.lite.Interpreter(model_path=job["folder"] + "/" + profile)
    answers = []
    for values, wanted, random in wanted_answers[:feeds]:
        try:
            got = invoke_1_15(interpreter, values) if IS_1_15 else invoke_2(interpreter, values)
        except (RuntimeError, ValueError) as error:
            answers.append(["fails", words_of(str(error))])
            continue
        if random:
            bad = next((key for key in wanted if np.shape(got[key]) != np.shape(wanted[key])), None)
            answers.append(["random", ""] if bad is None else ["wrong", f"shape {np.shape(got[bad])}"])
            continue
        differences = [one for one in (same(wanted[key], got[key]) for key in wanted) if one]
        answers.append(["wrong", differences[0]] if differences else ["right", ""])
    return {"answers": answers}


def fed(value: Any) -> Any:
    """A value as the interpreter takes it: it reads a scalar of bytes wrongly from an array of objects."""
    array = np.asarray(value)
    return np.array(array.item()) if array.dtype == object and not array.shape else array


def invoke_1_15(interpreter: Any, values: dict[str, Any]) -> dict[str, Any]:
    for detail in interpreter.get_input_details():
        value = fed(values[detail["name"]])
        if list(detail["shape"]) != list(value.shape):
            interpreter.resize_tensor_input(detail["index"], value.shape)
    interpreter.allocate_tensors()
    for detail in interpreter.get_input_details():
        interpreter.set_tensor(detail["index"], fed(values[detail["name"]]))
    interpreter.invoke()
    return {detail["name"]: interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()}


def invoke_2(interpreter: Any, values: dict[str, Any]) -> dict[str, Any]:
    runner = interpreter.get_signature_runner("serving_default")
    answers: dict[str, Any] = runner(
        **{name: fed(value) for name, value in values.items() if name in runner.get_input_details()}
    )
    return answers


def measure(job: dict[str, Any], found: dict[str, Any], keep: Keep) -> None:
    """Do the steps that `found` does not have yet; `keep` is told before each step, and its answer after it."""
    folder = Path(job["folder"])
    while "built" not in found:
        code = job["codes"][found["tried"]]
        keep("tried", found["tried"] + 1)
        shutil.rmtree(str(folder / "saved"), ignore_errors=True)
        answer = attempt(keep, "build", partial(build, job, code))
        if "ops" in answer or found["tried"] == len(job["codes"]):
            keep("probe", code)
            keep("built", answer)
    if "ops" not in found["built"] or job.get("only") == "built":
        return
    for profile in ("builtins", "select"):
        if profile not in found:
            keep(profile, attempt(keep, profile, partial(convert, job, profile)))
        if found[profile].get("status") == "ok":
            # Neither 1.15 nor 2.21 has a Python interpreter with the Flex delegate.
            if profile == "builtins" or tf.__version__.startswith("2.15"):
                run_or_first(job, profile, found, keep)
            return


def run_or_first(job: dict[str, Any], profile: str, found: dict[str, Any], keep: Keep) -> None:
    """Run every feed; where the interpreter died of one, the first feed alone."""
    if "run" not in found:
        keep("run", attempt(keep, "run", partial(run, job, profile)))
    elif "died" in found["run"] and "first" not in found:
        first = attempt(keep, "first", partial(run, job, profile, feeds=1))
        keep("first", first)
        if "answers" in first:
            keep("run", {"answers": [*first["answers"], ["fails", found["run"]["words"]]]})


def attempt(keep: Keep, step: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The answer of one step, or the exception that it raised."""
    keep("doing", step)
    try:
        return work()
    except Exception as error:
        return {"error": type(error).__name__, "words": str(error)[:300], "trace": traceback.format_exc()[-1500:]}


def forked(job: dict[str, Any], found: dict[str, Any]) -> str | None:
    """Go on with one job in a fork; how the fork died, None where it got to the end."""
    log, answer = Path(job["folder"]) / "log", Path(job["folder"]) / "answer"
    pid = os.fork()
    if pid == 0:
        descriptor = os.open(str(log), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(descriptor, 1)
        os.dup2(descriptor, 2)

        def keep(name: str, value: Any) -> None:
            found[name] = value
            answer.write_text(json.dumps(found))

        try:
            before = set(sys.modules)
            measure(job, found, keep)
            keep("modules", sorted(name for name in set(sys.modules) - before if name.startswith(IMPORTED_LATE)))
            keep("doing", "")
        finally:
            os._exit(0)
    ends = time.time() + SECONDS
    done, status = os.waitpid(pid, os.WNOHANG)
    while not done and time.time() < ends:
        time.sleep(0.005)
        done, status = os.waitpid(pid, os.WNOHANG)
    if not done:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    found.update(json.loads(answer.read_text()))
    if not found["doing"]:
        return None
    return f"signal {status & 127}" if done else "timeout"


def answer_to(job: dict[str, Any]) -> dict[str, Any]:
    """Every step of one job, in as many forks as it takes."""
    found = {"tried": 0, **job.get("found", {})}
    while True:
        died = forked(job, found)
        step = {"build": "built"}.get(found["doing"], found["doing"])
        if died is None:
            return found
        if step in found:
            raise RuntimeError(f"{step} dies again and again: {job}")
        words = words_of((Path(job["folder"]) / "log").read_text(errors="replace"), line=-1)
        if step != "built" or found["tried"] == len(job["codes"]):
            found[step] = {"died": died, "words": words}
            found.setdefault("probe", job["codes"][-1])


def warm() -> None:
    """Import in this process what TensorFlow imports on first use, or every fork would import it again."""
    with tempfile.TemporaryDirectory() as folder:
        # Keras 3 has no 1.x layers.
        codes = ["tf.layers.flatten(x)", "tf.abs(x)"]
        found = answer_to({"folder": folder, "codes": codes, "dtype": "float32", "batch": None})
    for name in found["modules"]:
        importlib.import_module(name)


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    warm()
    # A collection in a fork would copy every page of the imports.
    gc.freeze()
    answers.write(json.dumps({"version": tf.__version__}) + "\n")
    answers.flush()
    for line in sys.stdin:
        answers.write(json.dumps(answer_to(json.loads(line))) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
