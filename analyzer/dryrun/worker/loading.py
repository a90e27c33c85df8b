"""The load stage: what the build stage says of a program, said of a SavedModel that is there already."""

from __future__ import annotations

import os
import pickle
import time
from typing import Any

from . import reference
from .attempts import TAGS, signature
from .frames import Project
from .graphs import Bodies, ancestors, describe, signature_ops

INTERNAL = "__saved_model_"
"""What the names of signatures begin with that TensorFlow adds for itself."""


class _NoSignature(Exception):
    """There is nothing that a converter could take."""


def run(request: dict[str, Any]) -> dict[str, Any]:
    """Serve one request of stage "load": an Outcome with one ModelRun, or the reason why there is none."""
    outcome: dict[str, Any] = {"stopped_at": None, "message": "", "models": [], "finished": True, "wants_v1": False}
    try:
        outcome["models"] = [_model(request["job"], request["scratch"])]
    except Exception as error:
        words = " ".join(str(error).split())[:300]
        outcome.update(stopped_at="load", message="%s: %s" % (type(error).__name__.lstrip("_"), words))
    return outcome


def _model(job: dict[str, Any], scratch: str) -> dict[str, Any]:
    import tensorflow.compat.v1 as tf

    started = time.time()
    folder = os.path.join(scratch, "model1")
    os.mkdir(folder)
    os.symlink(job["program"], os.path.join(folder, "saved"))
    graph = tf.Graph()
    with graph.as_default(), tf.Session(graph=graph) as session:
        meta = tf.saved_model.load(session, TAGS, job["program"])
        definitions = {key: one for key, one in meta.signature_def.items() if not key.startswith(INTERNAL)}
        if not definitions:
            raise _NoSignature("it has no signature, so there is nothing to convert")
        told = [signature(graph, key, one) for key, one in sorted(definitions.items())]
        answers = {}
        for one in told:
            reaching = [tensor["key"] for tensor in one["inputs"] if tensor["reaches_output"]]
            answers[one["key"]] = reference.answers(session, definitions[one["key"]], reaching, repeated=False)
        outputs = [info for one in definitions.values() for info in one.outputs.values()]
        live = ancestors(signature_ops(graph, outputs))
        project = Project(job["project"], job["program"])
        ops = describe(graph, live, set(), Bodies(), project, job["drawn"])
    with open(os.path.join(folder, "answers.pickle"), "wb") as out:
        pickle.dump(answers, out, protocol=4)
    built = {"ops": ops, "signatures": told, "results": [], "stopped_at": None, "raised": None, "train": None}
    return {
        "model_fn": None,
        "estimator": None,
        "receiver": None,
        "export": {"path": job["program"], "line": 1, "function": ""},
        "found_by": "SavedModel",
        "as_written": dict(built, saved=folder),
        "mends": [],
        "mended": None,
        "calls": [],
        "seconds": round(time.time() - started, 3),
        "limits": [],
    }
