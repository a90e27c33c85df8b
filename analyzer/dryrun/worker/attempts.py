"""One try at the export of one Estimator: TensorFlow's own steps up to the SavedModel, caught before it is written."""

from __future__ import annotations

from typing import Any, Callable

from .frames import Project, raised
from .graphs import PLACEHOLDERS, Bodies, ancestors, describe, signature_ops

TAGS = ["serve"]


class Caught:
    """Stands in for a SavedModelBuilder, and keeps what the Estimator hands over."""

    def __init__(self) -> None:
        self.graph: Any = None
        self.signatures: dict[str, Any] = {}
        self.assets: list[Any] = []
        self.main_op: Any = None
        self.restored_by: Any = None
        """The Saver that would restore the checkpoint."""

    def _add_train_op(self, train_op: Any) -> None:
        return None

    def add_meta_graph(self, tags: Any, signature_def_map: Any = None, **kwargs: Any) -> None:
        import tensorflow.compat.v1 as tf

        self.graph = tf.get_default_graph()
        self.signatures = dict(signature_def_map or {})
        self.assets = list(kwargs.get("assets_collection") or ())
        self.main_op = kwargs.get("main_op")
        self.restored_by = kwargs.get("saver")


class Attempt:
    """What came of one try: the caught export, or what it raised."""

    def __init__(self) -> None:
        self.caught = Caught()
        self.raised: dict[str, Any] | None = None
        self.error: BaseException | None = None
        self.receiver: Any = None
        self.received: set[Any] = set()

    @property
    def live(self) -> set[Any]:
        """The operations that an exported output needs."""
        graph = self.caught.graph
        outputs = [info for signature in self.caught.signatures.values() for info in signature.outputs.values()]
        return ancestors(signature_ops(graph, outputs))

    def ops(self, bodies: Bodies, project: Project, drawn: bool) -> list[dict[str, Any]]:
        return describe(self.caught.graph, self.live, self.received, bodies, project, drawn)

    def signatures(self) -> list[dict[str, Any]]:
        """The SignatureDefs as the protocol tells them."""
        return [signature(self.caught.graph, key, value) for key, value in sorted(self.caught.signatures.items())]


def attempt(estimator: Any, receiver_fn: Callable[[], Any], change: Callable[[Any], Any], project: Project) -> Attempt:
    """Call the receiver and model_fn as the export would; `change` is applied to what the receiver returns."""
    from tensorflow.python.eager import context

    tried = Attempt()
    outside = project.of_stack()

    def receive() -> Any:
        import tensorflow.compat.v1 as tf

        before = set(tf.get_default_graph().get_operations())
        receiver = receiver_fn()
        tried.received = set(tf.get_default_graph().get_operations()) - before
        tried.receiver = receiver
        return change(receiver)

    if hasattr(estimator, "_export_to_tpu"):
        estimator._export_to_tpu = False
    try:
        with context.graph_mode():
            estimator._add_meta_graph_for_mode(
                tried.caught, {"infer": receive}, None, save_variables=False, mode="infer", check_variables=False
            )
    except (Exception, SystemExit) as error:
        tried.error = error
        tried.raised = raised(error, project)
        tried.raised["frames"] = outside + tried.raised["frames"]
    return tried


def signature(graph: Any, key: str, definition: Any) -> dict[str, Any]:
    """A SignatureDef as the protocol tells it."""
    outputs = signature_ops(graph, definition.outputs.values())
    reached = ancestors(outputs, value_only=True)
    inputs = []
    for name, info in sorted(definition.inputs.items()):
        ops = signature_ops(graph, [info])
        described = _tensor(name, info)
        described["reaches_output"] = any(op in reached for op in ops)
        described["is_placeholder"] = all(op.type in PLACEHOLDERS for op in ops)
        inputs.append(described)
    return {"key": key, "inputs": inputs, "outputs": [_tensor(*item) for item in sorted(definition.outputs.items())]}


def _tensor(key: str, info: Any) -> dict[str, Any]:
    import tensorflow.compat.v1 as tf

    unknown = info.tensor_shape.unknown_rank
    shape = None if unknown else [None if dim.size < 0 else dim.size for dim in info.tensor_shape.dim]
    return {"key": key, "name": info.name, "dtype": tf.as_dtype(info.dtype).name, "shape": shape}
