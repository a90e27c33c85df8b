"""The program's own conversions: each is recorded with the settings it ends up with, to be done in another process.

Only what is made of a recorded export is taken over; a converter of anything else is TensorFlow's own, untouched.
"""

from __future__ import annotations

import importlib
import itertools
import os
import pickle
from typing import Any, Callable

from .frames import Frame, Project
from .limits import TimeIsUp, at_most

LITE = "tensorflow.lite.python.lite"
OF_PATH = ("from_saved_model", "from_keras_model_file")
OF_GRAPH = ("from_session", "from_frozen_graph")
MOST_SAMPLES = 16
SAMPLE_SECONDS = 15.0
PLAUSIBLE = b"\x1c\x00\x00\x00TFL3" + b"\x00" * 1016
"""What `convert()` returns here: bytes that begin as a flatbuffer of TensorFlow Lite does."""


class Spec:
    """Stands in for a target_spec."""


class Asked:
    """Stands in for a converter, and takes every setting."""

    def __init__(self, watch: Watch, call: dict[str, Any], model: dict[str, Any]) -> None:
        self._asked = (watch, call, model)
        self.target_spec: Any = Spec()
        self.optimizations: Any = watch.begins_with()
        watch.waiting.append(self)

    def convert(self) -> bytes:
        self.note()
        return PLAUSIBLE

    def note(self) -> None:
        """Leave this conversion with the settings that it has now."""
        watch, call, model = self._asked
        watch.waiting = [other for other in watch.waiting if other is not self]
        settings = {name: value for name, value in vars(self).items() if name not in ("_asked", "target_spec")}
        spec = {"target_spec." + name: value for name, value in vars(self.target_spec).items() if name[0] != "_"}
        watch.converted(call, model, dict(settings, **spec))


