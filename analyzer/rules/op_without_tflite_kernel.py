"""An op on the exported path that a converter has no kernel for, or not for this dtype.

What fails: it depends on the op and on the converter. Select TF ops helps where the op is on its list (`tf.math.erf`),
not otherwise (`tf.linalg.svd`); 1.15 has far fewer kernels than 2.x. Dtypes decide as well: `//` on int64, and all
arithmetic on float64, float16 and uint8, need Select TF ops on 2.x. What each version does was measured, API by API
(`analyzer/tfapi/support.json`); of an API that was not measured this rule says nothing.

Bad:

    crack = 0.5 * (1.0 + tf.math.erf(z))
    hour = minute // 60                                     # minute is int64

Good:

    crack = tf.sigmoid(1.702 * z)
    hour = tf.cast(minute, tf.int32) // 60

The dry run confirms it when the converter refuses an op made on this line, or the interpreter fails where it would.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from analyzer.expectations import AnyOf, Expectation, InterpreterFails, Refused
from analyzer.exportgraph.graph import Model
from analyzer.exportgraph.provenance import fed_calls
from analyzer.exportgraph.rows import row_of
from analyzer.findings import Certainty, Outcome, Suspicion, Target
from analyzer.reading.record import ApiCall
from analyzer.reading.values import Mapping as Dict
from analyzer.reading.values import Sequence, Tensor, Value
from analyzer.rules import (
    batch_norm_in_training_mode,
    cond_in_exported_graph,
    contrib_cell_in_exported_graph,
    noise_in_exported_graph,
    parse_example_receiver,
    print_in_exported_graph,
    sparse_embedding_lookup,
)
from analyzer.rules import dynamic_rnn_in_exported_graph as dynamic_rnn
from analyzer.rules import lookup_table_in_exported_graph as lookup_table
from analyzer.rules import loop_over_elements_in_exported_graph as loop_over_elements
from analyzer.rules import py_func_in_exported_graph as py_func
from analyzer.rules import state_changed_in_exported_graph as state_changed
from analyzer.rules import text_or_image_decoding_in_exported_graph as decoding
from analyzer.rules import while_loop_in_exported_graph as while_loop
from analyzer.rules.rule import Rule, by_version, way
from analyzer.tfapi.names import missing_from
from analyzer.tfapi.support import Support, support_of

RULE = Rule("TFL404", "op-without-tflite-kernel", by_version("X", "F", "F"))

OWNED = (
    py_func.PY_FUNCS
    | sparse_embedding_lookup.LOOKUPS
    | while_loop.LOOPS
    | cond_in_exported_graph.CONDS
    | loop_over_elements.LOOPS
    | dynamic_rnn.DYNAMIC
    | dynamic_rnn.KERAS
    | parse_example_receiver.PARSERS
    | decoding.OPS_OF.keys()
    | lookup_table.TABLES
    | print_in_exported_graph.PRINTS
    | state_changed.UPDATES
    | contrib_cell_in_exported_graph.CELLS.keys()
    | noise_in_exported_graph.ALWAYS
    | noise_in_exported_graph.GATED.keys()
    | batch_norm_in_training_mode.SWITCHES.keys()
    | {"tensorflow.gradients", "tensorflow.hessians", "tensorflow.keras.layers.DenseFeatures.__call__"}
)
"""Calls that rules of their own speak of."""
OWNED_PREFIXES = (
    "tensorflow.feature_column.",
    "tensorflow.contrib.feature_column.",
    "tensorflow.estimator.",
    "tensorflow.losses.",
)

WIDE = frozenset({"float64", "float16", "bfloat16"})
"""Dtypes that spoil every op after them: the first op is told, not each."""
BY_SHAPE = re.compile(
    r"HaveSameShapes|num_input_elements|dims->data|dim_size|NumElements|instead of|[Dd]imensions|start_indices"
    r"|values differ|RequiredBuffer|out of range|batch ==|Invalid tensor size|not found|corrupt|^$"
)
"""Words of a failure that another shape of the same op may not have."""
BY_INPUT = re.compile(r"final_data_type")
"""Words of a failure that was that of the input's dtype."""
UNTOLD = re.compile(r"INFO:|Cannot set tensor")
"""Words of an interpreter that could not be asked."""
SAYS = {
    Outcome.SELECT: "need{s} Select TF ops for it",
    Outcome.NEVER: "refuse{s} it",
    Outcome.INTERPRETER_FAILS: "convert{s} it and cannot run it",
    Outcome.SILENTLY_WRONG: "compute{s} something else",
    Outcome.BUILTINS: "convert{s} it",
}


