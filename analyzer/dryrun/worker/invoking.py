"""The invoke stage: run a converted model in the interpreter and hold it against TensorFlow's own answers."""

from __future__ import annotations

import os
import pickle
import re
from typing import Any

from .flatbuffer import nodes_of

NO_FLEX = re.compile(r"Regular TensorFlow ops are not supported|Select TensorFlow op\(s\)")
NODE_NUMBER = re.compile(r"Node number (\d+) \(")
TOLERANCE = 1e-3
TOLERANCES = {"float16": 1e-2, "bfloat16": 4e-2}
"""By type of the output what may be lost of the largest answer, or of 1; integers, booleans and text must be equal."""
OF_INT8 = 0.1
"""What quantization to 8 bits may lose of the largest answer."""
MOST_REPEATS = 8
"""How often a model that TensorFlow answers at random may give the same twice before it counts as fixed."""


class Verdict(Exception):
    """The interpreter's part of a ConversionResult is known."""

    def __init__(self, interpreter: str, words: str = "") -> None:
        Exception.__init__(self, words)
        self.interpreter = interpreter
        self.words = words


def run(request: dict[str, Any]) -> dict[str, Any]:
    """Serve one request of stage "invoke": "interpreter", "interpreter_words" and the nodes that it failed at."""
    with open(os.path.join(request["saved"], "answers.pickle"), "rb") as source:
        answers = Arrays(source).load()
    signature = request["signature"]
    key = signature or ("serving_default" if "serving_default" in answers else min(answers))
    try:
        model = _Model(request["model"], signature, key, answers[key])
        _judge(model, answers[key], request["profile"] == "int8")
    except Verdict as verdict:
        nodes = _failed_at(request["model"], verdict.words) if verdict.interpreter == "fails" else []
        return {"interpreter": verdict.interpreter, "interpreter_words": verdict.words, "interpreter_nodes": nodes}
    return {"interpreter": "matches", "interpreter_words": ""}


def _failed_at(path: str, words: str) -> list[str]:
    """The nodes of the operator that the interpreter names by its number, none where it names none."""
    named = NODE_NUMBER.search(words)
    if named is None:
        return []
    with open(path, "rb") as source:
        return nodes_of(source.read(), int(named.group(1)))


class Arrays(pickle.Unpickler):
    """Reads arrays that another NumPy wrote: its 2.0 moved what makes them."""

    def find_class(self, module: str, name: str) -> Any:
        return pickle.Unpickler.find_class(self, module.replace("numpy._core", "numpy.core"), name)


class _Model:
    """A flatbuffer in the interpreter; named signatures by their runner, where this TensorFlow has one."""

    def __init__(self, path: str, signature: str | None, key: str, answer: dict[str, Any]) -> None:
        self.path = path
        self.interpreter: Any = None
        self.renew()
        listed: dict[str, Any] = getattr(self.interpreter, "get_signature_list", dict)()
        self.runner_inputs = set(listed[signature]["inputs"]) if signature in listed else None
        self.signature, self.key, self.answer = signature, key, answer

    def renew(self) -> None:
        """A fresh interpreter: one that was resized does not always take another size."""
        import tensorflow as tf

        self.interpreter = tf.lite.Interpreter(model_path=self.path)

    def invoke(self, feeds: dict[str, Any]) -> dict[str, Any]:
        """Outputs by their key, or by their tensor's name where the key is not known."""
        if self.runner_inputs is not None:
            runner = self.interpreter.get_signature_runner(self.signature)
            details: dict[str, Any] = getattr(runner, "get_input_details", dict)()
            fitting = {key: _fitting(value, details.get(key, {}).get("dtype")) for key, value in feeds.items()}
            return dict(runner(**{key: value for key, value in fitting.items() if key in self.runner_inputs}))
        pairs = [(detail, value) for key, value in feeds.items() for detail in self._inputs(key)]
        for detail, value in pairs:
            if list(detail["shape"]) != list(value.shape):
                self.interpreter.resize_tensor_input(detail["index"], list(value.shape))
        self.interpreter.allocate_tensors()
        for detail, value in pairs:
            self.interpreter.set_tensor(detail["index"], _fitting(value, detail["dtype"]))
        self.interpreter.invoke()
        return self._outputs()

    def invoke_as_converted(self, feeds: dict[str, Any]) -> None:
        """Run in the shape the model has when nobody resizes it, unless `feeds`, already run, have just that shape."""
        import numpy as np

        details = self.interpreter.get_input_details()
        known = {detail["index"]: fed for key, fed in feeds.items() for detail in self._inputs(key)}
        shapes = {index: fed.shape for index, fed in known.items()}
        if all(shapes.get(detail["index"]) == tuple(detail["shape"]) for detail in details):
            return
        self.interpreter.allocate_tensors()
        for detail in details:
            value = np.zeros(detail["shape"], detail["dtype"])
            fed = known.get(detail["index"])
            if fed is not None and fed.ndim and fed[:1].shape == value.shape:
                value = fed[:1].astype(detail["dtype"])
            self.interpreter.set_tensor(detail["index"], value)
        self.interpreter.invoke()

    def _inputs(self, key: str) -> list[Any]:
        name = self.answer["inputs"][key].split(":")[0]
        details = [(detail["name"].split(":")[0], detail) for detail in self.interpreter.get_input_details()]
        spelled = (name, key, self.key + "_" + key, "serving_default_" + key)
        exact = [detail for found, detail in details if found in spelled]
        return (exact or [detail for found, detail in details if found.endswith("_" + key)])[:1]

    def _outputs(self) -> dict[str, Any]:
        named: dict[str, list[str]] = {}
        for key, name in self.answer["outputs"].items():
            named.setdefault(_plain(name), []).append(key)
        got = {}
        for detail in self.interpreter.get_output_details():
            for key in named.get(_plain(detail["name"]), [detail["name"]]):
                got[key] = self.interpreter.get_tensor(detail["index"])
        return got


