"""The abstract interpreter: runs modules and functions over abstract values and records the library calls they make.

Tests are true, false or unknown; an unknown one runs both branches and joins them. Budgets bound steps and depth: what
they cut off is said in `record.limits`, and the values concerned are Unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from astroid import nodes

from analyzer.findings import Certainty, Span
from analyzer.reading import calls, expressions, statements
from analyzer.reading.project import Module, Project
from analyzer.reading.record import ApiCall, Building, Record, Scope, Step, is_layer_call
from analyzer.reading.values import NONE, UNKNOWN, Arguments, Const, Deps, Env, Function, Sequence, Value, deps_of

MOST_STEPS = 400_000
DEEPEST = 48
VARIABLES = frozenset(
    "tensorflow.Variable tensorflow.get_variable tensorflow.get_local_variable tensorflow.contrib.framework.variable "
    "tensorflow.contrib.framework.model_variable tensorflow.contrib.framework.local_variable".split()
)


class Interpreter:
    """One run over a project. Not thread-safe; values of one run must not be given to another."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.record = Record()
        self.scope = Scope.PROGRAM
        self.certainty = Certainty.CERTAIN
        self.trail: tuple[Step, ...] = ()
        self.control: Deps = NONE
        self.steps_left = MOST_STEPS
        self.reached: set[int] = set()
        """ids of the function nodes that were run"""
        self.scoped_defaults: list[tuple[frozenset[object], Arguments]] = []
        self.flags: dict[str, Value] = {}
        """defaults of command-line flags (absl, tf.flags)"""
        self.autograph = False
        """whether the function being run is traced"""
        self.building = Building.GRAPH
        self.intermediates = True
        """False since `output_all_intermediates(False)`"""
        self.variable_scopes: tuple[str, ...] = ()
        self.graph: Span | None = None
        """where the graph was entered that is the default now"""
        self.kept_scopes: dict[int, list[tuple[frozenset[object], Arguments]]] = {}
        """by the call that made an arg_scope: the defaults in force inside it"""
        self.learning_phase: Arguments | None = None
        """what Keras's layers are told that are told nothing, since `set_learning_phase`"""
        self.yields: list[Sequence] = []
        """what the generators being run have yielded"""
        self.at_yield: Callable[[Value], None] | None = None
        """what goes on where the function being run yields: the body of a `with`"""
        self.main: Path | None = None
        self._modules: dict[Path, Env] = {}

    @property
    def modules(self) -> tuple[Module, ...]:
        """The modules run so far."""
        return tuple(env.module for env in self._modules.values())

    def run_module(self, module: Module) -> Env:
        """The module's global scope, run once."""
        if module.path not in self._modules:
            env = self._modules[module.path] = Env(module)
            name = "__main__" if module.path == self.main else module.path.stem
            env.variables |= {"__name__": Const(name), "__file__": Const(str(module.path))}
            scope, trail, certainty = self.scope, self.trail, self.certainty
            self.scope, self.trail, self.certainty = Scope.PROGRAM, (), Certainty.CERTAIN
            statements.execute(self, module.tree.body, env, statements.Frame())
            self.scope, self.trail, self.certainty = scope, trail, certainty
        return self._modules[module.path]

    def call(self, callee: Value, arguments: Arguments, node: nodes.NodeNG, env: Env) -> Value:
        """The value of a call written at `node`."""
        return calls.call(self, callee, arguments, node, env)

    def evaluate(self, node: nodes.NodeNG, env: Env) -> Value:
        """The abstract value of an expression."""
        handler = expressions.HANDLERS.get(type(node))
        if handler is None or not self.spend(env.module):
            return UNKNOWN
        try:
            return handler(self, node, env)
        except RecursionError:
            self.record.limit(f"{env.module.path.name}:{node.lineno}: an expression nested too deeply to follow")
            return UNKNOWN

    def spend(self, module: Module) -> bool:
        """Takes one step; False when the budget is used up."""
        self.steps_left -= 1
        if self.steps_left > 0:
            return True
        if self.steps_left == 0:
            self.record.limit(f"{module.path.name}: analysis stopped after {MOST_STEPS:,} steps")
        return False

    @contextmanager
    def within(self, scope: Scope) -> Iterator[None]:
        """Calls made inside belong to this part of the program."""
        saved = self.scope, self.learning_phase
        self.scope = scope
        if scope is Scope.MODEL:
            self.learning_phase = None
        try:
            yield
        finally:
            self.scope, self.learning_phase = saved

    @contextmanager
    def calling(self, function: Function, span: Span) -> Iterator[bool]:
        """Enters a function; yields False when it is too deep or calls itself too often to follow."""
        again = sum(step.name == function.name for step in self.trail) if len(self.trail) > 8 else 0
        if len(self.trail) >= DEEPEST or again > 6:
            self.record.limit(f"{function.name}: calls nested too deeply to follow")
            yield False
            return
        saved = self.trail, self.certainty, self.autograph, self.building
        self.trail = (*self.trail, Step(span, function.name))
        self.autograph = self.autograph or function.traced
        self.building = Building.FUNCTION if function.traced else self.building
        self.reached.add(id(function.node))
        try:
            yield True
        finally:
            self.trail, self.certainty, self.autograph, self.building = saved

    @contextmanager
    def calling_layer(self, *, converts: bool = False) -> Iterator[None]:
        """Inside, Keras calls a layer; `converts`: one of the project's classes, whose `call` AutoGraph converts."""
        saved = self.building, self.autograph
        if self.building is Building.GRAPH:
            self.building = Building.LAYER
        self.autograph = self.autograph or converts
        try:
            yield
        finally:
            self.building, self.autograph = saved

    def add_call(
        self,
        name: str,
        spelled: str,
        arguments: Arguments,
        span: Span,
        owner: Value | None = None,
        inner: range = range(0),
        extra: Deps = NONE,
    ) -> ApiCall:
        """Records a library call; its dependencies are all its arguments', its owner's and its inner calls'.

        A variable has none: what gives it its first value is not part of the export.
        """
        silent = "training" not in arguments.keywords and len(arguments.positional) < 2
        told = self.learning_phase if self.learning_phase is not None and silent and is_layer_call(name) else None
        if told is not None:
            arguments = replace(arguments, keywords={**arguments.keywords, **told.keywords})
        in_layer = self.building is Building.LAYER or (self.building is Building.GRAPH and is_layer_call(name))
        given = (deps_of(value) for value in (owner, *arguments.values()))
        deps = NONE if name in VARIABLES else self.control.union(extra, *given)
        call = ApiCall(
            id=len(self.record.calls),
            name=name,
            spelled=spelled or name.replace("tensorflow.", "tf.", 1),
            span=span,
            arguments=arguments,
            deps=deps,
            certainty=self.certainty,
            scope=self.scope,
            trail=self.trail,
            inner=inner,
            owner=owner,
            scopes=self.variable_scopes,
            graph=self.graph,
            chosen_at=told.span("training") if told is not None else None,
            keeps_intermediates=in_layer and self.intermediates,
        )
        self.record.calls.append(call)
        return call
