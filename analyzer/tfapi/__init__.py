"""What is known of the TensorFlow API: names, and what converters do with each; data and its loaders, no logic."""