def _fitting(value: Any, kind: Any) -> Any:
    """A float as the integer that a quantized input takes: what matters is that the model runs on it."""
    import numpy as np

    quantized = kind in (np.int8, np.uint8, np.int16)
    return value.astype(kind) if quantized and value.dtype.kind == "f" else value


def _plain(name: str) -> str:
    """A tensor's name, without the number of a first output."""
    return name[:-2] if name.endswith(":0") else name


def _judge(model: _Model, answer: dict[str, Any], quantized: bool) -> None:
    runs = answer["runs"]
    if not runs:
        raise Verdict("not run", "TensorFlow itself did not answer the made-up inputs: " + answer["why"])
    varies, wrong = False, ""
    largest = _largest(runs) if quantized else None
    for run in runs:
        first, last = _invoked(model, run, 2 if run is runs[-1] and not answer["deterministic"] else 1)
        varies = varies or any(_distance(first[key], last[key]) for key in first if _is_float(first[key]))
        wrong = wrong or _difference(run, first, largest)
    if not answer["deterministic"]:
        if varies or any(_varies(model, run, times) for times in range(2, MOST_REPEATS) for run in runs):
            _run_as_converted(model, runs)
            raise Verdict("nondeterministic", "two runs on the same input differ, in TensorFlow and in the interpreter")
        raise Verdict("differs", "TensorFlow answers at random, the converted model always the same")
    if wrong:
        raise Verdict("differs", wrong)
    if answer["constant"]:
        raise Verdict("constant", "no input changes any output")
    _run_as_converted(model, runs)
    if not answer["varies"]:
        raise Verdict("matches", "the outputs agree, but did not vary with the made-up inputs")


def _varies(model: _Model, run: dict[str, Any], times: int) -> bool:
    first, last = _invoked(model, run, times)
    return any(_distance(first[key], last[key]) for key in first if _is_float(first[key]))


def _invoked(model: _Model, run: dict[str, Any], times: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The first and the last answer."""
    try:
        model.renew()
        answers = [model.invoke(run["feeds"]) for _ in range(times)]
        return answers[0], answers[-1]
    except (RuntimeError, ValueError) as error:
        words = " ".join(str(error).split())[:500]
        if NO_FLEX.search(words):
            raise Verdict("not run", "this interpreter has no Select TF ops: " + words) from error
        raise Verdict("fails", "at batch %d: %s" % (run["batch"], words)) from error


def _run_as_converted(model: _Model, runs: list[dict[str, Any]]) -> None:
    if not model.signature or any(value.dtype == object for value in runs[0]["feeds"].values()):
        return
    try:
        model.renew()
        model.invoke_as_converted(runs[-1]["feeds"])
    except (RuntimeError, ValueError) as error:
        words = " ".join(str(error).split())[:500]
        words = "in the shape it is converted for: %s; it runs at batch %d" % (words, runs[0]["batch"])
        raise Verdict("fails", words) from error


def _difference(run: dict[str, Any], got: dict[str, Any], largest: dict[str, float] | None = None) -> str:
    """How the outputs differ from TensorFlow's, "" where they do not; `largest`: of a quantized model, by output."""
    import numpy as np

    for key, wanted in run["outputs"].items():
        candidates = [got[key]] if key in got else list(got.values())
        distances = [_distance(wanted, value) for value in candidates if np.shape(value) == np.shape(wanted)]
        size = float(np.max(np.abs(wanted))) if _is_float(wanted) and np.size(wanted) else 1.0
        if not distances:
            shapes = [list(np.shape(value)) for value in candidates[:3]]
            return "at batch %d %r has shape %s, in TensorFlow %s" % (run["batch"], key, shapes, list(np.shape(wanted)))
        of_int8 = largest.get(key) if largest is not None else None
        if not min(distances) < (_allowed(wanted, size) if of_int8 is None else OF_INT8 * max(of_int8, 1e-6)):
            most = " (the largest answer is %.3g)" % of_int8 if of_int8 is not None else ""
            return "at batch %d %r is off by %.3g%s" % (run["batch"], key, min(distances), most)
    return ""


def _largest(runs: list[dict[str, Any]]) -> dict[str, float]:
    """The largest number that each output gives in all runs: what 8 bits are spread over."""
    import numpy as np

    keys = [key for key, value in runs[0]["outputs"].items() if _is_float(value) and np.size(value)]
    return {key: max(float(np.max(np.abs(run["outputs"][key]))) for run in runs) for key in keys}


def _allowed(wanted: Any, size: float) -> float:
    import numpy as np

    return TOLERANCES.get(np.asarray(wanted).dtype.name, TOLERANCE) * max(1.0, size)


def _distance(one: Any, other: Any) -> float:
    import numpy as np

    one, other = np.asarray(one), np.asarray(other)
    if one.dtype.kind in "OSU":
        return 0.0 if np.array_equal(one.astype("S").ravel(), other.astype("S").ravel()) else 1.0
    return float(np.max(np.abs(one.astype("float64") - other.astype("float64")))) if one.size else 0.0


def _is_float(value: Any) -> bool:
    import numpy as np

    return np.asarray(value).dtype.kind == "f"
