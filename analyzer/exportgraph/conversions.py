"""The program's own calls of TFLiteConverter: which implementation answers, with which settings, of which export."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from analyzer.findings import Certainty, Span
from analyzer.reading.converters import CONVERTER, CONVERTER_V1, CONVERTER_V2, LOADERS, SETTING, TARGET_SPEC
from analyzer.reading.dtypes import dtype_of
from analyzer.reading.record import ApiCall
from analyzer.reading.values import Api, Choice, Const, Instance, Mapping, Unknown, Value, constant, deps_of, is_none
from analyzer.reading.values import Sequence as Items

APPENDED = "appended"
"""The kind of a list of options that was appended to what the converter begins with, a set on 2.x."""
V1_SWITCHES = frozenset({"tensorflow.disable_v2_behavior", "tensorflow.disable_eager_execution"})
LOADED = frozenset(
    f"{cls}.{name.rpartition('.')[2]}" for cls in (CONVERTER, CONVERTER_V1, CONVERTER_V2) for name in LOADERS
)


@dataclass(frozen=True, slots=True)
class Setting:
    """What an attribute of the converter was when it converted; MAYBE where it was set in one branch only."""

    value: Value
    span: Span
    certainty: Certainty
    yields: Value | None = None
    """What a representative dataset gives."""
    written: Span | None = None
    """The right side of the assignment."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """One converter of the program, from the call that made it to its `convert()`.

    `method`: "from_saved_model" and its like; `old`: the TF1 class was asked for by name; `switched`: why TensorFlow 2
    uses its TF1 implementation although the class of TF2 was asked for; `v1_program`: written for 1.x, where
    `tf.lite.TFLiteConverter` is the TF1 class.
    """

    load: ApiCall
    convert: ApiCall | None
    method: str
    old: bool
    switched: str = ""
    v1_program: bool = False
    settings: dict[str, Setting] = field(default_factory=dict)
    link: Certainty = Certainty.CERTAIN
    """How sure it is that this converts the export of the model that it stands with."""

    @property
    def tf1(self) -> bool:
        """Whether the TF1 implementation converts, on 2.x too."""
        return self.old or self.v1_program or bool(self.switched)

    @property
    def tf1_class(self) -> bool:
        """Whether `from_saved_model` takes the arguments of the TF1 class, on 2.x too."""
        return self.old or self.v1_program

    @property
    def path(self) -> Value | None:
        """The folder of the SavedModel."""
        return self.load.arguments.get("saved_model_dir", 0) if self.method == "from_saved_model" else None

    @property
    def places(self) -> tuple[Span, ...]:
        """The lines on which a dry run sees this conversion."""
        return (self.load.span, self.convert.span) if self.convert is not None else (self.load.span,)

    def signature(self) -> tuple[Value | None, Span | None]:
        """What the call names its signature with, and where; None where it names none."""
        positional = self.load.arguments.positional
        for name, index in (("signature_keys", 1), ("signature_key", 5)):
            taken = index if (index == 5) == (self.old or len(positional) > 3) else None
            given = self.load.arguments.get(name, taken)
            if given is not None and not is_none(given):
                return given, self.load.arguments.span(name, taken)
        return None, None

    def tags(self) -> tuple[Value | None, Span | None]:
        """The tags of the MetaGraph that the call asks for, and where."""
        for name in ("tags", "tag_set"):
            given = self.load.arguments.get(name)
            if given is not None and not is_none(given):
                return given, self.load.arguments.span(name)
        return None, None

    def items(self, name: str) -> tuple[str, ...] | None:
        """The names in a setting that is a list ("SELECT_TF_OPS"); () where it was never set, None where not known."""
        setting = self.settings.get(name)
        if setting is None:
            return ()
        values = [setting.value]
        if isinstance(setting.value, Items):
            values = setting.value.items if setting.value.complete else [Unknown()]
        names = tuple(dtype_of(value) or value.name.rpartition(".")[2] for value in values if isinstance(value, Api))
        return names if len(names) == len(values) else None

    def certainty_of(self, *names: str) -> Certainty:
        """MAYBE where the conversion, or one of these settings, may not be, or not all that it is given is known."""
        known = [self.settings[name].certainty for name in names if name in self.settings]
        known += [(self.convert or self.load).certainty, self.load.certainty]
        return Certainty.MAYBE if Certainty.MAYBE in known or self.load.arguments.open else Certainty.CERTAIN


def linked(conversion: Conversion, export: ApiCall, exports: Sequence[ApiCall]) -> Certainty | None:
    """Whether a conversion is of what `export` writes: None where it is of another's, or of none."""
    sources = deps_of(conversion.path) if conversion.path is not None else conversion.load.deps
    if export.id in sources:
        return Certainty.CERTAIN
    if any(other.id in sources for other in exports if other.id >= 0):
        return None
    elsewhere = isinstance(conversion.path, Const) and not same_folder(conversion.path, base_folder(export))
    return Certainty.MAYBE if elsewhere or len(exports) > 1 else Certainty.CERTAIN


