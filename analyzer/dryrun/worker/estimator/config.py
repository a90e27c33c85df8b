"""RunConfig: the settings that model_fns and input_fns read."""

from __future__ import annotations

import copy
import tempfile
from typing import Any

DEFAULTS: dict[str, Any] = {
    "model_dir": None,
    "tf_random_seed": None,
    "save_summary_steps": 100,
    "save_checkpoints_steps": None,
    "save_checkpoints_secs": 600,
    "session_config": None,
    "keep_checkpoint_max": 5,
    "keep_checkpoint_every_n_hours": 10000,
    "log_step_count_steps": 100,
    "train_distribute": None,
    "device_fn": None,
    "protocol": None,
    "eval_distribute": None,
    "experimental_distribute": None,
    "experimental_max_worker_delay_secs": None,
    "session_creation_timeout_secs": 7200,
    "checkpoint_save_graph_def": True,
}
ALONE: dict[str, Any] = {
    "cluster_spec": None,
    "evaluation_master": "",
    "is_chief": True,
    "master": "",
    "num_ps_replicas": 0,
    "num_worker_replicas": 1,
    "service": None,
    "task_id": 0,
    "task_type": "worker",
    "global_id_in_cluster": 0,
}
"""What a run without a cluster has."""


class RunConfig:
    """Takes the arguments of the real one, in its order."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        given = dict(zip(DEFAULTS, args), **kwargs)
        for name in given:
            if name not in DEFAULTS:
                raise TypeError("RunConfig.__init__() got an unexpected keyword argument {!r}".format(name))
        vars(self).update(ALONE, **DEFAULTS)
        vars(self).update(given)
        if given.get("save_checkpoints_steps") is not None and "save_checkpoints_secs" not in given:
            self.save_checkpoints_secs = None

    def replace(self, **kwargs: Any) -> RunConfig:
        other = copy.copy(self)
        vars(other).update(kwargs)
        return other


def of(config: Any, model_dir: Any) -> Any:
    """The configuration of an Estimator, with a folder of its own where none is named."""
    config = copy.copy(config) if config is not None else RunConfig()
    folder = model_dir if model_dir is not None else config.model_dir
    config.model_dir = str(folder) if folder is not None else tempfile.mkdtemp()
    if config.tf_random_seed is None:
        config.tf_random_seed = 1
    return config
