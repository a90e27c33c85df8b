"""What real dry runs showed, kept so that verdicts can be tested without TensorFlow: by the version that built.

Of what 2.15.1 built the conversions by 2.21.0 are kept too: where that has no tf.estimator, no program of 1.x runs.

`scripts/record_truth.py --replays` records them anew.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from analyzer import analysis, discovery
from analyzer.dryrun import plan
from analyzer.dryrun.answers import outcome_from_json
from analyzer.dryrun.protocol import Outcome
from analyzer.followed import Followed
from analyzer.reading.project import Project
from analyzer.settings import Settings
from scripts.record_truth import digest
from tests.accuracy.labels import PROGRAMS, Program

REPLAYS = Path(__file__).parent / "replays"
BUILDERS = ("1.15.5", "2.15.1")
HERE = "{programs}"
AT_ONCE = 8
"""Programs for one warm interpreter; what is done stays done when a later one is interrupted."""


def stored(program: Program, builder: str) -> Path:
    return REPLAYS / builder / f"{program.name}.json.gz"


def is_current(program: Program, builder: str) -> bool:
    """Whether the recording is of the program as it stands."""
    path = stored(program, builder)
    if not path.exists():
        return False
    recorded: str = json.loads(gzip.decompress(path.read_bytes()))["sources"]
    return recorded == digest(dict(program.truth), PROGRAMS)


def load(program: Program, builder: str) -> dict[Path, Outcome]:
    """The recorded outcomes of a program's runnable files."""
    text = gzip.decompress(stored(program, builder).read_bytes()).decode().replace(HERE, str(PROGRAMS))
    outcomes: dict[str, dict[str, Any]] = json.loads(text)["outcomes"]
    return {Path(path): outcome_from_json(outcome) for path, outcome in outcomes.items()}


def has(program: Program, builder: str, converter: str) -> bool:
    """Whether a recording with conversions by this TensorFlow is there."""
    if not stored(program, builder).exists():
        return False
    return all(converter in outcome.versions for outcome in load(program, builder).values())


def timeless(value: Any) -> Any:
    """Plain JSON without what differs from one run to the next."""
    if isinstance(value, dict):
        return {
            key: 0.0 if key == "seconds" else "{python}" if key == "python" else timeless(item)
            for key, item in value.items()
        }
    return [timeless(item) for item in value] if isinstance(value, list | tuple) else value


def save(program: Program, builder: str, outcomes: Mapping[Path, Outcome]) -> None:
    plain = {str(path): timeless(asdict(outcome)) for path, outcome in outcomes.items()}
    content = {"sources": digest(dict(program.truth), PROGRAMS), "outcomes": plain}
    text = json.dumps(content, sort_keys=True).replace(str(PROGRAMS), HERE)
    stored(program, builder).parent.mkdir(parents=True, exist_ok=True)
    stored(program, builder).write_bytes(gzip.compress(text.encode(), mtime=0))


def record(
    programs: Iterable[Program], builder: str, python: Path, converters: Iterable[Path] = ()
) -> Iterator[Program]:
    """Dry runs of programs with the TensorFlow of `python`, each yielded when it is stored."""
    waiting = list(programs)
    settings = Settings(dry_run=True, python=python, converters=tuple(converters), cache=False)
    while waiting:
        batch, waiting = waiting[:AT_ONCE], waiting[AT_ONCE:]
        analyses: list[Followed] = []
        belongs: dict[Path, Program] = {}
        for program in batch:
            project = Project()
            for path in discovery.find([program.path]).files:
                followed = analysis.analyze(project, path.resolve())
                analyses.append(followed)
                belongs[followed.path] = program
        outcomes = plan.run(analyses, settings, lambda _: None)
        for program in batch:
            save(program, builder, {path: outcome for path, outcome in outcomes.items() if belongs[path] is program})
            yield program
