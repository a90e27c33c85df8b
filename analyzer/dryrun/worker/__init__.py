"""The part of tflint that runs in the user's interpreter: Python 3.7 or newer, standard library and TensorFlow only."""
