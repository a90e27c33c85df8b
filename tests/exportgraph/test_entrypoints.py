"""Models are found however a program makes them, and what cannot be followed is said."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from analyzer.analysis import export_graph
from analyzer.exportgraph.graph import Model
from analyzer.exportgraph.predict import follow
from analyzer.reading.project import Project
from analyzer.reading.values import Unknown

MODEL_FN = """
import tensorflow as tf
def model_fn(features, labels, mode, params):
    y = tf.layers.dense(features["x"], 1)
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions={"y": y})
    loss = tf.py_func(abs, [tf.losses.mean_squared_error(labels, y)], tf.float32)
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=tf.no_op())
def receiver_fn():
    x = tf.placeholder(tf.float32, [None, 2])
    return tf.estimator.export.ServingInputReceiver({"x": x}, {"x": x})
"""
EXPORT = "est = tf.estimator.Estimator(model_fn)\nest.export_saved_model('o', receiver_fn)\n"


def models(folder: Path, main: str, **others: str) -> tuple[Model, ...]:
    """The models of a program written into a folder; `others` are modules beside it, `__` stands for a folder."""
    for name, text in {"main": main, **others}.items():
        path = folder / (name.replace("__", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), "utf-8")
    project = Project()
    return follow(project, project.module(folder / "main.py")).models


def followed(model: Model) -> list[str]:
    return [call.name for call in model.calls if model.is_exported(call)]


@pytest.mark.parametrize(
    "rest",
    [
        EXPORT,
        "def main(_):\n    " + EXPORT.replace("\n", "\n    ") + "\nif __name__ == '__main__':\n    tf.app.run()",
        "from absl import app\ndef main(argv):\n    "
        + EXPORT.replace("\n", "\n    ")
        + "\nif __name__ == '__main__':\n    app.run(main)",
        "def never_called():\n    " + EXPORT.replace("\n", "\n    "),
        "class Trainer:\n    def __init__(self, dir):\n        self.est = tf.estimator.Estimator(model_fn, dir)\n    def export(self):\n        self.est.export_savedmodel('o', receiver_fn)",
        "import functools\nest = tf.estimator.Estimator(functools.partial(model_fn, params={}))\nest.export_saved_model('o', functools.partial(receiver_fn))",
        "NETS = {'a': model_fn}\nest = tf.estimator.Estimator(NETS['a'])\nest.export_saved_model('o', lambda: receiver_fn())",
        "est = tf.estimator.Estimator(model_fn)\ntf.estimator.train_and_evaluate(est, tf.estimator.TrainSpec(f), tf.estimator.EvalSpec(f, exporters=[tf.estimator.FinalExporter('e', receiver_fn)]))",
        "class Est(tf.estimator.Estimator):\n    def __init__(self):\n        super(Est, self).__init__(model_fn=model_fn)\nEst().export_saved_model('o', receiver_fn)",
        "class Net:\n    def model_fn(self, features, labels, mode, params):\n        return model_fn(features, labels, mode, params)\nest = tf.estimator.Estimator(Net().model_fn)\nest.export_saved_model('o', receiver_fn)",
        "def builder(width):\n    def fn(features, labels, mode, params):\n        return model_fn(features, labels, mode, params)\n    return fn\nest = tf.estimator.Estimator(builder(3))\nest.export_saved_model('o', receiver_fn)",
        "class Net:\n    def __call__(self, features, labels, mode, params):\n        return model_fn(features, labels, mode, params)\nclass Serve:\n    def __call__(self):\n        return receiver_fn()\nest = tf.estimator.Estimator(Net())\nest.export_saved_model('o', Serve())",
        "est = tf.estimator.tpu.TPUEstimator(model_fn, use_tpu=False, train_batch_size=1)\nest.export_saved_model('o', receiver_fn)",
    ],
)
def test_one_model_with_its_receiver(tmp_path: Path, rest: str) -> None:
    found = [model for model in models(tmp_path, MODEL_FN + rest) if model.export is not None]
    assert len(found) == 1
    assert found[0].found_by == "export call"
    assert found[0].receiver is not None
    assert found[0].receiver.keys == ("x",)
    assert followed(found[0]) == ["tensorflow.placeholder", "tensorflow.layers.dense"]
    assert found[0].limits == ()


def test_over_modules_of_a_package_with_relative_imports(tmp_path: Path) -> None:
    main = "import tensorflow as tf\nfrom pkg import train\ntrain.run()"
    train = "import tensorflow as tf\nfrom .nets.model import model_fn as fn\nfrom . import serving\ndef run():\n    est = tf.estimator.Estimator(fn)\n    est.export_saved_model('o', serving.receiver_fn)"
    found = models(
        tmp_path,
        main,
        pkg____init__="",
        pkg__train=train,
        pkg__serving=MODEL_FN,
        pkg__nets____init__="",
        pkg__nets__model=MODEL_FN,
    )
    assert [model.model_fn.path.name for model in found if model.model_fn] == ["model.py"]
    assert followed(found[0]) == ["tensorflow.placeholder", "tensorflow.layers.dense"]


def test_src_layout(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    found = models(
        tmp_path, "import tensorflow as tf\nfrom net import model_fn, receiver_fn\n" + EXPORT, src__net=MODEL_FN
    )
    assert followed(found[0]) == ["tensorflow.placeholder", "tensorflow.layers.dense"]


def test_model_fn_that_nothing_uses_is_an_entry_point(tmp_path: Path) -> None:
    found = models(tmp_path, MODEL_FN)
    assert [(model.found_by, model.receiver) for model in found] == [("entry point", None)]


UNUSED = """
def idea(features, labels, mode):
    words = tf.string_split(features["text"])
    return tf.estimator.EstimatorSpec(mode, predictions=words)
