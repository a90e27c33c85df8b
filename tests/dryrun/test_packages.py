"""Programs that are part of a package find its other modules, as with `python -m` or where the package is installed."""

from __future__ import annotations

import pytest

from analyzer import engine
from analyzer.reports import ModelReport
from analyzer.settings import Settings
from tests.dryrun.writing import EXPORT, MODEL, PRELUDE

pytestmark = pytest.mark.dryrun

LAYER = "def layer(v1, apple):\n    return v1.layers.dense(apple, 1)\n"
USES = MODEL.replace('v1.layers.dense(features["apple"], 1)', 'layer(v1, features["apple"])')
PROGRAMS = {
    "orchard/by_name.py": "from orchard.layers import layer",
    "orchard/relative.py": "from .layers import layer",
    "orchard/apples/higher.py": "from ..layers import layer",
    "orchard/apples/as_script.py": "from beside import layer",
    "orchard/apples/orchard.py": "from orchard.layers import layer",
    "tests/try_it.py": "from pears.layers import layer",
}
MODULES = {
    "pyproject.toml": "",
    "orchard/__init__.py": "",
    "orchard/layers.py": LAYER,
    "orchard/apples/__init__.py": "",
    "orchard/apples/beside.py": LAYER,
    "src/pears/__init__.py": "",
    "src/pears/layers.py": LAYER,
}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ModelReport]:
    here = tmp_path_factory.mktemp("farm")
    texts = {name: f"{line}\n{PRELUDE}{USES}{EXPORT}" for name, line in PROGRAMS.items()}
    for name, text in (texts | MODULES).items():
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        (here / name).write_text(text)
    files = [here / name for name in PROGRAMS]
    report = engine.check(files, Settings(dry_run=True, cache=False), lambda _: None)
    return {model.model_fn.path.relative_to(here).as_posix(): model for model in report.models if model.model_fn}


@pytest.mark.parametrize("name", PROGRAMS)
def test_its_imports_are_found(models: dict[str, ModelReport], name: str) -> None:
    model = models[name]
    assert model.found_by == "export call", model.limits
    assert [result.outcome for result in model.results] == ["converts"] * len(model.results)
    assert model.results
