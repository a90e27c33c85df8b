"""What the analyzer and its worker say to each other: one JSON job in, one JSON outcome out.

The worker (`worker/`, Python 3.7, no third-party import but TensorFlow) writes plain dictionaries of these
shapes; this side reads them into these classes. `Job` is what is asked, `Outcome` is what happened.
"""

from __future__ import annotations

import builtins
import types
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from functools import cache, lru_cache
from typing import Any, cast, get_args, get_origin, get_type_hints

AS_CALLED = "as called"
"""The profile of the conversions that a program makes itself."""


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """A model found statically, for programs whose own run exports nothing.

    `model_fn` and `receiver` are dotted names inside `module_path` ("RainAlert.model_fn"); `params` only where every
    value is a constant.
    """

    module_path: str
    model_fn: str
    model_fn_line: int
    receiver_path: str | None = None
    receiver: str | None = None
    params: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """One program to build, convert and run."""

    program: str
    """Absolute path of the script that is run as `__main__`."""
    project: str
    """Folder whose files count as the user's own."""
    entry_points: tuple[EntryPoint, ...] = ()
    profiles: tuple[str, ...] = ("builtins", "select")
    seconds: float = 120.0
    """Wall-time limit of each stage."""
    memory_bytes: int = 8 << 30
    overlay: dict[str, str] = field(default_factory=dict)
    """Texts by absolute path that stand in for files, of the program or of modules: unsaved, or a notebook's Python."""
    interactive: bool = False
    """The program is run in IPython: its names are there, `__file__` is not, and it may await at its top."""
    present_as_v1: bool | None = None
    """Force or forbid the compat.v1 view; None: decide from the names the program uses."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A line of the user's own code on a stack."""

    path: str
    line: int
    function: str


@dataclass(frozen=True, slots=True)
class Raised:
    """An exception that ended a stage; `frames` outermost first, the user's own only."""

    type: str
    words: str
    frames: tuple[Frame, ...] = ()


@dataclass(frozen=True, slots=True)
class Op:
    """One operation of the PREDICT graph.

    `live`: feeds an exported output. `scope`: "receiver" or "model". `within`: the FuncGraph of a while or cond body it
    lies in, "" at top level. `trains`: a batch normalization that uses the statistics of its batch.
    """

    name: str
    type: str
    frames: tuple[Frame, ...]
    live: bool
    scope: str
    within: str = ""
    trains: bool = False


@dataclass(frozen=True, slots=True)
class Tensor:
    """A tensor of a SignatureDef; unknown dimensions are None, unknown rank is None."""

    key: str
    name: str
    dtype: str
    shape: tuple[int | None, ...] | None
    reaches_output: bool = True
    is_placeholder: bool = True


@dataclass(frozen=True, slots=True)
class SignatureDef:
    """A SignatureDef of the SavedModel."""

    key: str
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]


@dataclass(frozen=True, slots=True)
class VariableMismatch:
    """A variable that PREDICT restores and TRAIN does not make so.

    `respect`: "name", "shape", "dtype", or "place" (made by another line, so that it gets another layer's weights).
    `stops`: whether restoring dies of it.
    """

    name: str
    respect: str
    train: str
    predict: str
    frames: tuple[Frame, ...] = ()
    """Where PREDICT makes the variable."""
    stops: bool = True

    def __str__(self) -> str:
        made = self.train or "missing"
        if self.respect == "place":
            return f"{self.name}: made in {made} when training, in {self.predict} in the export"
        return f"{self.name}: {self.respect} {made} when training, {self.predict} in the export"


@dataclass(frozen=True, slots=True)
class TrainCheck:
    """Whether PREDICT's variables are among TRAIN's; `done` False with the reason where it could not be checked."""

    done: bool
    reason: str = ""
    mismatches: tuple[VariableMismatch, ...] = ()
    update_ops_run: bool | None = None
    """Whether UPDATE_OPS, and the like of Keras, are ancestors of train_op; None where there are none."""
    input_fn: Frame | None = None


@dataclass(frozen=True, slots=True)
class RefusedOp:
    """An op the converter refused; `node` as the converter names it, `kind` "select", "custom" or "other".

    "bisected": the converter named none, and stops as it did with any part of the graph that holds this one.
    """

    type: str
    node: str
    kind: str
    frames: tuple[Frame, ...] = ()


@dataclass(frozen=True, slots=True)
class ConversionResult:
    """One conversion by one TensorFlow (`converter`, its version), and the run of what came out of it.

    `outcome`: "converts", "refused", "crashed", "timeout", or "unreadable" where that TensorFlow cannot load what
    another exported, which says nothing of the model. `interpreter`: "matches", "differs", "constant",
    "nondeterministic", "fails" or "not run" with `interpreter_words`. `tflite_ops`: builtin or custom op name -> count.
    `complete`: the refusal lists every refused op (the legalization stage was reached), so an op not listed passed.
    """

    profile: str
    signature: str | None
    outcome: str
    words: str = ""
    refused: tuple[RefusedOp, ...] = ()
    complete: bool = False
    interpreter: str = "not run"
    interpreter_words: str = ""
    size_bytes: int | None = None
    tflite_ops: dict[str, int] = field(default_factory=dict)
    quantized: bool = False
    """A tensor of the flatbuffer is of int8, uint8, int16 or float16."""
    ignored: tuple[str, ...] = ()
    """Settings of the program that the converter does not have."""
    seconds: float = 0.0
    converter: str = ""


