import tensorflow as tf

from stock import model, records

if __name__ == "__main__":
    store = tf.estimator.Estimator(model.stock_fn, "stock_md", params={"layers": [4]})
    store.train(lambda: records.read("train").repeat(), steps=3)
    store.export_saved_model("stock_out", records.shelf)
