"""Moving averages that training never updates."""

from __future__ import annotations

import pytest

from analyzer.findings import Certainty
from tests.rules.asking import letters, lines, program, suspicions

CODE = "TFL503"
NORM = "training = mode == tf.estimator.ModeKeys.TRAIN\nh = tf.layers.batch_normalization(x, training=training)\ny = tf.layers.dense(h, 1)"
PLAIN = "op = tf.train.AdamOptimizer().minimize(loss)"
UPDATES = "tf.get_collection(tf.GraphKeys.UPDATE_OPS)"


@pytest.mark.parametrize(
    "train",
    [
        f"with tf.control_dependencies({UPDATES}):\n    op = tf.train.AdamOptimizer().minimize(loss)",
        f"updates = {UPDATES}\nwith tf.control_dependencies(updates):\n    op = tf.train.AdamOptimizer().minimize(loss)",
        f"op = tf.train.AdamOptimizer().minimize(loss)\nop = tf.group([op, {UPDATES}])",
        f"op = tf.group(tf.train.AdamOptimizer().minimize(loss), *{UPDATES})",
        "op = tf.contrib.training.create_train_op(loss, tf.train.AdamOptimizer())",
        "op = tf.contrib.slim.learning.create_train_op(loss, tf.train.AdamOptimizer())",
        "op = tf.contrib.layers.optimize_loss(loss, None, 0.1, 'Adam')",
        f"updates = {UPDATES}\nif updates:\n    with tf.control_dependencies(updates):\n        loss = tf.identity(loss)\n{PLAIN}",
        "with tf.control_dependencies(tf.get_collection('update_ops')):\n    op = tf.train.AdamOptimizer().minimize(loss)",
        "import horovod.tensorflow as hvd\nop = hvd.DistributedOptimizer(tf.train.AdamOptimizer()).minimize(loss)",
    ],
)
def test_silent_where_updates_run_or_cannot_be_seen(train: str) -> None:
    assert lines(program(NORM, train=train), CODE) == []


@pytest.mark.parametrize(
    "body",
    [
        "y = tf.layers.dense(x, 1)",
        "y = tf.layers.dense(tf.layers.batch_normalization(x), 1)",
        "y = tf.layers.dense(tf.layers.batch_normalization(x, training=False), 1)",
        "h = tf.contrib.layers.batch_norm(x, is_training=mode == 'train', updates_collections=None)\ny = tf.layers.dense(h, 1)",
        "y = tf.layers.dense(x, 1)\nif mode == 'train':\n    y = tf.layers.batch_normalization(y, training=True)",
        "y = tf.layers.dense(tf.contrib.layers.layer_norm(x), 1)",
    ],
)
def test_silent_without_averages_to_update(body: str) -> None:
    assert lines(program(body), CODE) == []


def test_silent_where_updates_run_in_a_helper() -> None:
    text = program(
        NORM,
        before="""
        def step(loss):
            with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
                return tf.train.AdamOptimizer().minimize(loss)
        """,
        train="op = step(loss)",
    )
    assert lines(text, CODE) == []


def test_silent_where_the_layer_is_asked_for_its_updates() -> None:
    body = "bn = tf.layers.BatchNormalization()\ny = tf.layers.dense(bn(x, training=mode == 'train'), 1)"
    train = "with tf.control_dependencies(bn.updates):\n    op = tf.train.AdamOptimizer().minimize(loss)"
    assert lines(program(body, train=train), CODE) == []


KERAS = "norm = tf.keras.layers.BatchNormalization()\ny = tf.layers.dense(norm(x, training=mode == 'train'), 1)"
NET = """
class Net(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.norm = tf.keras.layers.BatchNormalization()
    def call(self, x, training=None):
        return self.norm(x, training=training)
"""


@pytest.mark.parametrize("updates", ["norm.updates", "norm.get_updates_for(None) + norm.get_updates_for(x)"])
def test_silent_where_a_keras_layer_is_asked_for_its_updates(updates: str) -> None:
    train = f"with tf.control_dependencies({updates}):\n    op = tf.train.AdamOptimizer().minimize(loss)"
    assert lines(program(KERAS, train=train), CODE) == []


@pytest.mark.parametrize("updates", ["net.updates", "net.get_updates_for(x)"])
def test_silent_where_a_keras_model_is_asked_for_its_updates(updates: str) -> None:
    body = "net = Net()\ny = tf.layers.dense(net(x, training=mode == 'train'), 1)"
    train = f"op = tf.group(tf.train.AdamOptimizer().minimize(loss), *{updates})"
    assert lines(program(body, before=NET, train=train), CODE) == []


def test_silent_where_a_keras_layer_never_trains() -> None:
    body = "y = tf.layers.dense(tf.keras.layers.BatchNormalization()(x, training=False), 1)"
    assert lines(program(body, train=PLAIN), CODE) == []


@pytest.mark.parametrize("train", [PLAIN, f"op = tf.group(tf.train.AdamOptimizer().minimize(loss), {UPDATES})"])
def test_keras_does_not_use_the_collection(train: str) -> None:
    text = program(KERAS, train=train)
    (found,) = suspicions(text, CODE)
    assert text.splitlines()[found.span.line - 1].strip() == train
    assert "not in UPDATE_OPS" in found.message


