import tensorflow as tf

import serving
from network import Network

if __name__ == "__main__":
    scan = tf.estimator.Estimator(Network(filters=2).model_fn, "scan_md", params={"momentum": 0.5})
    scan.train(serving.archive, steps=3)
    scan.export_saved_model("scan_out", serving.upload)
