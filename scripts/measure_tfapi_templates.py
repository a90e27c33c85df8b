"""Code to try for the APIs that no probe was written for: the first that builds is the probe."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

NAMES = Path(__file__).resolve().parent.parent / "analyzer" / "tfapi" / "names.json"
SPACES = (
    "audio", "bitwise", "dtypes", "image", "io", "keras.activations", "keras.backend", "keras.layers", "layers",
    "linalg", "losses", "math", "nn", "quantization", "ragged", "random", "sets", "signal", "sparse", "strings",
    "contrib.image", "contrib.layers", "contrib.nn", "contrib.rnn", "contrib.signal",
)  # fmt: skip
# They have rules of their own, run Python, touch files, or make no graph.
LEFT_OUT = re.compile(
    r"(^|\.)(while_loop|cond|case|map_fn|scan|foldl|foldr|switch_case|py_func|numpy_function|py_function|dynamic_rnn"
    r"|bidirectional_dynamic_rnn|raw_rnn|write_\w+|save\w*|load\w*|set_\w+|clear_\w+|get_session|manual_\w+"
    r"|learning_phase|quantize_and_dequantize\w*|fake_quant\w*gradient|initialize_\w+|import_\w+|test\w*|group|no_op|disable\w*|enable\w*|device|name_scope|variable_scope|function"
    r"|init_scope|control_dependencies|read_file|matching_files|global_variables\w*|get_\w+|is_tensor|\w+_initializer"
    r"|rnn|cosine_distance|gradients|placeholder\w*|control_flow\w*|eval|print\w*|in_train_phase|in_test_phase)$"
)
# Graphs are built by 1.15 and 2.15: what only 2.21 has cannot be tried.
BUILDERS = 0b000111111
FUNCTION = (
    "{f}(x)", "{f}(x, y)", "{f}(x, axis=1)", "{f}(i)", "{f}(i, j)", "{f}(b)", "{f}(s)", "{f}(s2)", "{f}(m)",
    "{f}(m, n)",
    "{f}(img)", "{f}(seq)", "{f}(x, 2)", "{f}(img, 2)", "{f}(seq, 2)", "{f}(x, i)", "{f}(i, x)", "{f}([x, y])",
    "{f}(c)", "{f}(vol)", "{f}(x, y, z)", "{f}(x, 0.1)", "{f}(x, 0.1, 0.5)", "{f}(x, [0.5])", "{f}(img, 2, 3)",
    "{f}(img, [4, 4])", "{f}(s, 's')", "{f}(tf.shape(x))", "{f}(wave)", "{f}(x, y, y, y)", "{f}(labels=x, logits=y)",
    "{f}(labels=ids, logits=x)",
)  # fmt: skip
CLASS = (
    "{f}()(x)", "{f}(2)(x)", "{f}()(img)", "{f}(2)(img)", "{f}(2, 3)(img)", "{f}()(seq)", "{f}(2)(seq)",
    "{f}(2, 3)(seq)", "{f}(0.5)(x)", "{f}()([x, y])",
    "{f}(3)(x, x[:, :3])", "{f}()(vol)", "{f}(2)(vol)", "{f}(2, 3)(vol)",
    "{f}(0.5)(img)", "{f}(0.5)(seq)",
)  # fmt: skip


def templates(known: set[str]) -> Iterator[tuple[str, list[str]]]:
    """Keys that are not yet known, with the code to try for each."""
    rows: dict[str, str] = json.loads(NAMES.read_text(encoding="utf-8"))
    holders = {name.rpartition(".")[0] for name in rows}
    covered = {key.partition("[")[0] for key in known}
    for name, row in sorted(rows.items()):
        presence, _, best = row.partition(" ")
        key = f"tensorflow.{best or name}"
        space, _, short = name.rpartition(".")
        if best or name in holders or key in covered or LEFT_OUT.search(name) or not short[:1].isalpha():
            continue
        if space not in SPACES and space:
            continue
        where = int(presence, 16)
        if not where & BUILDERS:
            continue
        in_v1 = where & 0b010010001
        spelled = f"{'tf' if in_v1 else 'tf2'}.{name}"
        forms = CLASS if short[0].isupper() else FUNCTION
        if short[0].isupper() and "layers" not in space and "rnn" not in space:
            continue
        yield key, [form.format(f=spelled) for form in forms]
