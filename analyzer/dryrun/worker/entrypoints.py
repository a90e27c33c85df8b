"""Models that no export showed: what configuration tells, the program's Estimators, what was found statically."""

from __future__ import annotations

import os
from typing import Any, Callable

from . import made
from .frames import undecorated
from .limits import TimeIsUp, at_most
from .made import Unimportable, Unreachable
from .recording import Seen
from .running import import_by_path

MAKING_SHARE = 0.4
"""Of the stage's time, what may be spent on one Estimator and its receiver before they are built."""


def build_configured(build: Any, namespace: dict[str, Any]) -> None:
    """Build the models that configuration tells, but for those that were exported."""
    exported = [(build.builder.place_of(seen) or {}).get("function") for seen, _, _ in build.done]
    points = [point for point in build.job["entry_points"] if point["configured"]]
    _build(build, namespace, [one for one in points if one["model_fn"].split(".")[-1] not in exported])


def build_without_export(build: Any, namespace: dict[str, Any]) -> None:
    """Pair what Estimators and receivers there are, and build each pair; what is missing becomes a limit."""
    points = [point for point in build.job["entry_points"] if not point["configured"]]
    _build(build, namespace, points)
    if not points:
        for seen in list(build.recorder.seen):
            _build_pair(build, seen, None, [], "entry point")


def _build(build: Any, namespace: dict[str, Any], points: list[dict[str, Any]]) -> None:
    for point in points:
        try:
            with at_most(build.seconds * MAKING_SHARE):
                seen, notes = _estimator(build, namespace, point)
                receiver = _receiver(build, namespace, point) if seen is not None else None
        except Unreachable as error:
            model = build.builder.unbuilt(_placed(point), str(error))
            build.outcome["models"].append(dict(model, configurable=not isinstance(error, Unimportable)))
            continue
        except TimeIsUp:
            build.outcome["models"].append(build.builder.unbuilt(_placed(point), "making its Estimator takes too long"))
            continue
        if seen is not None:
            _build_pair(build, seen, receiver, notes, "configuration" if point["configured"] else "entry point")


def _build_pair(build: Any, seen: Seen, receiver: Any, notes: list[str], found_by: str) -> None:
    if receiver is None:
        receiver, found_by = receiver_from_input(build, seen, notes), "input_fn"
    if receiver is None:
        model = build.builder.unbuilt(build.builder.place_of(seen), "no serving_input_receiver_fn is known", seen)
        build.outcome["models"].append(model)
        return
    build.add(seen, receiver, [], found_by, True, notes)


def _placed(point: dict[str, Any]) -> dict[str, Any]:
    return {"path": point["module_path"], "line": point["model_fn_line"], "function": point["model_fn"].split(".")[-1]}


def _estimator(build: Any, namespace: dict[str, Any], point: dict[str, Any]) -> tuple[Seen | None, list[str]]:
    """The program's own Estimator of this model_fn, else a new one; None where making it exported it."""
    for seen in build.recorder.seen if not point["configured"] else ():
        place = build.builder.place_of(seen)
        if place and os.path.realpath(place["path"]) == os.path.realpath(point["module_path"]):
            if place["line"] == point["model_fn_line"] or place["function"] == point["model_fn"].split(".")[-1]:
                return seen, []
    configured, maker = point["configured"], point["made_by"]
    if maker and point["made_with"]:
        raise Unreachable("it is made by %s(...), and only the code that calls that says with what" % maker)
    name = maker or point["model_fn"]
    params = made.value(point["params"] or {}) if configured else point["params"]
    found = _find(build, namespace, point["module_path"], name)
    if maker or point["arguments"] is not None:
        return _of_maker(build, name, found, point["arguments"] or {}, params, configured)
    return made.estimator_of(build, name, found, params), [_constructed(configured)]


def _of_maker(
    build: Any, name: str, maker: Any, arguments: dict[str, Any], params: Any, configured: str
) -> tuple[Seen | None, list[str]]:
    """The Estimator that comes of calling a function; None where that exported it, as the program would."""
    build.asked_by = "configuration" if configured else "entry point"
    try:
        seen = made.call(build, name, maker, arguments, params)
    finally:
        build.asked_by = ""
    said = " as [tool.tflint.models.%s] says" % configured if configured else ", which takes no arguments"
    return seen, ["the dry run called %s%s" % (name, said)]


def _constructed(configured: str) -> str:
    told = " as [tool.tflint.models.%s] says" % configured if configured else ""
    return "the Estimator was constructed by the dry run" + told


def _receiver(build: Any, namespace: dict[str, Any], point: dict[str, Any]) -> Any:
    if point["features"] is not None:
        specs = point["features"].items()
        return receiver_of([(name, spec["dtype"], spec["shape"]) for name, spec in specs])
    if point["receiver"] is None:
        return None
    return _find(build, namespace, point["receiver_path"] or point["module_path"], point["receiver"])


def _find(build: Any, namespace: dict[str, Any], path: str, dotted: str) -> Any:
    """A function by its dotted name: from the program's run, where it got that far, else from its module."""
    is_program = os.path.realpath(path) == os.path.realpath(build.job["program"])
    if is_program and dotted.split(".")[0] in namespace:
        return _bound(namespace, dotted)
    try:
        members = import_by_path(path, build.project, build.overlay)
    except (Exception, SystemExit) as error:
        words = " ".join(str(error).split())[:300]
        raise Unimportable(
            "importing %s raised %s: %s" % (build.project.relative(path), type(error).__name__, words)
        ) from error
    if dotted.split(".")[0] not in members:
        raise Unreachable("%s has no %s" % (build.project.relative(path), dotted.split(".")[0]))
    return _bound(members, dotted)


def _bound(members: dict[str, Any], dotted: str) -> Any:
    """The value of a dotted name; a method comes bound to an instance made without arguments."""
    names = dotted.split(".")
    value = members[names[0]]
    for name in names[1:]:
        owner = value
        if not hasattr(owner, name):
            raise Unreachable("%s has no %s" % (names[0], name))
        value = getattr(owner, name)
        if isinstance(owner, type) and value is undecorated(value):
            value = getattr(_instance(owner), name)
    return value


def _instance(owner: type) -> Any:
    try:
        return owner()
    except Exception as error:
        raise Unreachable("%s() raised %s: %s" % (owner.__name__, type(error).__name__, str(error)[:200])) from error


def receiver_from_input(build: Any, seen: Seen, notes: list[str]) -> Callable[[], Any] | None:
    """A receiver that takes the features of training as they are, when nothing better is known."""
    if seen.input_fn is None:
        return None
    features = build.builder.input_features(seen)
    if features is None:
        return None
    notes.append("no serving_input_receiver_fn was found: the features of input_fn are taken as the receiver's")
    return receiver_of([(name, dtype, [None, *shape[1:]] if shape else shape) for name, dtype, shape in features])


def receiver_of(features: list[tuple[str, Any, Any]]) -> Callable[[], Any]:
    """A receiver of a placeholder for each feature (name, type, shape); a bare tensor has the name ""."""

    def receive() -> Any:
        import tensorflow.compat.v1 as tf

        made = {name: tf.placeholder(dtype, shape, name=name or "input") for name, dtype, shape in features}
        if list(made) == [""]:
            return tf.estimator.export.TensorServingInputReceiver(made[""], {"input": made[""]})
        return tf.estimator.export.ServingInputReceiver(made, made)

    return receive
