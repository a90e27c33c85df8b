"""tf.Example files for training, a raw receiver for the phone; images are decoded in the pipeline only."""
import tensorflow as tf

from plant import PlantEstimator
from plant.inputs import phone_receiver, train_input

if __name__ == "__main__":
    est = PlantEstimator(units=4, model_dir="plant_md")
    train = tf.estimator.TrainSpec(train_input, max_steps=3)
    final = tf.estimator.FinalExporter("phone", phone_receiver)
    evaluate = tf.estimator.EvalSpec(train_input, steps=1, exporters=[final], start_delay_secs=0)
    tf.estimator.train_and_evaluate(est, train, evaluate)