"""


@pytest.mark.parametrize(
    "rest",
    [
        EXPORT,
        "est = tf.estimator.Estimator(lambda features, labels, mode, params: model_fn(features, labels, mode, params))\nest.export_saved_model('o', receiver_fn)",
        "est = tf.estimator.DNNRegressor([4], [tf.feature_column.numeric_column('x')])\nest.export_saved_model('o', receiver_fn)",
        "est = tf.keras.estimator.model_to_estimator(m)\nest.export_saved_model('o', receiver_fn)",
    ],
)
def test_model_fn_beside_the_one_that_is_exported_is_dead(tmp_path: Path, rest: str) -> None:
    found = models(tmp_path, MODEL_FN + UNUSED + rest)
    assert [call for model in found for call in followed(model) if "string" in call] == []


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "est = tf.estimator.Estimator(model_fn)",
        "est = tf.estimator.Estimator(load('net'))\nest.export_saved_model('o', receiver_fn)",
        "est = tf.estimator.Estimator(idea if load() else model_fn)\nest.export_saved_model('o', receiver_fn)",
        "est = tf.estimator.Estimator(**load())\nest.export_saved_model('o', receiver_fn)",
    ],
)
def test_model_fn_that_may_be_the_one_exported_is_followed(tmp_path: Path, rest: str) -> None:
    found = models(tmp_path, MODEL_FN + UNUSED + rest)
    assert [call for model in found for call in followed(model) if "string" in call] != []


def test_model_fn_of_a_builder_that_nothing_calls(tmp_path: Path) -> None:
    text = "import tensorflow as tf\ndef builder(n):\n    def model_fn(features, labels, mode):\n        return tf.estimator.EstimatorSpec(mode, predictions=tf.layers.dense(features['x'], n))\n    return model_fn"
    found = models(tmp_path, text)
    assert [model.model_fn.name for model in found if model.model_fn] == ["model_fn"]
    assert followed(found[0]) == ["tensorflow.layers.dense"]


def test_each_pair_of_model_fn_and_receiver_is_a_model(tmp_path: Path) -> None:
    text = MODEL_FN + EXPORT + "def other():\n    return receiver_fn()\nest.export_saved_model('p', other)\n"
    assert [
        model.receiver.place.name for model in models(tmp_path, text) if model.receiver and model.receiver.place
    ] == [
        "receiver_fn",
        "other",
    ]


@pytest.mark.parametrize(
    ("rest", "words"),
    [
        (
            "est = tf.estimator.Estimator(load())\nest.export_saved_model('o', receiver_fn)",
            "model_fn could not be followed",
        ),
        (
            "est = tf.estimator.Estimator(model_fn)\nest.export_saved_model('o', load())",
            "serving_input_receiver_fn could not",
        ),
    ],
)
def test_what_cannot_be_followed_is_said(tmp_path: Path, rest: str, words: str) -> None:
    found = models(tmp_path, MODEL_FN + rest)
    assert any(words in limit for model in found for limit in model.limits)


@pytest.mark.parametrize(
    "text", ["x = 1", "import tensorflow as tf\nx = tf.zeros([1])", "class Estimator: pass\nEstimator()"]
)
def test_no_model_where_there_is_none(tmp_path: Path, text: str) -> None:
    assert models(tmp_path, text) == ()


def test_what_lies_before_a_receiver_tensor_is_cut_off(tmp_path: Path) -> None:
    text = MODEL_FN.replace('{"x": x}, {"x": x}', '{"x": x * 2.0}, {"x": x}') + EXPORT
    assert "operator.mul" in followed(models(tmp_path, text)[0])
    cut = (
        MODEL_FN.replace("return tf.estimator.export", "x = tf.sqrt(tf.exp(x))\n    return tf.estimator.export")
        + EXPORT
    )
    assert "tensorflow.math.exp" not in followed(models(tmp_path, cut)[0])


def test_an_export_without_a_model_is_not_dropped_in_silence(tmp_path: Path) -> None:
    project = Project()
    (tmp_path / "main.py").write_text(
        "import tensorflow as tf\ndef go(est):\n    est.export_saved_model('o', load())\n"
    )
    assert follow(project, project.module(tmp_path / "main.py")).unfollowed == (3,)
    (tmp_path / "other.py").write_text(MODEL_FN + EXPORT)
    assert follow(project, project.module(tmp_path / "other.py")).unfollowed == ()


def test_an_entry_file_that_only_imports(tmp_path: Path) -> None:
    text = MODEL_FN + "def main():\n    " + EXPORT.replace("\n", "\n    ")
    project = Project()
    for name, content in (
        ("main.py", "from oven import bake\nbake.main()\n"),
        ("oven/__init__.py", ""),
        ("oven/bake.py", text),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    found = export_graph(project, tmp_path / "main.py").models
    assert [model.model_fn.path.name for model in found if model.model_fn] == ["bake.py"]


def test_a_receiver_built_and_called_at_once(tmp_path: Path) -> None:
    build = "tf.estimator.export.build_raw_serving_input_receiver_fn({'x': tf.placeholder(tf.float32, [None, 2])})()"
    text = MODEL_FN + f"est = tf.estimator.Estimator(model_fn)\nest.export_saved_model('o', lambda: {build})\n"
    (model,) = models(tmp_path, text)
    assert model.receiver is not None
    assert model.receiver.keys == ("x",)
    assert model.limits == ()


def test_what_another_model_runs_is_no_model_of_its_own(tmp_path: Path) -> None:
    text = (
        MODEL_FN + "def outer(features, labels, mode, params):\n    return model_fn(features, labels, mode, params)\n"
    )
    text += EXPORT.replace("model_fn", "outer")
    assert [model.model_fn.name for model in models(tmp_path, text) if model.model_fn] == ["outer"]


@pytest.mark.parametrize("extra", ["logits", "regularization_losses=None", "*, head"])
def test_a_function_that_an_estimator_would_refuse_is_no_model(tmp_path: Path, extra: str) -> None:
    part = f"""
    import tensorflow as tf
    def create_loss(features, mode, labels, {extra}):
        return LossSpec(tf.cast(labels, tf.int32))
    """
    assert models(tmp_path, part) == ()


def test_a_builder_may_bind_what_an_estimator_does_not_give(tmp_path: Path) -> None:
    text = """
    import functools
    import tensorflow as tf
    def make(width):
        def model_fn(features, labels, mode, units):
            return tf.estimator.EstimatorSpec(mode, predictions=tf.layers.dense(features["x"], units))
        return functools.partial(model_fn, units=width)
    """
    (model,) = models(tmp_path, text)
    assert followed(model) == ["tensorflow.layers.dense"]


def test_each_model_says_its_own_limits(tmp_path: Path) -> None:
    text = MODEL_FN + "".join(f"e{n} = tf.estimator.Estimator(load({n}))\n" for n in range(3))
    assert [len(model.limits) for model in models(tmp_path, text) if model.estimator is not None] == [1, 1, 1]


NESTED = "".join("    " * (depth + 1) + f"for b{depth} in range(60):\n" for depth in range(8)) + "    " * 9 + "x = 1\n"


def test_a_model_whose_budget_ran_out_returns_nothing_that_is_known(tmp_path: Path) -> None:
    text = MODEL_FN.replace("    y = ", NESTED + "    y = ") + EXPORT
    (model,) = models(tmp_path, text)
    assert any("steps" in limit for limit in model.limits)
    assert isinstance(model.returned, Unknown)


def test_one_model_does_not_use_up_the_budget_of_the_next(tmp_path: Path) -> None:
    slow = MODEL_FN.replace("def model_fn", "def slow").replace("    y = ", NESTED + "    y = ")
    text = slow + MODEL_FN + EXPORT.replace("model_fn", "slow") + EXPORT
    limits = {model.model_fn.name: model.limits for model in models(tmp_path, text) if model.model_fn}
    assert limits["model_fn"] == ()
    assert limits["slow"] != ()


def test_an_estimator_class_that_nothing_makes_is_a_model(tmp_path: Path) -> None:
    text = (
        MODEL_FN
        + """