class Watch:
    """Puts recorders in the place of TFLiteConverter's constructors."""

    def __init__(self, project: Project, folder: str, save: Callable[[], None]) -> None:
        self.project = project
        self.folder = folder
        self.save = save
        self.exports: dict[str, dict[str, Any]] = {}
        """The models, by the folder that the recorded export returned."""
        self.count = 0
        self.waiting: list[Asked] = []
        """Converters that were made and have not converted yet."""

    def begins_with(self) -> Any:
        """The options of a converter that nothing was assigned to: a set on 2.x."""
        import tensorflow as tf

        return [] if tf.__version__.startswith("1.") else set()

    def stopped(self, error: dict[str, Any]) -> None:
        """The program died: of a converter that it had made and not used yet, this is what came."""
        for asked in self.waiting[-1:]:
            _, call, _ = asked._asked
            if call["made"] in error["frames"] or _is_after(call["made"], error["frames"]):
                call["raised"] = "%s: %s" % (error["type"], error["words"])
                asked.note()

    def install(self) -> None:
        """Patch both converter classes of the installed TensorFlow."""
        lite: Any = importlib.import_module(LITE)
        for method in OF_PATH + OF_GRAPH:
            for cls, name in ((lite.TFLiteConverter, "v1"), (lite.TFLiteConverterV2, "v2")):
                original = getattr(cls, method, None)
                setattr(cls, method, classmethod(self._recorder(method, name, original)))

    def _recorder(self, method: str, name: str, original: Any) -> Callable[..., Any]:
        watch = self

        def make(cls: Any, *args: Any, **kwargs: Any) -> Any:
            model = watch._model_of(method, args, kwargs)
            if model is None or (method in OF_GRAPH and original is not None and name == "v2"):
                if original is None:
                    raise AttributeError("type object '%s' has no attribute '%s'" % (cls.__name__, method))
                return original(*args, **kwargs)
            call = watch._call(method, name)
            if method == "from_session" and original is not None:
                watch._freeze(call, original, args, kwargs)
            else:
                call.update(args=[_plain(one) for one in args], kwargs={key: _plain(v) for key, v in kwargs.items()})
            return Asked(watch, call, model)

        return make

    def _model_of(self, method: str, args: Any, kwargs: Any) -> dict[str, Any] | None:
        """The model whose export is converted: by its folder or the folder around it, of a graph the one built last."""
        if not self.exports:
            return None
        if method in OF_GRAPH:
            return list(self.exports.values())[-1]
        given = args[0] if args else kwargs.get("saved_model_dir", kwargs.get("model_file"))
        if not isinstance(given, (str, bytes, os.PathLike)):
            return None
        path = os.path.realpath(os.fsdecode(given))
        inside = [model for folder, model in self.exports.items() if (folder + os.sep).startswith(path + os.sep)]
        return inside[-1] if inside else None

    def _call(self, method: str, name: str) -> dict[str, Any]:
        import tensorflow.compat.v1 as tf
        from tensorflow.python import tf2

        frames = self.project.of_stack()
        eager = tf.executing_eagerly()
        return {
            "method": method,
            "class": name,
            "made": frames[-1] if frames else None,
            "mode": "eager" if eager else "graph" if tf2.enabled() else "v1 behaviour",
            "args": [],
            "kwargs": {},
            "raised": "",
            "cwd": os.getcwd(),
        }

    def _freeze(self, call: dict[str, Any], original: Any, args: Any, kwargs: Any) -> None:
        """A session lives in this process only: what TensorFlow froze of it is kept in a file."""
        try:
            converter = original(*args, **kwargs)
        except Exception as error:
            call["raised"] = "%s: %s" % (type(error).__name__, error)
            return
        path = os.path.join(self.folder, "frozen%d.pb" % self.count)
        with open(path, "wb") as out:
            out.write(converter._graph_def.SerializeToString())
        inputs = [tensor.op.name for tensor in converter._input_tensors or ()]
        shapes = {tensor.op.name: tensor.shape.as_list() for tensor in converter._input_tensors or ()}
        outputs = [tensor.op.name for tensor in converter._output_tensors or ()]
        call.update(method="from_frozen_graph", args=[path, inputs, outputs, shapes])

    def converted(self, call: dict[str, Any], model: dict[str, Any], settings: dict[str, Any]) -> None:
        """Keep one conversion: what JSON can hold for the report, the rest in a pickle for the process that does it."""
        self.count += 1
        frames: list[Frame] = [] if call["raised"] else self.project.of_stack()
        kept, left_out, samples = {}, [], None
        for name, value in settings.items():
            if name == "representative_dataset" and value is not None:
                samples = self._samples(value)
            elif _picklable(value):
                kept[name] = value
            else:
                left_out.append(name)
        path = os.path.join(self.folder, "call%d.pickle" % self.count)
        with open(path, "wb") as out:
            pickle.dump(dict(call, settings=kept, samples=samples), out, protocol=4)
        limits = ["%s could not be carried over" % name for name in left_out]
        if samples is not None and samples["kind"] == "generated":
            limits.append("the representative dataset gave nothing here (%s): made-up data stood in" % samples["why"])
        model["calls"].append(
            {
                "made": call["made"],
                "converted": frames[-1] if frames else None,
                "how": _told(call),
                "signature": _signature(call["kwargs"]),
                "settings": sorted(settings),
                "limits": limits,
                "pickle": path,
            }
        )
        self.save()

    def _samples(self, value: Any) -> dict[str, Any]:
        """What a representative dataset yields, or what it is where the converter cannot call it."""
        function = getattr(value, "input_gen", value)
        if not callable(function):
            return {"kind": "object", "value": value} if _picklable(value) else {"kind": "generator"}
        try:
            with at_most(SAMPLE_SECONDS):
                items = [_arrays(item) for item in itertools.islice(function(), MOST_SAMPLES)]
        except TimeIsUp:
            return {"kind": "generated", "why": "it did not end within %d s" % SAMPLE_SECONDS}
        except Exception as error:
            return {"kind": "generated", "why": "%s: %s" % (type(error).__name__, " ".join(str(error).split())[:200])}
        return {"kind": "items", "items": items} if _picklable(items) else {"kind": "generated", "why": "no arrays"}


def _is_after(made: Frame | None, frames: list[Frame]) -> bool:
    """Whether a program died further on in the function in which it had made a converter."""
    return made is not None and any(
        frame["path"] == made["path"] and frame["function"] == made["function"] and frame["line"] >= made["line"]
        for frame in frames
    )


def _told(call: dict[str, Any]) -> str:
    cls = {"v1": "tf.compat.v1.lite.TFLiteConverter", "v2": "tf.lite.TFLiteConverter"}[call["class"]]
    off = {"eager": "", "graph": ", inside a graph", "v1 behaviour": ", v2 behaviour off"}[call["mode"]]
    return "%s.%s%s" % (cls, call["method"], off)


def _signature(given: dict[str, Any]) -> str | None:
    asked = given.get("signature_keys") or given.get("signature_key")
    first = asked[0] if isinstance(asked, (list, tuple)) and asked else asked
    return first if isinstance(first, str) else None


def _arrays(item: Any) -> Any:
    """An item with its eager tensors as arrays."""
    if isinstance(item, (list, tuple)):
        return type(item)([_arrays(one) for one in item])
    if isinstance(item, dict):
        return {key: _arrays(value) for key, value in item.items()}
    return item.numpy() if hasattr(item, "numpy") else item


def _plain(value: Any) -> Any:
    return value if _picklable(value) else repr(value)


def _picklable(value: Any) -> bool:
    try:
        pickle.dumps(value, protocol=4)
    except Exception:
        return False
    return True
