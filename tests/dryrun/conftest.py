"""The model that a test is about."""

from __future__ import annotations

import pytest

from analyzer.dryrun.protocol import ModelRun, Outcome


@pytest.fixture
def model(outcomes: dict[str, Outcome], request: pytest.FixtureRequest) -> ModelRun:
    """The only model of a program; `outcomes` are those of the module that asks."""
    outcome = outcomes[request.param]
    assert outcome.stopped_at is None, outcome
    assert len(outcome.models) == 1, outcome
    return outcome.models[0]
