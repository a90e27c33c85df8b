"""TensorFlow's own answers, which a converted model must repeat."""

from __future__ import annotations

import functools
import itertools
from typing import Any

from .feeding import recipes

BATCHES = (3, 1)
OTHER_BATCHES = (2, 4, 8, 16, 32, 64, 100, 128, 256)
MOST_TRIES = 12
RANDOM = ("Random", "TruncatedNormal", "ParameterizedTruncatedNormal", "Multinomial")
SEEDS = (1, 2, 3, 4, 5, 6)


def answers(session: Any, signature: Any, reaching: list[str], repeated: bool) -> dict[str, Any]:
    """Feeds and outputs of one signature at several batch sizes; `reaching`: the inputs that an output depends on.

    Without "runs" there is a "why". "constant" and "deterministic" are said only where they were seen.
    """
    import tensorflow.compat.v1 as tf

    if any(not info.name for info in signature.inputs.values()):
        return {"runs": [], "why": "an input is sparse"}
    inputs = {key: info.name for key, info in signature.inputs.items()}
    outputs = {key: info.name for key, info in signature.outputs.items() if info.name}
    answer: dict[str, Any] = {"inputs": inputs, "outputs": outputs, "runs": [], "why": ""}
    infos = [(info.name, tf.as_dtype(info.dtype), _shape(info)) for info in signature.inputs.values()]
    ways = [list(recipes(session.graph, *info)) for info in infos]
    for batches in (BATCHES, OTHER_BATCHES):
        for way in itertools.islice(_combinations(ways), MOST_TRIES):
            feed = functools.partial(_feeds, list(inputs), way)
            runs = _runs(session, inputs, outputs, feed, batches, answer)
            if runs:
                answer["runs"] = runs
                break
        if answer["runs"]:
            break
    if answer["runs"]:
        answer["why"] = ""
        _judge(session, answer, feed, reaching, repeated)
    return answer


def _feeds(keys: list[str], way: list[Any], batch: int, seed: int) -> dict[str, Any]:
    return {key: make(batch, seed) for key, make in zip(keys, way)}


def _combinations(ways: list[list[Any]]) -> Any:
    """The first way of each input, then each one's others while the rest keep their first."""
    yield [way[0] for way in ways]
    for index, way in enumerate(ways):
        for other in way[1:]:
            yield [one[0] if place != index else other for place, one in enumerate(ways)]
    if len(ways) > 1:
        for choice in range(1, max(map(len, ways))):
            yield [way[min(choice, len(way) - 1)] for way in ways]


def _shape(info: Any) -> list[int | None] | None:
    shape = info.tensor_shape
    return None if shape.unknown_rank else [None if dim.size < 0 else dim.size for dim in shape.dim]


def _runs(session: Any, inputs: Any, outputs: Any, feed: Any, batches: Any, answer: Any) -> list[dict[str, Any]]:
    runs: list[dict[str, Any]] = []
    for batch in batches:
        fed = feed(batch, 0)
        if any(all(_same_shape(fed[key], run["feeds"][key]) for key in fed) for run in runs):
            continue
        got, why = _run(session, inputs, outputs, fed)
        answer["why"] = answer["why"] or why
        if got is not None and _finite(got):
            runs.append({"batch": batch, "feeds": fed, "outputs": got})
            if batches is OTHER_BATCHES:
                break
    return runs


def _run(session: Any, inputs: Any, outputs: Any, fed: Any) -> tuple[Any, str]:
    import tensorflow.compat.v1 as tf

    try:
        return session.run(outputs, {inputs[key]: value for key, value in fed.items()}), ""
    except (tf.errors.OpError, ValueError, TypeError) as error:
        return None, "%s: %s" % (type(error).__name__, " ".join(str(error).split())[:300])


def _judge(session: Any, answer: dict[str, Any], feed: Any, reaching: list[str], repeated: bool) -> None:
    """Whether TensorFlow gives the same twice, and whether any input changes anything."""
    last = answer["runs"][-1]
    times = _repetitions(session.graph)
    # One small run tells what has no randomness of its own; a large model takes seconds for each.
    again = answer["runs"] if times > 1 else [last]
    answer["deterministic"] = all(_repeats(session, answer, run) for run in again for _ in range(times))
    tried = 0
    answer["varies"] = not answer["inputs"]
    for run, seed in itertools.product(answer["runs"][::-1], SEEDS):
        if answer["varies"]:
            break
        other, _ = _run(session, answer["inputs"], answer["outputs"], feed(run["batch"], seed))
        tried += other is not None
        answer["varies"] = other is not None and not same(run["outputs"], other)
    # Reaching inputs that change nothing may just be badly made up, unless plenty of plain numbers were tried.
    plain = all(last["feeds"][key].dtype.kind in "fiu" for key in reaching) and tried > len(SEEDS)
    telling = plain and not repeated and any(_is_float(value) for value in last["outputs"].values())
    answer["constant"] = not answer["varies"] and (telling or not reaching)


def _repeats(session: Any, answer: dict[str, Any], run: dict[str, Any]) -> bool:
    again, _ = _run(session, answer["inputs"], answer["outputs"], run["feeds"])
    return again is not None and same(run["outputs"], again)


def _repetitions(graph: Any) -> int:
    """How often to ask again: dropout on a few units gives the same twice more often than one would think."""
    kinds = [op.type for op in graph.get_operations()]
    kinds += [node.op for function in graph.as_graph_def().library.function for node in function.node_def]
    return 4 if any(kind.startswith(RANDOM) for kind in kinds) else 1


def _is_float(value: Any) -> bool:
    import numpy as np

    return np.asarray(value).dtype.kind == "f"


def _finite(outputs: dict[str, Any]) -> bool:
    import numpy as np

    return all(np.all(np.isfinite(value)) for value in outputs.values() if _is_float(value))


def _same_shape(one: Any, other: Any) -> bool:
    import numpy as np

    return np.shape(one) == np.shape(other)


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Equal outputs: exact, but for the last digits of floats."""
    import numpy as np

    return all(
        _same_shape(one[key], other[key])
        and (
            np.allclose(one[key], other[key], 1e-4, 1e-5)
            if _is_float(one[key])
            else np.array_equal(np.asarray(one[key]), np.asarray(other[key]))
        )
        for key in one
    )