def check(model: Model) -> Iterator[Suspicion]:
    fed = fed_calls(model)
    spoiled: dict[int, frozenset[str]] = {}
    for call in model.calls:
        spoiled[call.id] = frozenset().union(*(spoiled.get(dep, frozenset()) for dep in call.deps))
        if (
            call.id not in fed
            or not model.is_exported(call)
            or call.name in OWNED
            or call.name.startswith(OWNED_PREFIXES)
        ):
            continue
        row = row_of(call)
        operand = _operand(call)
        support, told = _support(row[0], operand.dtype if operand else None) if row else (None, "")
        if row is None or support is None:
            continue
        outcomes = _outcomes(call, support, operand)
        if not any(letter in SAYS and letter is not Outcome.BUILTINS for letter in outcomes.values()):
            continue
        if told in WIDE and told in spoiled[call.id]:
            continue
        if told in WIDE:
            spoiled[call.id] |= {told}
        sure = told != "string" and (row[1] or not _hangs_on_shape(support, outcomes, operand))
        what = f"`{call.spelled}`{f' of {told}' if told else ''}{_cast_to(row[0])}"
        yield RULE.at(
            call.span,
            f"{what}: {_by_version(outcomes)}{_refused_names(support)}",
            expects=_expectation(call, support, outcomes),
            certainty=call.certainty if sure and not call.arguments.open else Certainty.MAYBE,
            outcomes=outcomes,
            fix=f"cast from {told} to {'int32' if 'int' in told else 'float32'} before it"
            if told
            else "write it with ops that TensorFlow Lite has, or compute it on the device",
            related=way(model, call),
        )


def _cast_to(row: str) -> str:
    base, _, variant = row.partition("[")
    return f" to {variant.rstrip(']')}" if variant and base.endswith(".cast") else ""


def _operand(call: ApiCall) -> Tensor | None:
    """The first tensor that the call is given."""
    pending: list[Value] = [*call.arguments.positional, *call.arguments.keywords.values()]
    while pending:
        match pending.pop(0):
            case Tensor() as tensor:
                return tensor
            case Sequence(items=items):
                pending = [*items, *pending]
            case Dict(entries=entries):
                pending = [*entries.values(), *pending]
    return None


@cache
def _support(key: str, dtype: str | None) -> tuple[Support | None, str]:
    """The measurement that holds for a dtype, and that dtype where it is what makes the difference."""
    default = support_of(key)
    if default is None:
        return None, ""
    if len(default.dtypes) == 1:
        return (default if dtype is None or dtype not in WIDE else None), ""
    if dtype is None:
        harmful = [_harmful(outcomes) for outcomes in default.dtypes.values()]
        return (default if all(harmful) else None), ""
    found = support_of(key, dtype)
    if found is None or found.outcomes == default.outcomes:
        return found, ""
    return found, dtype if _harmful(found.outcomes) - _harmful(default.outcomes) else ""


def _harmful(outcomes: Mapping[Target, Outcome]) -> frozenset[Target]:
    return frozenset(target for target, letter in outcomes.items() if letter is not Outcome.BUILTINS)


def _outcomes(call: ApiCall, support: Support, operand: Tensor | None) -> dict[Target, Outcome]:
    static = operand is not None and bool(operand.shape) and (operand.shape or (None,))[0] is not None
    measured = {**support.outcomes, **(support.static if static else {})}
    measured |= {target: Outcome.BUILTINS for target, words in support.notes.items() if UNTOLD.match(words)}
    gone = {
        target: Outcome.NOT_RUNNABLE
        for target in Target
        if ".contrib." in call.name and missing_from(target, call.name)
    }
    return dict.fromkeys(Target, Outcome.BUILTINS) | measured | gone


def _hangs_on_shape(support: Support, outcomes: Mapping[Target, Outcome], operand: Tensor | None) -> bool:
    """Whether a call with other shapes, or on a tensor that is no input, may fare better than what was measured."""
    fed = operand is not None and operand.placeholder
    for target, letter in outcomes.items():
        if letter in (Outcome.BUILTINS, Outcome.NOT_RUNNABLE):
            continue
        words = support.notes.get(target, "")
        if not support.refused.get(target) and (BY_SHAPE.search(words) or (BY_INPUT.search(words) and not fed)):
            return True
    return False


def _by_version(outcomes: Mapping[Target, Outcome]) -> str:
    """What each version does, versions that do the same together."""
    groups: dict[Outcome, list[str]] = {}
    for target, letter in outcomes.items():
        groups.setdefault(letter, []).append(target.value)
    parts: list[str] = []
    for letter, versions in groups.items():
        if letter in SAYS:
            who = " and ".join(versions) if len(versions) < 3 else "every version"
            parts.append(f"{who} {SAYS[letter].format(s='' if len(versions) == 2 else 's')}")
    return ", ".join(parts)


def _refused_names(support: Support) -> str:
    names = sorted(frozenset().union(*support.refused.values()))
    return f" ({', '.join(names[:3])})" if names else ""


def _expectation(call: ApiCall, support: Support, outcomes: Mapping[Target, Outcome]) -> Expectation:
    refused = Refused(frozenset().union(*support.refused.values()) or support.ops, (call.span,))
    letters = set(outcomes.values())
    fails = InterpreterFails(frozenset({"fails", "differs", "constant"}), (call.span,))
    if not letters & {Outcome.INTERPRETER_FAILS, Outcome.SILENTLY_WRONG}:
        return refused
    return AnyOf((refused, fails)) if letters & {Outcome.SELECT, Outcome.NEVER} else fails
