"""What the analyzer and its worker say to each other: one JSON job in, one JSON outcome out.

The worker (`worker/`, Python 3.7, no third-party import but TensorFlow) writes plain dictionaries of these
shapes; `answers.py` reads them into these classes. `Job` is what is asked, `Outcome` is what happened.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

SAVED_MODEL = "SavedModel"
"""How a model was found that was exported before."""
INT8 = "int8"
"""The profile of a conversion that quantizes all of the model."""
AS_CALLED = "as called"
"""The profile of the conversions that a program makes itself."""


@dataclass(frozen=True, slots=True)
class FeatureSpec:
    """A feature as a placeholder takes it; unknown dimensions are None."""

    dtype: str
    shape: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """A model found statically or told by configuration, for programs whose own run exports nothing.

    `model_fn` and `receiver` are dotted names inside `module_path` ("RainAlert.model_fn"); `params` only where every
    value is a constant. `configured`: the name of the entry that tells it; its `model_fn` makes the model_fn or its
    Estimator where there are `arguments`, and `features` (under "" a bare tensor) take the place of a receiver.
    """

    module_path: str
    model_fn: str
    model_fn_line: int
    receiver_path: str | None = None
    receiver: str | None = None
    params: dict[str, Any] | None = None
    configured: str = ""
    arguments: dict[str, Any] | None = None
    features: dict[str, FeatureSpec] | None = None
    made_by: str = ""
    """The function or class of the module inside which model_fn is defined; `made_with`: what it must be given."""
    made_with: tuple[str, ...] = ()
    exported_by_maker: bool = False
    takes_params: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """One program to build, convert and run."""

    program: str
    """Absolute path of the script that is run as `__main__`, or of a SavedModel."""
    project: str
    """Folder whose files count as the user's own."""
    entry_points: tuple[EntryPoint, ...] = ()
    roots: tuple[str, ...] = ()
    """Folders in which imports are looked up when they are found nowhere else."""
    profiles: tuple[str, ...] = ("builtins", "select")
    """Tried in turn until one converts."""
    int8: bool = False
    """Tried besides."""
    seconds: float = 120.0
    """Wall-time limit of each stage."""
    memory_bytes: int = 8 << 30
    disk_bytes: int = 4 << 30
    """What a stage may write, all its files together."""
    processes: int = 256
    """Processes that a stage may have at a time."""
    overlay: dict[str, str] = field(default_factory=dict)
    """Texts by absolute path that stand in for files, of the program or of modules: unsaved, or a notebook's Python."""
    interactive: bool = False
    """The program is run in IPython: its names are there, `__file__` is not, and it may await at its top."""
    is_saved_model: bool = False
    drawn: bool = False
    """The report draws the graph: every op tells what it reads, calls and makes."""
    save_to: str = ""
    """A folder that keeps the flatbuffers."""
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
    lies in, "" at top level. `trains`: a batch normalization that uses the statistics of its batch. In a job that is
    `drawn`, and else empty: `reads`, the ops beside it whose outputs it takes; `calls`, the FuncGraphs that it runs;
    `makes`, its first output ("float32 ? × 12").
    """

    name: str
    type: str
    frames: tuple[Frame, ...]
    live: bool
    scope: str
    within: str = ""
    trains: bool = False
    reads: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    makes: str = ""


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
    interpreter_nodes: tuple[str, ...] = ()
    """The nodes of the graph that made the operator at which the interpreter fails, where it names one."""
    size_bytes: int | None = None
    tflite_ops: dict[str, int] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    """Of each builtin among `tflite_ops` the newest version that occurs."""
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
    int8: tuple[ConversionResult, ...] = ()

    def by(self, converter: str) -> BuiltModel:
        """The same, with the conversions of this TensorFlow alone."""
        results, int8 = (tuple(one for one in each if one.converter == converter) for each in (self.results, self.int8))
        return replace(self, results=results, int8=int8)


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
    """"export call", "main", "entry point", "configuration", "input_fn" or SAVED_MODEL."""
    as_written: BuiltModel = field(default_factory=BuiltModel)
    mends: tuple[Mend, ...] = ()
    mended: BuiltModel | None = None
    calls: tuple[OwnConversion, ...] = ()
    seconds: float = 0.0
    limits: tuple[str, ...] = ()
    configurable: bool = True
    """Whether configuration could say how to build what was not built."""

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
class Kept:
    """A flatbuffer that was kept, or `why_not`; `replaced`: over one of an earlier run."""

    path: str
    replaced: bool = False
    why_not: str = ""


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
    """"interpreter", "import" (the program itself died before any model), "load" (of a SavedModel), "timeout",
    "crashed"; None otherwise."""
    raised: Raised | None = None
    message: str = ""
    """One sentence for `stopped_at`."""
    models: tuple[ModelRun, ...] = ()
    not_enforced: tuple[str, ...] = ()
    """Limits this platform could not enforce."""
    seconds: float = 0.0
    converters: tuple[Converter, ...] = ()
    """The other TensorFlows that were to convert."""
    kept: tuple[Kept, ...] = ()

    @property
    def versions(self) -> tuple[str, ...]:
        """The TensorFlows that converted, the one that built first."""
        others = [other.tensorflow for other in self.converters if other.tensorflow is not None]
        return tuple(dict.fromkeys([*([self.tensorflow] if self.tensorflow is not None else []), *others]))