def strings(value: Value) -> tuple[str, ...] | None:
    """The strings of a list, where all are known."""
    values = value.items if isinstance(value, Items) and value.complete else [value]
    found = tuple(constant(item) for item in values)
    return found if all(isinstance(item, str) for item in found) else None


def conversions(calls: Sequence[ApiCall], v1_program: bool) -> Iterator[Conversion]:
    """The conversions among the calls of a program, in the order in which they are made."""
    for load in calls:
        if load.name not in LOADED:
            continue
        of_it = [call for call in calls if isinstance(call.owner, Instance) and call.owner.call == load.id]
        done = [call for call in of_it if call.name == f"{CONVERTER}.convert"]
        cls, _, method = load.name.rpartition(".")
        for convert in (*done, *((None,) if not done else ())):
            settings: dict[str, Setting] = {}
            for call in of_it:
                if convert is None or call.id < convert.id:
                    _note(call, settings)
            yield Conversion(
                load, convert, method, cls == CONVERTER_V1, _switched(load, calls, method), v1_program, settings
            )


def _note(call: ApiCall, settings: dict[str, Setting]) -> None:
    given = call.arguments.positional
    if call.name == SETTING and isinstance(given[0], Const):
        name, value = str(given[0].value), given[1]
        yields = given[2] if len(given) > 2 else None
        settings[name] = Setting(value, call.span, call.certainty, yields, call.arguments.span("", 1))
        if name == "target_spec" and isinstance(value, Instance) and value.api == TARGET_SPEC:
            for key, item in value.arguments.keywords.items():
                settings[f"target_spec.{key}"] = Setting(item, call.span, call.certainty)
    elif call.name == f"{CONVERTER}.optimizations.append":
        settings["optimizations"] = Setting(Items(APPENDED, [*given]), call.span, call.certainty)


def _switched(load: ApiCall, calls: Sequence[ApiCall], method: str) -> str:
    """Why eager execution is off at this call, "" where it is on."""
    if method != "from_saved_model":
        return ""
    off = next((call for call in calls if call.id < load.id and call.name in V1_SWITCHES), None)
    if off is not None:
        return f"`{off.name.rpartition('.')[2]}` (line {off.span.line}) turned eager execution off"
    return f"the graph of line {load.graph.line} is the default here" if load.graph is not None else ""


def base_folder(export: ApiCall | None) -> Value | None:
    """The folder in which an export makes its timestamped one."""
    return export.arguments.get("export_dir_base", 0) if export is not None else None


def same_folder(one: Value | None, other: Value | None) -> bool:
    """Whether two values certainly name one folder."""
    match one, other:
        case Const(value=str() as left), Const(value=str() as right):
            return left.rstrip("/") == right.rstrip("/")
        case (Choice(), _) | (Mapping(), _):
            return False
        case _:
            return one is not None and one is other