def test_keras_model_of_the_project_beside_a_layer_of_tf() -> None:
    body = NORM.replace("tf.layers.batch_normalization(x", "tf.layers.batch_normalization(Net()(x, training=training)")
    train = f"with tf.control_dependencies({UPDATES}):\n    op = tf.train.AdamOptimizer().minimize(loss)"
    (found,) = suspicions(program(body, before=NET, train=train), CODE)
    assert "Keras" in found.message


EARLY = f"updates = {UPDATES}\n{NORM}"
LATE = "with tf.control_dependencies(updates):\n    op = tf.train.AdamOptimizer().minimize(loss)"


def test_a_collection_read_before_the_layers_is_empty() -> None:
    text = program(EARLY, train=LATE)
    (found,) = suspicions(text, CODE)
    assert text.splitlines()[found.span.line - 1].strip() == f"updates = {UPDATES}"
    assert "before batch normalization adds to them" in found.message


def test_a_collection_read_between_two_layers() -> None:
    text = program(f"{NORM}\nupdates = {UPDATES}\ny = tf.layers.batch_normalization(y, training=training)", train=LATE)
    assert lines(text, CODE) == [f"updates = {UPDATES}"]


@pytest.mark.parametrize(
    "text",
    [
        program(f"{NORM}\nupdates = {UPDATES}", train=LATE),
        program(EARLY.replace("get_collection", "get_collection_ref"), train=LATE),
        program(f"{EARLY}\nupdates = {UPDATES}", train=LATE),
        program(EARLY, train="op = tf.contrib.training.create_train_op(loss, tf.train.AdamOptimizer())"),
    ],
)
def test_silent_where_the_collection_is_read_late_or_live(text: str) -> None:
    assert lines(text, CODE) == []


def test_a_collection_kept_by_an_object_before_its_layers() -> None:
    text = program(
        "net = Net(mode == 'train')\ny = net.build(x)",
        before=f"""
        class Net:
            def __init__(self, training):
                self.training = training
                self.updates = {UPDATES}
            def build(self, x):
                return tf.layers.dense(tf.layers.batch_normalization(x, training=self.training), 1)
        """,
        train="with tf.control_dependencies(net.updates):\n    op = tf.train.AdamOptimizer().minimize(loss)",
    )
    assert lines(text, CODE) == [f"self.updates = {UPDATES}"]


@pytest.mark.parametrize(
    "body",
    [
        NORM,
        "bn = tf.layers.BatchNormalization()\ny = tf.layers.dense(bn(x, training=mode == 'train'), 1)",
        "h = tf.contrib.layers.batch_norm(x, is_training=mode == 'train')\ny = tf.layers.dense(h, 1)",
    ],
)
def test_found(body: str) -> None:
    text = program(body, train=PLAIN)
    (found,) = suspicions(text, CODE)
    assert text.splitlines()[found.span.line - 1].strip() == PLAIN
    assert letters(found) == "W W W"
    assert found.certainty is Certainty.CERTAIN


def test_found_with_clipped_gradients() -> None:
    train = "opt = tf.train.AdamOptimizer()\npairs = opt.compute_gradients(loss)\nop = opt.apply_gradients(pairs)"
    assert lines(program(NORM, train=train), CODE) == ["op = opt.apply_gradients(pairs)"]


def test_another_collection_is_not_update_ops() -> None:
    train = "extra = tf.losses.get_total_loss() + tf.add_n(tf.get_collection('summaries'))\nop = tf.train.AdamOptimizer().minimize(loss + extra)"
    assert lines(program(NORM, train=train), CODE) == ["op = tf.train.AdamOptimizer().minimize(loss + extra)"]


HEADED = """
def model_fn(features, labels, mode, params):
    h = tf.layers.batch_normalization(features["x"], training=mode == tf.estimator.ModeKeys.TRAIN)
    logits = tf.layers.dense(h, 3)
    def train_op_fn(loss):
        return tf.train.AdamOptimizer().minimize(loss)
    head = tf.estimator.MultiClassHead(3)
    return head.create_estimator_spec(features, mode, logits, labels=labels, HOW)
"""


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("train_op_fn=train_op_fn", ["return tf.train.AdamOptimizer().minimize(loss)"]),
        ("optimizer=tf.train.AdamOptimizer()", None),
        (f"train_op_fn=train_op_fn, update_ops={UPDATES}", []),
        (f"optimizer=tf.train.AdamOptimizer(), update_ops={UPDATES}", []),
        (f"train_op_fn=lambda loss: tf.group(train_op_fn(loss), *{UPDATES})", []),
    ],
)
def test_a_head_runs_the_updates_that_it_is_given(how: str, expected: list[str] | None) -> None:
    whole = program("y = x")
    start, end = whole.index("def model_fn"), whole.index("def input_fn")
    text = whole[:start] + HEADED.replace("HOW", how).lstrip() + whole[end:]
    if expected is None:
        (expected,) = [[line.strip()] for line in text.splitlines() if "create_estimator_spec" in line]
    assert lines(text, CODE) == expected


def test_an_optimizer_that_flags_may_wrap_is_one_step() -> None:
    train = """
    optimizer = tf.train.AdamOptimizer()
    if tf.app.flags.FLAGS.use_tpu:
        optimizer = tf.tpu.CrossShardOptimizer(optimizer)
    op = optimizer.minimize(loss)
    """
    text = program(NORM, train=train, before="tf.app.flags.DEFINE_bool('use_tpu', False, 'TPU')")
    (found,) = suspicions(text, CODE)
    assert found.certainty is Certainty.CERTAIN