@dataclass(frozen=True, slots=True)
class OwnConversion:
    """A conversion that the program makes of its export, done as the program asks for it (profile "as called").

    `made` and `converted`: where the converter was made and told to convert; `how`: its class, method and surroundings;
    `limits`: what could not be done as the program does it.
    """

    made: Frame | None
    converted: Frame | None
    how: str
    signature: str | None = None
    """The first that the program names."""
    settings: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    result: ConversionResult | None = None


@dataclass(frozen=True, slots=True)
class BuiltModel:
    """One build of one model: as written, or with mends."""

    stopped_at: str | None = None
    """"export", "convert", "invoke", "compare" or None: the earliest stage that some converter did not pass."""
    raised: Raised | None = None
    ops: tuple[Op, ...] = ()
    signatures: tuple[SignatureDef, ...] = ()
    train: TrainCheck | None = None
    """With the mends of PREDICT, but before "train-dtype": a mended model shows the mismatches that this one mends."""
    results: tuple[ConversionResult, ...] = ()

    def by(self, converter: str) -> BuiltModel:
        """The same, with the conversions of this TensorFlow alone."""
        return replace(self, results=tuple(one for one in self.results if one.converter == converter))


@dataclass(frozen=True, slots=True)
class Mend:
    """A cause mended in memory.

    `kind`: "feature-dict", "bare-receiver-tensor", "feature-key"; "labels": model_fn reads them in PREDICT, and no
    output is computed from them; "signature": none is exported; "train-dtype" and "train-variables": the checkpoint of
    training would not restore.
    """

    kind: str
    text: str
    frames: tuple[Frame, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelRun:
    """One pair of model_fn and receiver."""

    model_fn: Frame | None
    """`function` is its name; None for an estimator of TensorFlow's own."""
    estimator: Frame | None
    """Where the Estimator was constructed; `function` is its class."""
    receiver: Frame | None
    export: Frame | None
    found_by: str
    """"export call", "entry point"."""
    as_written: BuiltModel = field(default_factory=BuiltModel)
    mends: tuple[Mend, ...] = ()
    mended: BuiltModel | None = None
    calls: tuple[OwnConversion, ...] = ()
    seconds: float = 0.0
    limits: tuple[str, ...] = ()

    def by(self, converter: str) -> ModelRun:
        """The same, with the conversions of this TensorFlow alone."""
        mended = self.mended.by(converter) if self.mended is not None else None
        calls = tuple(call for call in self.calls if call.result is None or call.result.converter == converter)
        return replace(self, as_written=self.as_written.by(converter), mended=mended, calls=calls)


@dataclass(frozen=True, slots=True)
class Converter:
    """Another TensorFlow that was to convert what was built; without a version the `message` says why it did not."""

    python: str
    tensorflow: str | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened to one program."""

    tensorflow: str | None = None
    """Version, None where TensorFlow was never imported."""
    python: str | None = None
    presented_as_v1: bool = False
    v1_names: tuple[str, ...] = ()
    """The 1.x names that made it necessary ("tf.layers")."""
    stand_in: bool = False
    """The TensorFlow has no tf.estimator: the worker's own stood in for it."""
    legacy_keras: bool = False
    """Keras 3 took `tf.layers` and the RNN cells: tf-keras, which is installed beside it, was used instead."""
    control_flow_v2: bool | None = None
    stopped_at: str | None = None
    """"interpreter", "import" (the program itself died before any model), "timeout", "crashed"; None otherwise."""
    raised: Raised | None = None
    message: str = ""
    """One sentence for `stopped_at`."""
    models: tuple[ModelRun, ...] = ()
    not_enforced: tuple[str, ...] = ()
    """Limits this platform could not enforce."""
    seconds: float = 0.0
    converters: tuple[Converter, ...] = ()
    """The other TensorFlows that were to convert."""

    @property
    def versions(self) -> tuple[str, ...]:
        """The TensorFlows that converted, the one that built first."""
        others = [other.tensorflow for other in self.converters if other.tensorflow is not None]
        return tuple(dict.fromkeys([*([self.tensorflow] if self.tensorflow is not None else []), *others]))


def to_json(value: Job | Outcome) -> dict[str, Any]:
    """A job or an outcome as plain JSON values."""
    return asdict(value)


def outcome_from_json(data: dict[str, Any]) -> Outcome:
    """An outcome from plain JSON values; keys this version does not know are left out."""
    return cast(Outcome, _read(Outcome, data))


def conversion_from_json(data: dict[str, Any]) -> ConversionResult:
    """A conversion result from plain JSON values."""
    return cast(ConversionResult, _read(ConversionResult, data))


@cache
def _fields(kind: type) -> tuple[tuple[str, Any], ...]:
    hints = get_type_hints(kind)
    return tuple((item.name, hints[item.name]) for item in fields(kind))


def _read(kind: Any, value: Any) -> Any:
    """`value` as an instance of `kind`: a dataclass, a union with None, a tuple, a dict or a plain value."""
    if value is None:
        return None
    if kind is Frame:
        return _frame(value["path"], value["line"], value["function"])
    if is_dataclass(kind) and isinstance(kind, type):
        return kind(**{name: _read(hint, value[name]) for name, hint in _fields(kind) if name in value})
    arguments = get_args(kind)
    match get_origin(kind):
        case types.UnionType:
            return _read(next(part for part in arguments if part is not types.NoneType), value)
        case builtins.tuple:
            return tuple(_read(arguments[0], item) for item in value)
        case builtins.dict:
            return {key: _read(arguments[1], item) for key, item in value.items()}
        case _:
            return value


@lru_cache(maxsize=4096)
def _frame(path: str, line: int, function: str) -> Frame:
    return Frame(path, line, function)
