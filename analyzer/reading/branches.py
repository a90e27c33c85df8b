"""Branches of which one will run: both are followed, and what flags choose by their defaults is the certain one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from astroid import nodes

from analyzer.findings import Certainty
from analyzer.reading import statements
from analyzer.reading.joining import join, preferring
from analyzer.reading.values import Env, Value

if TYPE_CHECKING:
    from analyzer.reading.interpreter import Interpreter


def both(
    run: Interpreter,
    body: list[nodes.NodeNG],
    other: list[nodes.NodeNG],
    env: Env,
    frame: statements.Frame,
    usual: bool | None = None,
) -> statements.Flow:
    """Runs two branches of which one will run, and joins what they leave. `usual`: the one that flags choose."""
    certainty, before = run.certainty, dict(env.variables)
    run.certainty = certainty if usual is True else Certainty.MAYBE
    first = statements.execute(run, body, env, frame)
    after_first, env.variables = env.variables, before
    run.certainty = certainty if usual is False else Certainty.MAYBE
    second = statements.execute(run, other, env, frame)
    run.certainty = certainty
    match first, second:
        case statements.Flow.NEXT, statements.Flow.NEXT:
            env.variables = join_variables(after_first, env.variables, usual)
            return statements.Flow.NEXT
        case statements.Flow.NEXT, _:
            env.variables = after_first
            gone, stays = second, usual is True
        case _, statements.Flow.NEXT:
            gone, stays = first, usual is False
        case _:
            return first if first is second else statements.Flow.RETURN
    if gone is not statements.Flow.RAISE and not stays:
        run.certainty = Certainty.MAYBE
    return statements.Flow.NEXT


def join_variables(left: dict[str, Value], right: dict[str, Value], usual: bool | None = None) -> dict[str, Value]:
    """The variables after two branches met."""
    merged = dict(left)
    for name, value in right.items():
        known = left.get(name)
        if known is None or known is value:
            merged[name] = value
        elif usual is None:
            merged[name] = join(known, value)
        else:
            merged[name] = preferring(known if usual else value, join(known, value))
    return merged
