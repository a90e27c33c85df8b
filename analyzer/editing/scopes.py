"""How a place in a program spells things: its TensorFlow, its NumPy, its mode."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from astroid import nodes

from analyzer.editing.text import Modules, find, node_at
from analyzer.exportgraph.graph import Model
from analyzer.findings import Span
from analyzer.reading.dialect import names_of_v1
from analyzer.reading.project import Module
from analyzer.reading.record import Step

TENSORFLOW = "tensorflow"
V1 = "tensorflow.compat.v1"
V2 = "tensorflow.compat.v2"
CALLED_BY_OBJECT = frozenset({"__call__", "call"})
"""Methods that `model(x)` runs."""


@dataclass(frozen=True, slots=True)
class TensorFlow:
    """A name under which TensorFlow is imported, and which API it certainly is: 1 or 2, None where either may be."""

    name: str
    version: int | None

    @property
    def v1(self) -> str:
        """How the 1.x API is reached from it, on every version from 1.13 on."""
        return self.name if self.version == 1 else f"{self.name}.compat.v1"


def tensorflow_at(module: Module, node: nodes.NodeNG) -> TensorFlow | None:
    """TensorFlow as it can be spelled at a node."""
    for name, imported in _imports(node):
        if imported in (TENSORFLOW, V1, V2):
            sure = {V1: 1, V2: 2}.get(imported)
            return TensorFlow(name, 1 if sure is None and names_of_v1(module) else sure)
    return None


def numpy_dtype(node: nodes.NodeNG, dtype: str) -> str:
    """A NumPy dtype as it can be spelled at a node."""
    for name, imported in _imports(node):
        if imported == "numpy":
            return f"{name}.{dtype}"
    return repr(dtype).replace("'", '"')


def in_mode(model: Model, module: Module, node: nodes.NodeNG, trail: tuple[Step, ...], test: str) -> str | None:
    """`mode == tf.estimator.ModeKeys.TRAIN` (`test`: "== TRAIN"), where `mode` is model_fn's own at that node."""
    spelled = tensorflow_at(module, node)
    if spelled is None or not _is_mode(model, module, node, trail):
        return None
    operator, key = test.split()
    return f"mode {operator} {spelled.name}.estimator.ModeKeys.{key}"


def is_in_model_fn(model: Model, module: Module, node: nodes.NodeNG) -> bool:
    """Whether a node stands in the text of model_fn itself."""
    scope = node.scope()
    while scope is not None and not isinstance(scope, nodes.Module):
        if module.span(scope) == model.model_fn_span:
            return True
        scope = scope.parent.scope() if scope.parent is not None else None
    return False


def name_of(modules: Modules, call: Span, node: nodes.NodeNG) -> str | None:
    """The variable that a call's result has at a node: assigned once, alone, in the same function and before."""
    found = find(modules, call, nodes.Call)
    statement = found[1].parent if found is not None else None
    if not isinstance(statement, nodes.Assign) or len(statement.targets) != 1:
        return None
    target = statement.targets[0]
    scope = node.scope()
    known = isinstance(target, nodes.AssignName) and statement.scope() is scope and statement.lineno <= node.lineno
    return str(target.name) if known and scope.locals.get(target.name) == [target] else None


def _is_mode(model: Model, module: Module, node: nodes.NodeNG, trail: tuple[Step, ...]) -> bool:
    """Whether the name `mode` at a node is a parameter that holds the mode of the Estimator."""
    scope = next((scope for scope in _scopes(node) if "mode" in scope.locals), None)
    if not isinstance(scope, nodes.FunctionDef) or not is_only_parameter(scope, "mode"):
        return False
    if module.span(scope) == model.model_fn_span:
        return True
    step = next((step for step in reversed(trail) if step.name == scope.name), None)
    passed = step is not None and _passes_mode(model, step, scope, trail[: trail.index(step)])
    return passed and all(
        _mode_argument(call, scope) is not None
        for other in model.modules.values()
        for call in other.tree.nodes_of_class(nodes.Call)
        if _called(call) == scope.name
    )


def _passes_mode(model: Model, step: Step, callee: nodes.FunctionDef, trail: tuple[Step, ...]) -> bool:
    module = model.modules.get(step.span.path)
    call = node_at(module, step.span, nodes.Call) if module is not None else None
    given = _mode_argument(call, callee) if call is not None else None
    return module is not None and given is not None and _is_mode(model, module, given, trail)


def _mode_argument(call: nodes.Call, callee: nodes.FunctionDef) -> nodes.Name | None:
    """What a call gives for the parameter `mode`, where that is a plain `mode`."""
    given = given_for(call, callee, "mode")
    return given if isinstance(given, nodes.Name) and given.name == "mode" else None


def given_for(call: nodes.Call, callee: nodes.FunctionDef, parameter: str) -> nodes.NodeNG | None:
    """What a call gives for a parameter of the function it calls, where the call itself writes it."""
    names = [one.name for one in callee.args.args or []]
    at = names.index(parameter) if parameter in names else len(call.args)
    bound = names[:1] == ["self"] and (isinstance(call.func, nodes.Attribute) or callee.name in CALLED_BY_OBJECT)
    at -= 1 if bound else 0
    for keyword in call.keywords:
        if keyword.arg == parameter:
            return keyword.value
    written = at < len(call.args) and not any(isinstance(one, nodes.Starred) for one in call.args[: at + 1])
    return call.args[at] if written else None


def _called(call: nodes.Call) -> str:
    return call.func.attrname if isinstance(call.func, nodes.Attribute) else getattr(call.func, "name", "")


def is_only_parameter(scope: nodes.FunctionDef, name: str) -> bool:
    """Whether a function has a parameter of this name and gives the name no other value."""
    bound = scope.locals.get(name, [])
    return len(bound) == 1 and isinstance(bound[0].parent, nodes.Arguments)


def _imports(node: nodes.NodeNG) -> Iterator[tuple[str, str]]:
    """(name, imported module) of the imports that a node sees, innermost first; other values of a name hide it."""
    hidden: set[str] = set()
    for scope in _scopes(node):
        for name, bound in scope.locals.items():
            sources = {_source(statement, name) for statement in bound}
            if name not in hidden and len(sources) == 1 and (source := sources.pop()) is not None:
                yield name, source
        hidden |= set(scope.locals)


def _scopes(node: nodes.NodeNG) -> Iterator[nodes.LocalsDictNodeNG]:
    """The scopes whose names a node sees, innermost first: not the class around its function."""
    scope, inner = node.scope(), True
    while scope is not None:
        if inner or not isinstance(scope, nodes.ClassDef):
            yield scope
        scope, inner = (scope.parent.scope() if scope.parent is not None else None), False


def _source(statement: nodes.NodeNG, name: str) -> str | None:
    """The module that an import statement binds to a name."""
    if isinstance(statement, nodes.Import):
        for dotted, alias in statement.names:
            if alias == name:
                return str(dotted)
            if alias is None and dotted.split(".")[0] == name:
                return name
    if isinstance(statement, nodes.ImportFrom) and not statement.level:
        for member, alias in statement.names:
            if (alias or member) == name:
                return f"{statement.modname}.{member}"
    return None