class Dense(tf.estimator.Estimator):
    def __init__(self, units, model_dir=None):
        def _model_fn(features, labels, mode, params):
            return tf.estimator.EstimatorSpec(mode, predictions=tf.layers.flatten(features["x"]))
        super(Dense, self).__init__(model_fn=_model_fn, model_dir=model_dir)
"""
    )
    found = {model.model_fn.name: model.found_by for model in models(tmp_path, text) if model.model_fn}
    assert found == {"model_fn": "entry point", "_model_fn": "estimator"}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("raise ValueError(mode)", "for PREDICT model_fn raises an exception (main.py, line 3)"),
        ("return build(features)", "it returns `build(features)` (main.py, line 3)"),
        ("return tf.estimator.EstimatorSpec(mode, predictions=net())", "could not be followed to the calls that make"),
        ("return tf.estimator.EstimatorSpec(mode, loss=net())", ""),
        ("return tf.estimator.RegressionHead().create_estimator_spec(features, mode, net(features))", ""),
        ("return head.create_estimator_spec(features, mode, net(features))", "it returns `head.create_estimator_spec"),
        ("return tf.estimator.EstimatorSpec(mode)._replace(predictions=tf.exp(features['x']))", ""),
    ],
)
def test_a_reason_names_the_place(tmp_path: Path, body: str, words: str) -> None:
    text = f"""
    import tensorflow as tf
    def model_fn(features, labels, mode):
        {body}
    tf.estimator.Estimator(model_fn).export_saved_model("o", lambda: None)
    """
    (model,) = models(tmp_path, text.lstrip("\n"))
    assert [words in limit for limit in model.limits] == [True] * bool(words)


def test_a_step_that_may_not_be_there_decides_nothing(tmp_path: Path) -> None:
    check = "    if tf.train.get_global_step() is not None:\n        raise RuntimeError()\n"
    (model,) = models(tmp_path, MODEL_FN.replace("    y = ", check + "    y = ") + EXPORT)
    assert model.limits == ()
    assert model.spec is not None


@pytest.mark.parametrize(
    ("call", "lost"),
    [
        ("est.export_saved_model('o', f)", True),
        ("make().export_saved_model('o', f)", True),
        ("self.est.experimental_export_all_saved_models('o', f)", True),
        ("tf.estimator.train_and_evaluate(est, a, b)", True),
        ("saving.export_saved_model(model, 'o')", False),
        ("export_saved_model(model, 'o')", False),
        ("tf.keras.experimental.export_saved_model(model, 'o')", False),
    ],
)
def test_only_the_method_of_an_estimator_exports_one(tmp_path: Path, call: str, lost: bool) -> None:
    (tmp_path / "main.py").write_text(f"import tensorflow as tf\nimport saving\ndef go(self, est):\n    {call}\n")
    (tmp_path / "saving.py").write_text("def export_saved_model(model, folder): pass\n")
    project = Project()
    assert bool(follow(project, project.module(tmp_path / "main.py")).unfollowed) is lost


@pytest.mark.parametrize(("default", "first"), [("wide", "LinearRegressor"), ("deep", "DNNRegressor")])
def test_the_estimator_that_flags_choose_by_default_comes_first(tmp_path: Path, default: str, first: str) -> None:
    text = f"""
    import tensorflow as tf
    tf.app.flags.DEFINE_string("kind", "{default}", "")
    if tf.app.flags.FLAGS.kind == "wide":
        est = tf.estimator.LinearRegressor([])
    else:
        est = tf.estimator.DNNRegressor([4], [])
    est.export_saved_model("o", load())
    """
    found = [model.estimator.name.rpartition(".")[2] for model in models(tmp_path, text) if model.estimator]
    assert len(found) == 2
    assert found[0] == first


@pytest.mark.parametrize(
    "way",
    ["@functools.wraps(fn)\n    ", "@functools.wraps(wrapped=fn)\n    ", ""],
)
def test_a_model_fn_that_a_decorator_wraps_is_where_it_is_written(tmp_path: Path, way: str) -> None:
    end = "return inner" if way else "return functools.update_wrapper(inner, fn)"
    decorated = f"""
import functools
def log(fn):
    {way}def inner(features, labels, mode, params):
        print(mode)
        return fn(features, labels, mode, params)
    {end}
"""
    (model,) = models(tmp_path, MODEL_FN.replace("def model_fn", f"{decorated}@log\ndef model_fn") + EXPORT)
    assert model.model_fn is not None
    assert model.model_fn.name == "model_fn"
    assert model.model_fn_span is not None
    text = (tmp_path / "main.py").read_text().splitlines()
    assert text[model.model_fn.line - 1].startswith(("@log", "def model_fn"))
    assert model.spec is not None
